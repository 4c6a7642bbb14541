/* SPDX-License-Identifier: MIT
 *
 * The commands of shmflip. Each prints its results and returns an exit status. */
#ifndef SHMFLIP_TOOLS_COMMANDS_H
#define SHMFLIP_TOOLS_COMMANDS_H

#include "options.h"

int ls_run(const struct options *options);
int stat_run(const struct options *options);
int cat_run(const struct options *options);
int clean_run(const struct options *options);

/* Flushes stdout. Returns 0 or a negative errno after a message:
 *   -EPIPE  the reader closed the pipe; no message */
int command_flush(void);

/* Returns the exit status for the error of command_flush(). */
int command_status(int error);

/* Prints shmflip_error_detail() and returns the exit status. If the error is -EINVAL, an invalid
 * name, it exits with a usage error. */
int command_fail(int error);

#endif
