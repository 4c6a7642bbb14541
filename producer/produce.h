/* SPDX-License-Identifier: MIT
 *
 * The producer's work, from the sources to the end of the stream: each frame is read, decoded into a
 * slot on loan, held until it is due, and published. Main thread; blocks until all is done, or the
 * program is interrupted (cli.h). */
#ifndef PRODUCER_PRODUCE_H
#define PRODUCER_PRODUCE_H

#include "options.h"

/* The exit status of the program; whatever went wrong has been said. */
int produce(const struct options *options);

#endif
