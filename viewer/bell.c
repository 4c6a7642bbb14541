/* SPDX-License-Identifier: MIT */
#include "bell.h"

#include <SDL.h>
#include <SDL_syswm.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>
#ifdef WITH_WAYLAND
#include <wayland-client-core.h>
#endif

#include "cli.h"

#define NS_PER_MS INT64_C(1000000)
#define NS_PER_SECOND 1000000000

/* Between looks for events that make no connection readable, since SDL, or what it draws with, has read
 * them already, on the occasion of something else; and for all events where there is no connection. */
#define LOOK_NS (100 * NS_PER_MS)
#define LOOK_UNCONNECTED_NS (20 * NS_PER_MS)

/* A signal that otherwise nobody minds. */
#define NUDGE SIGURG
#define NUDGE_NS (2 * NS_PER_MS)

static struct {
	int connection; /* SDL's; -1: none that can be watched */
	int64_t looked_ns;
	pthread_t loop;
	pthread_t watch;
	bool watching;
	int alarm;    /* an eventfd: there is somebody to nudge */
	sem_t struck; /* for a sleep without the channel */
	sem_t looked; /* after seen */
	atomic_bool rung;
	atomic_bool in_channel; /* the loop sleeps there, or is just about to */
	atomic_bool seen;       /* the connection is readable, and the loop has not looked since */
	atomic_bool ended;
} bell;

static void strike(void)
{
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
 * does not end it, so it may take more than one. */
static void nudge(void)
{
	const struct timespec pause = to_timespec(NUDGE_NS);

	while (atomic_load(&bell.rung) && atomic_load(&bell.in_channel)) {
		pthread_kill(bell.loop, NUDGE);
		clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
	}
}

/* Until the loop has looked, the connection stays readable. */
static void announce_events(void)
{
	atomic_store(&bell.seen, true);
	strike();
	nudge();
	sem_wait(&bell.looked);
}

static void *watch(void *unused)
{
	struct pollfd files[] = {
		{ .fd = bell.connection, .events = POLLIN },
		{ .fd = bell.alarm, .events = POLLIN },
	};
	eventfd_t alarms;

	while (!atomic_load(&bell.ended)) {
		poll(files, SDL_arraysize(files), -1);
		if (files[1].revents) {
			eventfd_read(bell.alarm, &alarms);
			nudge();
		}
		if (files[0].revents)
			announce_events();
	}
	return unused;
}

static int connection_of(SDL_Window *window)
{
	SDL_SysWMinfo info;

	SDL_VERSION(&info.version);
	if (!SDL_GetWindowWMInfo(window, &info))
		return -1;
#ifdef SDL_VIDEO_DRIVER_X11
	if (info.subsystem == SDL_SYSWM_X11)
		return ConnectionNumber(info.info.x11.display);
#endif
#ifdef WITH_WAYLAND
	if (info.subsystem == SDL_SYSWM_WAYLAND)
		return wl_display_get_fd(info.info.wl.display);
#endif
	return -1;
}

/* Signals are for the other threads. */
int bell_watch(SDL_Window *window)
{
	sigset_t all, before;

	bell.connection = connection_of(window);
	bell.loop = pthread_self();
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int result = -pthread_create(&bell.watch, NULL, watch, NULL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	bell.watching = result == 0;
	return result;
}

static void stop_watching(void)
{
	atomic_store(&bell.ended, true);
	sem_post(&bell.looked);
	eventfd_write(bell.alarm, 1);
	pthread_join(bell.watch, NULL);
}

/* ---- Ringing -------------------------------------------------------------------------------- */

static void on_nudge(int number)
{
	(void)number;
}

int bell_init(void)
{
	struct sigaction action = { .sa_handler = on_nudge };

	memset(&bell, 0, sizeof(bell));
	bell.alarm = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (bell.alarm < 0)
		return -errno;
	sem_init(&bell.struck, 0, 0);
	sem_init(&bell.looked, 0, 0);
	sigemptyset(&action.sa_mask);
	sigaction(NUDGE, &action, NULL);
	cli_on_interrupt(bell_ring);
	return 0;
}

void bell_ring(void)
{
	int error = errno;

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
	sem_destroy(&bell.looked);
	sem_destroy(&bell.struck);
	close(bell.alarm);
}

/* ---- Sleeping ------------------------------------------------------------------------------- */

static bool finds_events(int64_t now_ns)
{
	bell.looked_ns = now_ns;
	SDL_PumpEvents();
	if (atomic_exchange(&bell.seen, false))
		sem_post(&bell.looked);
	return SDL_HasEvents(SDL_FIRSTEVENT, SDL_LASTEVENT);
}

static int left_ms(int64_t now_ns, int64_t end_ns)
{
	if (end_ns == INT64_MAX)
		return -1;
	if (end_ns <= now_ns)
		return 0;
	int64_t ms = (end_ns - now_ns + NS_PER_MS - 1) / NS_PER_MS;
	return ms < INT_MAX ? (int)ms : INT_MAX;
}

/* Returns whether the channel has something. */
static bool sleep_in_channel(struct shmflip_viewer *viewer, int timeout_ms)
{
	int result = -EINTR;

	atomic_store(&bell.in_channel, true);
	if (!atomic_load(&bell.rung))
		result = shmflip_viewer_wait(viewer, timeout_ms);
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

/* Looking before each sleep would cost more than what mostly ends it. */
enum bell_reason bell_sleep(struct shmflip_viewer *viewer, int64_t end_ns)
{
	int64_t interval_ns = bell.connection < 0 ? LOOK_UNCONNECTED_NS : LOOK_NS;
	int64_t now_ns = cli_now_ns();
	bool look = atomic_load(&bell.seen) || now_ns - bell.looked_ns >= interval_ns;
	bool found = false;

	if (look && finds_events(now_ns))
		return BELL_EVENTS;
	if ((!look || bell.connection < 0) && end_ns > bell.looked_ns + interval_ns)
		end_ns = bell.looked_ns + interval_ns;
	if (viewer)
		found = sleep_in_channel(viewer, left_ms(now_ns, end_ns));
	else
		sleep_until_struck(end_ns);
	if (atomic_exchange(&bell.rung, false))
		sem_trywait(&bell.struck);
	return found ? BELL_CHANNEL : BELL_OTHER;
}
