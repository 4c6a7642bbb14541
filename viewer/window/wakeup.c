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
#include "loss.h"

#if defined(WITH_WAYLAND) && defined(SDL_VIDEO_DRIVER_WAYLAND)
#define HAS_WAYLAND
#include <wayland-client-core.h>
#endif

/* How often to poll SDL for events. Drawing may read events from the connection, which is then not
 * readable although SDL has events. */
#define POLL_NS (100 * NS_PER_MS)

/* How often to poll SDL when nothing else can report an event. */
#define POLL_OFTEN_NS (20 * NS_PER_MS)

/* A signal that is ignored by default. */
#define WAKE_SIGNAL SIGURG
#define WAKE_SIGNAL_INTERVAL_NS (2 * NS_PER_MS)

/* How long the program may take to exit after an interrupt. */
#define EXIT_NS (500 * NS_PER_MS)

static struct {
	struct wl_display *wayland; /* NULL: another display */
	int connection;             /* SDL's, to the display; -1: cannot be polled */
	int64_t polled_ns;          /* when the loop last polled SDL */

	pthread_t loop;
	pthread_t display_thread;
	void (*hang_up)(void);
	int epoll_fd; /* of event_fd, and of connection, which the loop rearms after a poll */
	int event_fd; /* makes the display thread end the loop's wait in the channel, or exit */
	sem_t posted; /* for a sleep without the channel */
	atomic_bool signalled;
	atomic_bool in_channel; /* the loop waits there, is about to, or has just returned */
	atomic_bool readable;   /* connection was readable, and the loop has not polled SDL since */
	atomic_bool ended;
} wakeup;

static void post(void)
{
	/* Pairs with wakeup_wait(), which resets it. */
	if (!atomic_exchange(&wakeup.signalled, true))
		sem_post(&wakeup.posted);
}

static struct timespec to_timespec(int64_t ns)
{
	return (struct timespec){ .tv_sec = ns / NS_PER_S, .tv_nsec = ns % NS_PER_S };
}

/* ---- The display thread --------------------------------------------------------------------- */

/* The loop sets in_channel first and then reads signalled. post() and its callers do it in the
 * other order, so at least one side sees the other. A POSIX signal just before the wait does not
 * end the wait, so several may be needed. A POSIX signal after the wait is harmless. */
static void interrupt_wait(void)
{
	const struct timespec pause = to_timespec(WAKE_SIGNAL_INTERVAL_NS);

	while (atomic_load(&wakeup.signalled) && atomic_load(&wakeup.in_channel)) {
		pthread_kill(wakeup.loop, WAKE_SIGNAL);
		clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
	}
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

static void handle_readable(int fd)
{
	eventfd_t count;

	if (fd == wakeup.event_fd) {
		eventfd_read(wakeup.event_fd, &count);
	} else {
		/* Pairs with pump_events(). */
		atomic_store(&wakeup.readable, true);
		post();
	}
	interrupt_wait();
}

/* Hangs up again and again, because an answer may be missing on a connection made since. */
static int64_t check_exit(int64_t exit_due_ns)
{
	int64_t now_ns = monotonic_now_ns();

	if (!wakeup.hang_up || !cli_interrupted())
		return INT64_MAX;
	if (exit_due_ns == INT64_MAX)
		return now_ns + EXIT_NS;
	if (now_ns < exit_due_ns)
		return exit_due_ns;
	wakeup.hang_up();
	return now_ns + EXIT_NS;
}

static void *run_display_thread(void *unused)
{
	int64_t exit_due_ns = INT64_MAX;
	struct epoll_event event;

	/* Pairs with stop_display_thread(). */
	while (!atomic_load(&wakeup.ended)) {
		if (epoll_wait(wakeup.epoll_fd, &event, 1, remaining_ms(exit_due_ns)) == 1)
			handle_readable(event.data.fd);
		exit_due_ns = check_exit(exit_due_ns);
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
#ifdef HAS_WAYLAND
	if (info.subsystem == SDL_SYSWM_WAYLAND) {
		wakeup.wayland = info.info.wl.display;
		wakeup.connection = wl_display_get_fd(wakeup.wayland);
	}
#endif
}

/* Makes the display thread report once that the connection is readable. */
static int arm_connection(int operation)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLONESHOT,
		                     .data.fd = wakeup.connection };

	return epoll_ctl(wakeup.epoll_fd, operation, wakeup.connection, &event) < 0 ? -errno : 0;
}

int wakeup_watch_display(SDL_Window *window)
{
	find_connection(window);
	return wakeup.connection < 0 ? 0 : arm_connection(EPOLL_CTL_ADD);
}

