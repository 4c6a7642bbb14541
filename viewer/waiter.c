/* SPDX-License-Identifier: MIT */
#include "waiter.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
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

static struct timespec after_ns(int64_t ns)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	time.tv_nsec += ns;
	time.tv_sec += time.tv_nsec / NS_PER_SECOND;
	time.tv_nsec %= NS_PER_SECOND;
	return time;
}

static void wait_until_armed(struct waiter *waiter)
{
	struct timespec turn_end;

	while (!is_armed(waiter) && must_go_on(waiter)) {
		turn_end = after_ns(TURN_MS * NS_PER_MS);
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

static void leave_interrupts_to_others(void)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
}

static void *run(void *argument)
{
	struct waiter *waiter = argument;

	leave_interrupts_to_others();

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

/* ---- Ending a wait by a signal: one that otherwise nobody minds ------------------------------- */

#define NUDGE SIGURG
#define NUDGE_INTERVAL_NS (2 * NS_PER_MS)

static void on_nudge(int number)
{
	(void)number;
}

static void expect_nudges(void)
{
	struct sigaction action = { .sa_handler = on_nudge };

	sigemptyset(&action.sa_mask);
	sigaction(NUDGE, &action, NULL);
}

/* One that comes just before the wait is not noticed, so it takes more than one. */
static void nudge_until_ended(pthread_t thread)
{
	struct timespec next;

	do {
		pthread_kill(thread, NUDGE);
		next = after_ns(NUDGE_INTERVAL_NS);
	} while (pthread_clockjoin_np(thread, NULL, CLOCK_MONOTONIC, &next) == ETIMEDOUT);
}

int waiter_create(struct shmflip_viewer *viewer, struct waiter **out)
{
	struct waiter *waiter = calloc(1, sizeof(*waiter));

	if (!waiter)
		return -ENOMEM;
	waiter->viewer = viewer;
	sem_init(&waiter->wake, 0, 0);
	expect_nudges();
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
	nudge_until_ended(waiter->thread);
	sem_destroy(&waiter->wake);
	free(waiter);
}
