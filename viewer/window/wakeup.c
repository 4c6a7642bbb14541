/* SPDX-License-Identifier: MIT */
#include "wakeup.h"

#include <SDL.h>
#include <SDL_syswm.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "cli.h"
#include "loss.h"

#if defined(WITH_WAYLAND) && defined(SDL_VIDEO_DRIVER_WAYLAND)
#define HAS_WAYLAND
#include <wayland-client-core.h>
#endif

/* How often to poll SDL while frames are drawn. Drawing may read events from the connection, which
 * is then not readable although SDL has events. */
#define POLL_NS (100 * NS_PER_MS)

/* How often to poll SDL when nothing else can report an event. */
#define POLL_OFTEN_NS (20 * NS_PER_MS)

static struct {
	int event_fd;               /* readable: wakeup_signal() was called */
	int connection;             /* SDL's, to the display; -1: cannot be polled */
	struct wl_display *wayland; /* NULL: another display */
	bool readable;              /* the connection was, at the end of the last sleep */
	int64_t polled_ns;          /* when SDL was last polled */
} wakeup;

int wakeup_init(void (*hang_up)(void))
{
	wakeup.event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (wakeup.event_fd < 0)
		return -errno;
	wakeup.connection = -1;
	wakeup.wayland = NULL;
	wakeup.readable = true;
	cli_on_interrupt(wakeup_signal, hang_up);
	return 0;
}

void wakeup_watch_display(SDL_Window *window)
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

void wakeup_signal(void)
{
	eventfd_write(wakeup.event_fd, 1);
}

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

static struct timespec sleep_time(int64_t now_ns, int64_t end_ns)
{
	int64_t ns = end_ns > now_ns ? end_ns - now_ns : 0;

	return (struct timespec){ .tv_sec = ns / NS_PER_S, .tv_nsec = ns % NS_PER_S };
}

static unsigned sleep_until(int64_t now_ns, int64_t end_ns, int channel)
{
	struct pollfd files[] = {
		{ .fd = channel, .events = POLLIN },
		{ .fd = wakeup.connection, .events = POLLIN },
		{ .fd = wakeup.event_fd, .events = POLLIN },
	};
	struct timespec timeout = sleep_time(now_ns, end_ns);
	eventfd_t count;

	ppoll(files, 3, &timeout, NULL);
	wakeup.readable = files[1].revents != 0;
	if (files[2].revents)
		eventfd_read(wakeup.event_fd, &count);
	return (files[0].revents ? WAKEUP_CHANNEL : 0) | (files[2].revents ? WAKEUP_SIGNAL : 0);
}

/* Polling SDL before each sleep would cost a twentieth of a frame that the X server draws. While
 * frames come, they end the sleeps early enough for the next poll. After a poll nothing reads from
 * the connection until the next frame: then the sleep may be long. */
unsigned wakeup_wait(int channel, int64_t end_ns)
{
	bool often = must_poll_often();
	int64_t interval_ns = often ? POLL_OFTEN_NS : POLL_NS;
	int64_t now_ns = monotonic_now_ns();
	bool poll_sdl = wakeup.readable || now_ns - wakeup.polled_ns >= interval_ns / 2;

	if (poll_sdl) {
		wakeup.polled_ns = now_ns;
		if (pump_events())
			return WAKEUP_EVENTS | sleep_until(now_ns, now_ns, channel);
	}
	if ((often || !poll_sdl) && end_ns > wakeup.polled_ns + interval_ns)
		end_ns = wakeup.polled_ns + interval_ns;
	return sleep_until(now_ns, end_ns, channel);
}

void wakeup_finish(void)
{
	cli_on_interrupt(NULL, NULL);
	close(wakeup.event_fd);
}
