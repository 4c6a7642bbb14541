/* SPDX-License-Identifier: MIT
 *
 * The place of a campaign: a directory for its channel, in an IPC namespace that it has to itself, which
 * the script that runs it provides. So whatever is left there was left by it. */
#ifndef SHMFLIP_TESTS_CRASH_SANDBOX_H
#define SHMFLIP_TESTS_CRASH_SANDBOX_H

/* Makes the directory's parent, names the directory in SHMFLIP_DIR, and makes sure that there are no System
 * V objects yet. It is removed when the process that called this exits. */
void sandbox_open(void);

/* System V segments and semaphore sets there are now. */
int sandbox_segments(void);
int sandbox_sets(void);

/* Makes sure that all is as before: no segment, no set, no file in the directory, which is removed. */
void sandbox_check_empty(void);

#endif