/* The display thread blocks all signals. The loop unblocks WAKE_SIGNAL. */
static int start_display_thread(void)
{
	sigset_t all, before;

	wakeup.loop = pthread_self();
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int error = -pthread_create(&wakeup.display_thread, NULL, run_display_thread, NULL);
	sigdelset(&before, WAKE_SIGNAL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return error;
}

static void stop_display_thread(void)
{
	/* Pairs with run_display_thread(). */
	atomic_store(&wakeup.ended, true);
	eventfd_write(wakeup.event_fd, 1);
	pthread_join(wakeup.display_thread, NULL);
}

/* ---- Signalling ----------------------------------------------------------------------------- */

static int open_files(void)
{
	struct epoll_event event = { .events = EPOLLIN };

	wakeup.event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (wakeup.event_fd < 0)
		return -errno;
	wakeup.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	event.data.fd = wakeup.event_fd;
	if (wakeup.epoll_fd < 0 ||
	    epoll_ctl(wakeup.epoll_fd, EPOLL_CTL_ADD, wakeup.event_fd, &event) < 0)
		return -errno;
	return 0;
}

static void close_files(void)
{
	if (wakeup.event_fd >= 0)
		close(wakeup.event_fd);
	if (wakeup.epoll_fd >= 0)
		close(wakeup.epoll_fd);
}

static void ignore_signal(int number)
{
	(void)number;
}

/* SA_RESTART restarts the system calls that the loop makes outside the channel. The channel's wait
 * is never restarted. */
static void install_handler(void)
{
	struct sigaction action = { .sa_handler = ignore_signal, .sa_flags = SA_RESTART };

	sigemptyset(&action.sa_mask);
	sigaction(WAKE_SIGNAL, &action, NULL);
}

static void handle_interrupt(void)
{
	int error = errno;

	wakeup_signal();
	eventfd_write(wakeup.event_fd, 1);
	errno = error;
}

int wakeup_init(void (*hang_up)(void))
{
	memset(&wakeup, 0, sizeof(wakeup));
	wakeup.hang_up = hang_up;
	wakeup.connection = -1;
	wakeup.epoll_fd = -1;
	int error = open_files();
	sem_init(&wakeup.posted, 0, 0);
	install_handler();
	if (!error)
		error = start_display_thread();
	if (error) {
		sem_destroy(&wakeup.posted);
		close_files();
		return error;
	}
	cli_on_interrupt(handle_interrupt);
	/* The display thread may have missed an earlier interrupt. */
	eventfd_write(wakeup.event_fd, 1);
	return 0;
}

void wakeup_signal(void)
{
	int error = errno;

	/* In this order: pairs with sleep_in_channel(). */
	post();
	if (atomic_load(&wakeup.in_channel))
		eventfd_write(wakeup.event_fd, 1);
	errno = error;
}

void wakeup_finish(void)
{
	cli_on_interrupt(NULL);
	stop_display_thread();
	sem_destroy(&wakeup.posted);
	close_files();
}

/* ---- Sleeping ------------------------------------------------------------------------------- */

static bool pump_events(void)
{
	SDL_PumpEvents();
#ifdef HAS_WAYLAND
	/* Sends SDL's replies to what it has just read. */
	if (wakeup.wayland)
		wl_display_flush(wakeup.wayland);
	if (wakeup.wayland && wl_display_get_error(wakeup.wayland))
		loss_report();
#endif
	/* Pairs with handle_readable(). */
	if (atomic_exchange(&wakeup.readable, false))
		arm_connection(EPOLL_CTL_MOD);
	return SDL_HasEvents(SDL_FIRSTEVENT, SDL_LASTEVENT);
}

/* On Wayland SDL itself repeats a key that is down, but only while it is polled. */
static bool must_poll_often(void)
{
	const Uint8 *keys;
	int count;

	if (!wakeup.wayland)
		return wakeup.connection < 0;
	keys = SDL_GetKeyboardState(&count);
	return memchr(keys, SDL_PRESSED, (size_t)count);
}

/* Returns whether the channel has something. */
static bool sleep_in_channel(struct shmflip_viewer *viewer, int timeout_ms)
{
	/* In this order: pairs with wakeup_signal() and interrupt_wait(). */
	atomic_store(&wakeup.in_channel, true);
	int error = shmflip_viewer_wait(viewer, atomic_load(&wakeup.signalled) ? 0 : timeout_ms);
	atomic_store(&wakeup.in_channel, false);
	return error != -EAGAIN && error != -EINTR;
}

static void sleep_until_posted(int64_t end_ns)
{
	const struct timespec end = to_timespec(end_ns);

	/* A post may be left over: wakeup_wait() saw the signal before post() had counted it. */
	while (!atomic_load(&wakeup.signalled) &&
	       sem_clockwait(&wakeup.posted, CLOCK_MONOTONIC, &end) == 0)
		continue;
}

/* Polling SDL before each sleep would cost more than the frame that usually ends the sleep. After a
 * poll without events there is nothing to poll for until the connection is readable. */
unsigned wakeup_wait(struct shmflip_viewer *viewer, int64_t end_ns)
{
	bool often = must_poll_often();
	int64_t interval_ns = often ? POLL_OFTEN_NS : POLL_NS;
	int64_t now_ns = monotonic_now_ns();
	bool poll_sdl = atomic_load(&wakeup.readable) || now_ns - wakeup.polled_ns >= interval_ns;
	unsigned events = 0;

	if (poll_sdl) {
		wakeup.polled_ns = now_ns;
		events = pump_events() ? WAKEUP_EVENTS : 0;
	}
	if (events)
		end_ns = now_ns;
	else if ((often || !poll_sdl) && end_ns > wakeup.polled_ns + interval_ns)
		end_ns = wakeup.polled_ns + interval_ns;
	if (!viewer)
		sleep_until_posted(end_ns);
	else if (sleep_in_channel(viewer, remaining_ms(end_ns)))
		events |= WAKEUP_CHANNEL;
	/* Pairs with post(). */
	if (atomic_exchange(&wakeup.signalled, false))
		sem_trywait(&wakeup.posted);
	return events;
}
