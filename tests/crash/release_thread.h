/* SPDX-License-Identifier: MIT
 *
 * A thread that checks frames and releases them, while the thread that took or published them goes
 * on, or closes their handle. Started with the first frame. */
#ifndef SHMFLIP_TESTS_CRASH_RELEASE_THREAD_H
#define SHMFLIP_TESTS_CRASH_RELEASE_THREAD_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "shmflip.h"

#define RELEASE_THREAD_ROOM 4

struct release_thread {
	bool is_started;
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	const struct shmflip_frame *frame[RELEASE_THREAD_ROOM]; /* a ring */
	unsigned given;                                         /* frames so far */
	unsigned released;                                      /* likewise */
	bool is_finishing;
};

void release_thread_init(struct release_thread *thread);

/* Passes a frame on. Waits while the ring is full. */
void release_thread_give(struct release_thread *thread, const struct shmflip_frame *frame);

/* Waits until all frames are released, and ends the thread. */
void release_thread_finish(struct release_thread *thread);

#endif
