/* SPDX-License-Identifier: MIT
 *
 * A live stranger's objects under the keys that a channel tries first. This happens: System V keys
 * have 32 bits, so ftok() gives different files the same key. */
#ifndef SHMFLIP_TESTS_CRASH_KEY_COLLISIONS_H
#define SHMFLIP_TESTS_CRASH_KEY_COLLISIONS_H

/* Checks that a producer starts beside such an object, works, is killed and cleaned up, and that
 * the object is unchanged. Once with a semaphore set, once with a segment. */
void key_collisions(void);

#endif
