/* SPDX-License-Identifier: MIT
 *
 * Where a campaign runs: a channel directory of its own, in an IPC namespace of its own, which
 * campaign.sh provides. So the campaign itself left whatever is found there. Used by one thread. */
#ifndef SHMFLIP_TESTS_CRASH_SANDBOX_H
#define SHMFLIP_TESTS_CRASH_SANDBOX_H

/* Checks that there are no System V objects, makes a temporary directory, and puts a path in it
 * into SHMFLIP_DIR. The directory is removed when the calling process exits. Exits with status 77
 * if there are objects. */
void sandbox_open(void);

/* Return how many System V segments and semaphore sets there are. */
int sandbox_segments(void);
int sandbox_sets(void);

/* Checks that nothing is left: no segment, no semaphore set, no file in the channel directory,
 * which is removed. */
void sandbox_check_empty(void);

#endif
