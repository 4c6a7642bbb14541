/* SPDX-License-Identifier: MIT
 *
 * Objects of a living stranger under the keys that a channel would use: ftok makes the same key of
 * different files, as System V has only 32 bits for it. */
#ifndef SHMFLIP_TESTS_CRASH_KEY_COLLISIONS_H
#define SHMFLIP_TESTS_CRASH_KEY_COLLISIONS_H

/* That a producer starts beside them, works, is killed, and is cleaned up; and that they are as before. */
void key_collisions(void);

#endif
