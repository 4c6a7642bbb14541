/* SPDX-License-Identifier: MIT */
#include "bell.h"

#include <SDL.h>
#include <SDL_syswm.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"

#if defined(WITH_WAYLAND) && defined(SDL_VIDEO_DRIVER_WAYLAND)
#define WATCHES_WAYLAND
#include <wayland-client-core.h>
#endif

#define NS_PER_MS INT64_C(1000000)
#define NS_PER_SECOND 1000000000

/* After something was drawn, there may be events that make no connection readable, since what drew
 * them has read them already: when to look for those. */
#define LOOK_NS (100 * NS_PER_MS)

/* Where only looking tells. */
#define LOOK_OFTEN_NS (20 * NS_PER_MS)

/* A signal that otherwise nobody minds. */
#define NUDGE SIGURG
#define NUDGE_NS (2 * NS_PER_MS)

static struct {
	struct wl_display *wayland; /* NULL: another display */
	int connection;             /* SDL's; -1: none that can be watched */
	int64_t looked_ns;

	pthread_t loop;
	pthread_t watch;
	bool watching;
	int watched; /* an epoll of the connection, each time until the loop has looked, and alarm */
	int alarm;   /* an eventfd: there is somebody to nudge */
	sem_t struck; /* for a sleep without the channel */
	atomic_bool rung;
	atomic_bool in_channel; /* the loop sleeps there, or is just about to, or has just been */
	atomic_bool seen;       /* the connection was readable, and the loop has not looked since */
	atomic_bool ended;
} bell;

static void strike(void)
{
	/* Pairs with bell_sleep(), which takes it back. */
	if (!atomic_exchange(&bell.rung, true))
		sem_post(&bell.struck);
}

static struct timespec to_timespec(int64_t ns)
{
	return (struct timespec){ .tv_sec = ns / NS_PER_SECOND, .tv_nsec = ns % NS_PER_SECOND };
}

/* ---- The thread that watches ---------------------------------------------------------------- */

/* The loop says first that it is in the channel, then asks whether somebody has rung: whoever rings
 * does it the other way round, so one of the two notices. A signal that comes just before the wait
 * does not end it, so it may take more than one; one that comes after it does no harm. */
static void nudge(void)
{
	const struct timespec pause = to_timespec(NUDGE_NS);

	while (atomic_load(&bell.rung) && atomic_load(&bell.in_channel)) {
		pthread_kill(bell.loop, NUDGE);
		clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
	}
}

static void *watch(void *unused)
{
	struct epoll_event event;
	eventfd_t alarms;

	/* Pairs with stop_watching(). */
	while (!atomic_load(&bell.ended)) {
		if (epoll_wait(bell.watched, &event, 1, -1) != 1)
			continue;
		if (event.data.fd == bell.alarm) {
			eventfd_read(bell.alarm, &alarms);
		} else {
			/* Pairs with finds_events(). */
			atomic_store(&bell.seen, true);
			strike();
		}
		nudge();
	}
	return unused;
}

static void find_connection(SDL_Window *window)
{
	SDL_SysWMinfo info;

	SDL_VERSION(&info.version);
	if (!SDL_GetWindowWMInfo(window, &info))
		return;
#ifdef SDL_VIDEO_DRIVER_X11
	if (info.subsystem == SDL_SYSWM_X11)
		bell.connection = ConnectionNumber(info.info.x11.display);
#endif
#ifdef WATCHES_WAYLAND
	if (info.subsystem == SDL_SYSWM_WAYLAND) {
		bell.wayland = info.info.wl.display;
		bell.connection = wl_display_get_fd(bell.wayland);
	}
#endif
}

/* Has the connection watched until it is readable. */
static int expect_events(int operation)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLONESHOT, .data.fd = bell.connection };

	return epoll_ctl(bell.watched, operation, bell.connection, &event) < 0 ? -errno : 0;
}

/* Signals are for the other threads, and nudges for the loop. */
int bell_watch(SDL_Window *window)
{
	sigset_t all, before;

	bell.loop = pthread_self();
	find_connection(window);
	int result = bell.connection < 0 ? 0 : expect_events(EPOLL_CTL_ADD);
	if (result < 0)
		return result;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	result = -pthread_create(&bell.watch, NULL, watch, NULL);
	sigdelset(&before, NUDGE);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	bell.watching = result == 0;
	return result;
}

static void stop_watching(void)
{
	/* Pairs with watch(). */
	atomic_store(&bell.ended, true);
	eventfd_write(bell.alarm, 1);
	pthread_join(bell.watch, NULL);
}

/* ---- Ringing -------------------------------------------------------------------------------- */

static void close_files(void)
{
	close(bell.alarm);
	close(bell.watched);
}

