/* SPDX-License-Identifier: MIT
 *
 * The commands of shmflip. Each prints what it has to say, and returns an exit status. */
#ifndef TOOLS_COMMANDS_H
#define TOOLS_COMMANDS_H

#include "options.h"

int ls_run(const struct options *options);
int stat_run(const struct options *options);
int cat_run(const struct options *options);
int clean_run(const struct options *options);

/* Writes what stdio still holds of stdout. 0, or a negative errno; but for -EPIPE, which is a reader
 * that left, it is said. */
int command_flush(void);

/* The exit status after that. */
int command_status(int error);

/* Says what failed, by the library's word. -EINVAL, which is a wrong name, is a usage error. */
int command_fail(int error);

#endif
