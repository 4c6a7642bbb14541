/* SPDX-License-Identifier: MIT */
#include "waiter.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "bell.h"
#include "cli.h"

#define TURN_MS 250
#define NS_PER_MS 1000000L
#define NS_PER_SECOND 1000000000L

/* Whose the viewer's handle is: the thread's while armed, else the loop's. */
enum turn { TURN_IDLE, TURN_ARMED, TURN_READY };

struct waiter {
	struct shmflip_viewer *viewer;
	pthread_t thread;
	sem_t wake;
	_Atomic enum turn turn;
	atomic_bool stopped;
};

static bool must_go_on(struct waiter *waiter)
{
	return !atomic_load_explicit(&waiter->stopped, memory_order_relaxed) && !cli_interrupted();
}

static bool is_armed(const struct waiter *waiter)
{
	/* Pairs with the release in waiter_arm(). */
	return atomic_load_explicit(&waiter->turn, memory_order_acquire) == TURN_ARMED;
}

static void wait_until_armed(struct waiter *waiter)
{
	struct timespec turn_end;

	while (!is_armed(waiter) && must_go_on(waiter)) {
		clock_gettime(CLOCK_MONOTONIC, &turn_end);
		turn_end.tv_nsec += TURN_MS * NS_PER_MS;
		turn_end.tv_sec += turn_end.tv_nsec / NS_PER_SECOND;
		turn_end.tv_nsec %= NS_PER_SECOND;
		sem_clockwait(&waiter->wake, CLOCK_MONOTONIC, &turn_end);
	}
}

static bool wait_for_channel(struct waiter *waiter)
{
	int result;

	do
		result = shmflip_viewer_wait(waiter->viewer, TURN_MS);
	while ((result == -EAGAIN || result == -EINTR) && must_go_on(waiter));
	return must_go_on(waiter);
}

static void *run(void *argument)
{
	struct waiter *waiter = argument;

	for (;;) {
		wait_until_armed(waiter);
		if (!must_go_on(waiter) || !wait_for_channel(waiter))
			break;
		/* Pairs with the acquire in waiter_ready(). */
		atomic_store_explicit(&waiter->turn, TURN_READY, memory_order_release);
		bell_ring();
	}
	bell_ring();
	return NULL;
}

int waiter_create(struct shmflip_viewer *viewer, struct waiter **out)
{
	struct waiter *waiter = calloc(1, sizeof(*waiter));

	if (!waiter)
		return -ENOMEM;
	waiter->viewer = viewer;
	sem_init(&waiter->wake, 0, 0);
	int result = -pthread_create(&waiter->thread, NULL, run, waiter);
	if (result < 0) {
		sem_destroy(&waiter->wake);
		free(waiter);
		return result;
	}
	*out = waiter;
	return 0;
}

void waiter_arm(struct waiter *waiter)
{
	/* Pairs with the acquire in is_armed(). */
	atomic_store_explicit(&waiter->turn, TURN_ARMED, memory_order_release);
	sem_post(&waiter->wake);
}

bool waiter_ready(struct waiter *waiter)
{
	/* Pairs with the release in run(). */
	return atomic_load_explicit(&waiter->turn, memory_order_acquire) == TURN_READY;
}

void waiter_destroy(struct waiter *waiter)
{
	if (!waiter)
		return;
	atomic_store_explicit(&waiter->stopped, true, memory_order_relaxed);
	sem_post(&waiter->wake);
	pthread_join(waiter->thread, NULL);
	sem_destroy(&waiter->wake);
	free(waiter);
}
