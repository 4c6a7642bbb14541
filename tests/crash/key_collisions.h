/* SPDX-License-Identifier: MIT
 *
 * Objects of a living stranger under the keys that a channel would use: ftok makes the same key of
 * different files, as System V has only 32 bits for it. */
#ifndef SHMFLIP_CRASH_GUESTS_H
#define SHMFLIP_CRASH_GUESTS_H

/* That a producer starts beside them, works, is killed, and is swept; and that they are as before. */
void guests(void);

#endif
