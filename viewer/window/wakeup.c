/* SPDX-License-Identifier: MIT */
#include "wakeup.h"

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

/* After something was drawn, there may be events that make no connection readable, since what drew
 * them has read them already: when to look for those. */
#define POLL_NS (100 * NS_PER_MS)

/* Where only looking tells. */
#define POLL_OFTEN_NS (20 * NS_PER_MS)

/* A signal that is ignored by default. */
#define WAKE_SIGNAL SIGURG
#define WAKE_SIGNAL_NS (2 * NS_PER_MS)

static struct {
	struct wl_display *wayland; /* NULL: another display */
	int connection;             /* SDL's; -1: none that can be watched */
	int64_t polled_ns;

	pthread_t loop;
	pthread_t watch;
	bool watching;
	int epoll_fd; /* an epoll of the connection, each time until the loop has looked, and alarm */
	int event_fd; /* an eventfd: there is the loop waits in the channel */
	sem_t posted; /* for a sleep without the channel */
	atomic_bool signalled;
	atomic_bool in_channel; /* the loop sleeps there, or is just about to, or has just been */
	atomic_bool seen;       /* the connection was readable, and the loop has not looked since */
	atomic_bool ended;
} wakeup;

static void post(void)
{
	/* Pairs with wakeup_wait(), which takes it back. */
	if (!atomic_exchange(&wakeup.signalled, true))
		sem_post(&wakeup.posted);
}

static struct timespec to_timespec(int64_t ns)
{
	return (struct timespec){ .tv_sec = ns / NS_PER_S, .tv_nsec = ns % NS_PER_S };
}

/* ---- The thread that watches ---------------------------------------------------------------- */

/* The loop says first that it is in the channel, then asks whether somebody has signalled: whoever signals
 * does it the other way round, so one of the two notices. A signal that comes just before the wait
 * does not end it, so it may take more than one; one that comes after it does no harm. */
static void interrupt_wait(void)
{
	const struct timespec pause = to_timespec(WAKE_SIGNAL_NS);

	while (atomic_load(&wakeup.signalled) && atomic_load(&wakeup.in_channel)) {
		pthread_kill(wakeup.loop, WAKE_SIGNAL);
		clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
	}
}

static void *watch(void *unused)
{
	struct epoll_event event;
	eventfd_t alarms;

	/* Pairs with stop_watching(). */
	while (!atomic_load(&wakeup.ended)) {
		if (epoll_wait(wakeup.epoll_fd, &event, 1, -1) != 1)
			continue;
		if (event.data.fd == wakeup.event_fd) {
			eventfd_read(wakeup.event_fd, &alarms);
		} else {
			/* Pairs with pump_events(). */
			atomic_store(&wakeup.seen, true);
			post();
		}
		interrupt_wait();
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
		wakeup.connection = ConnectionNumber(info.info.x11.display);
#endif
#ifdef WATCHES_WAYLAND
	if (info.subsystem == SDL_SYSWM_WAYLAND) {
		wakeup.wayland = info.info.wl.display;
		wakeup.connection = wl_display_get_fd(wakeup.wayland);
	}
#endif
}

/* Has the connection watched until it is readable. */
static int arm_watch(int operation)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLONESHOT,
		                     .data.fd = wakeup.connection };

	return epoll_ctl(wakeup.epoll_fd, operation, wakeup.connection, &event) < 0 ? -errno : 0;
}