static void on_nudge(int number)
{
	(void)number;
}

/* What the loop does outside the channel goes on as if there had been no signal; waiting there is nothing
 * that a signal's end takes up again. */
static void expect_nudges(void)
{
	struct sigaction action = { .sa_handler = on_nudge, .sa_flags = SA_RESTART };

	sigemptyset(&action.sa_mask);
	sigaction(NUDGE, &action, NULL);
}

int bell_init(void)
{
	memset(&bell, 0, sizeof(bell));
	bell.connection = -1;
	bell.watched = epoll_create1(EPOLL_CLOEXEC);
	bell.alarm = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	struct epoll_event event = { .events = EPOLLIN, .data.fd = bell.alarm };
	if (epoll_ctl(bell.watched, EPOLL_CTL_ADD, bell.alarm, &event) < 0) {
		int error = errno;
		close_files();
		return -error;
	}
	sem_init(&bell.struck, 0, 0);
	expect_nudges();
	cli_on_interrupt(bell_ring);
	return 0;
}

void bell_ring(void)
{
	int error = errno;

	/* In this order, as in nudge(): pairs with sleep_in_channel(). */
	strike();
	if (atomic_load(&bell.in_channel))
		eventfd_write(bell.alarm, 1);
	errno = error;
}

void bell_finish(void)
{
	cli_on_interrupt(NULL);
	if (bell.watching)
		stop_watching();
	sem_destroy(&bell.struck);
	close_files();
}

/* ---- Sleeping ------------------------------------------------------------------------------- */

static bool finds_events(void)
{
	SDL_PumpEvents();
#ifdef WATCHES_WAYLAND
	/* SDL's answers to what it has just read. */
	if (bell.wayland)
		wl_display_flush(bell.wayland);
#endif
	/* Pairs with watch(). */
	if (atomic_exchange(&bell.seen, false))
		expect_events(EPOLL_CTL_MOD);
	return SDL_HasEvents(SDL_FIRSTEVENT, SDL_LASTEVENT);
}

/* On Wayland it is SDL that repeats keys, while it is asked for events. */
static bool must_look_often(void)
{
	const Uint8 *keys;
	int count;

	if (!bell.wayland)
		return bell.connection < 0;
	keys = SDL_GetKeyboardState(&count);
	return memchr(keys, SDL_PRESSED, (size_t)count);
}

static int left_ms(int64_t end_ns)
{
	int64_t left_ns = end_ns - cli_now_ns();

	if (end_ns == INT64_MAX)
		return -1;
	if (left_ns <= 0)
		return 0;
	int64_t ms = (left_ns - 1) / NS_PER_MS + 1;
	return ms < INT_MAX ? (int)ms : INT_MAX;
}

/* Returns whether the channel has something. */
static bool sleep_in_channel(struct shmflip_viewer *viewer, int timeout_ms)
{
	/* In this order: pairs with bell_ring() and nudge(). */
	atomic_store(&bell.in_channel, true);
	int result = shmflip_viewer_wait(viewer, atomic_load(&bell.rung) ? 0 : timeout_ms);
	atomic_store(&bell.in_channel, false);
	return result != -EAGAIN && result != -EINTR;
}

static void sleep_until_struck(int64_t end_ns)
{
	const struct timespec end = to_timespec(end_ns);

	/* The count may be that of a ring which was heard before it was counted. */
	while (!atomic_load(&bell.rung) && sem_clockwait(&bell.struck, CLOCK_MONOTONIC, &end) == 0)
		continue;
}

/* Looking before each sleep would cost more than what mostly ends it. Right after a look that has found
 * nothing there is nothing to look for, until the connection says so. */
unsigned bell_sleep(struct shmflip_viewer *viewer, int64_t end_ns)
{
	bool often = must_look_often();
	int64_t interval_ns = often ? LOOK_OFTEN_NS : LOOK_NS;
	int64_t now_ns = cli_now_ns();
	bool look = atomic_load(&bell.seen) || now_ns - bell.looked_ns >= interval_ns;
	unsigned heard = 0;

	if (look) {
		bell.looked_ns = now_ns;
		heard = finds_events() ? BELL_EVENTS : 0;
	}
	if (heard)
		end_ns = now_ns;
	else if ((often || !look) && end_ns > bell.looked_ns + interval_ns)
		end_ns = bell.looked_ns + interval_ns;
	if (!viewer)
		sleep_until_struck(end_ns);
	else if (sleep_in_channel(viewer, left_ms(end_ns)))
		heard |= BELL_CHANNEL;
	/* Pairs with strike(). */
	if (atomic_exchange(&bell.rung, false))
		sem_trywait(&bell.struck);
	return heard;
}
