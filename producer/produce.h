/* SPDX-License-Identifier: MIT
 *
 * The producer's work, from the sources to the last frame: each frame is read, decoded into a
 * slot on loan, held until it is due, and published. Main thread; blocks until the last frame is
 * done, or the program is interrupted (cli.h). */
#ifndef SHMFLIP_PRODUCER_PRODUCE_H
#define SHMFLIP_PRODUCER_PRODUCE_H

#include "options.h"

/* Returns the exit status of the program. The user has been told of every error. */
int produce(const struct options *options);

#endif