/* Signals are for the other threads, and wake signals for the loop. */
int wakeup_watch_display(SDL_Window *window)
{
	sigset_t all, before;

	wakeup.loop = pthread_self();
	find_connection(window);
	int result = wakeup.connection < 0 ? 0 : arm_watch(EPOLL_CTL_ADD);
	if (result < 0)
		return result;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	result = -pthread_create(&wakeup.watch, NULL, watch, NULL);
	sigdelset(&before, WAKE_SIGNAL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	wakeup.watching = result == 0;
	return result;
}

static void stop_watching(void)
{
	/* Pairs with watch(). */
	atomic_store(&wakeup.ended, true);
	eventfd_write(wakeup.event_fd, 1);
	pthread_join(wakeup.watch, NULL);
}

/* ---- Signalling ----------------------------------------------------------------------------- */

static void close_files(void)
{
	close(wakeup.event_fd);
	close(wakeup.epoll_fd);
}

static void ignore_signal(int number)
{
	(void)number;
}

/* What the loop does outside the channel goes on as if there had been no signal; waiting there is nothing
 * that a signal's end takes up again. */
static void install_handler(void)
{
	struct sigaction action = { .sa_handler = ignore_signal, .sa_flags = SA_RESTART };

	sigemptyset(&action.sa_mask);
	sigaction(WAKE_SIGNAL, &action, NULL);
}

int wakeup_init(void)
{
	memset(&wakeup, 0, sizeof(wakeup));
	wakeup.connection = -1;
	wakeup.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	wakeup.event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	struct epoll_event event = { .events = EPOLLIN, .data.fd = wakeup.event_fd };
	if (epoll_ctl(wakeup.epoll_fd, EPOLL_CTL_ADD, wakeup.event_fd, &event) < 0) {
		int error = errno;
		close_files();
		return -error;
	}
	sem_init(&wakeup.posted, 0, 0);
	install_handler();
	cli_on_interrupt(wakeup_signal);
	return 0;
}

void wakeup_signal(void)
{
	int error = errno;

	/* In this order, as in nudge(): pairs with sleep_in_channel(). */
	post();
	if (atomic_load(&wakeup.in_channel))
		eventfd_write(wakeup.event_fd, 1);
	errno = error;
}

void wakeup_finish(void)
{
	cli_on_interrupt(NULL);
	if (wakeup.watching)
		stop_watching();
	sem_destroy(&wakeup.posted);
	close_files();
}

/* ---- Sleeping ------------------------------------------------------------------------------- */

static bool pump_events(void)
{
	SDL_PumpEvents();
#ifdef WATCHES_WAYLAND
	/* SDL's answers to what it has just read. */
	if (wakeup.wayland)
		wl_display_flush(wakeup.wayland);
#endif
	/* Pairs with watch(). */
	if (atomic_exchange(&wakeup.seen, false))
		arm_watch(EPOLL_CTL_MOD);
	return SDL_HasEvents(SDL_FIRSTEVENT, SDL_LASTEVENT);
}

/* On Wayland it is SDL that repeats keys, while it is asked for events. */
static bool must_poll_often(void)
{
	const Uint8 *keys;
	int count;

	if (!wakeup.wayland)
		return wakeup.connection < 0;
	keys = SDL_GetKeyboardState(&count);
	return memchr(keys, SDL_PRESSED, (size_t)count);
}

static int remaining_ms(int64_t end_ns)
{
	int64_t remaining_ns = end_ns - monotonic_now_ns();

	if (end_ns == INT64_MAX)
		return -1;
	if (remaining_ns <= 0)
		return 0;
	int64_t ms = (remaining_ns - 1) / NS_PER_MS + 1;
	return ms < INT_MAX ? (int)ms : INT_MAX;
}

/* Returns whether the channel has something. */
static bool sleep_in_channel(struct shmflip_viewer *viewer, int timeout_ms)
{
	/* In this order: pairs with wakeup_signal() and nudge(). */
	atomic_store(&wakeup.in_channel, true);
	int result = shmflip_viewer_wait(viewer, atomic_load(&wakeup.signalled) ? 0 : timeout_ms);
	atomic_store(&wakeup.in_channel, false);
	return result != -EAGAIN && result != -EINTR;
}

static void sleep_until_posted(int64_t end_ns)
{
	const struct timespec end = to_timespec(end_ns);

	/* The count may be that of a signal which was seen before it was counted. */
	while (!atomic_load(&wakeup.signalled) &&
	       sem_clockwait(&wakeup.posted, CLOCK_MONOTONIC, &end) == 0)
		continue;
}

/* Looking before each sleep would cost more than what mostly ends it. Right after a look that has found
 * nothing there is nothing to look for, until the connection says so. */
unsigned wakeup_wait(struct shmflip_viewer *viewer, int64_t end_ns)
{
	bool often = must_poll_often();
	int64_t interval_ns = often ? POLL_OFTEN_NS : POLL_NS;
	int64_t now_ns = monotonic_now_ns();
	bool look = atomic_load(&wakeup.seen) || now_ns - wakeup.polled_ns >= interval_ns;
	unsigned events = 0;

	if (look) {
		wakeup.polled_ns = now_ns;
		events = pump_events() ? WAKEUP_EVENTS : 0;
	}
	if (events)
		end_ns = now_ns;
	else if ((often || !look) && end_ns > wakeup.polled_ns + interval_ns)
		end_ns = wakeup.polled_ns + interval_ns;
	if (!viewer)
		sleep_until_posted(end_ns);
	else if (sleep_in_channel(viewer, remaining_ms(end_ns)))
		events |= WAKEUP_CHANNEL;
	/* Pairs with strike(). */
	if (atomic_exchange(&wakeup.signalled, false))
		sem_trywait(&wakeup.posted);
	return events;
}
