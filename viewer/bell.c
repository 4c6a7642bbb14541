/* SPDX-License-Identifier: MIT */
#include "bell.h"

#include <SDL.h>
#include <SDL_syswm.h>
#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "cli.h"

#define NS_PER_MS INT64_C(1000000)

/* Between looks for events that make no file readable, since SDL or Xlib has read them already, on
 * the occasion of something else. */
#define LOOK_INTERVAL_NS 100000000

static int bell = -1;     /* where there is no X server, none */
static int64_t looked_ns; /* for such events */
static bool rung;         /* nothing else has ended the last sleep */

int bell_init(void)
{
#ifdef SDL_VIDEO_DRIVER_X11
	if (SDL_strcmp(SDL_GetCurrentVideoDriver(), "x11") != 0)
		return 0;
	bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return bell < 0 ? -errno : 0;
#else
	return 0;
#endif
}

void bell_finish(void)
{
	if (bell >= 0)
		close(bell);
	bell = -1;
}

void bell_ring(void)
{
	SDL_Event event = { .type = SDL_USEREVENT };

	/* A queue, or a count, that takes no more has enough in it. */
	if (bell < 0)
		SDL_PushEvent(&event);
	else
		eventfd_write(bell, 1);
}

static int connection_of(SDL_Window *window)
{
#ifdef SDL_VIDEO_DRIVER_X11
	SDL_SysWMinfo info;

	SDL_VERSION(&info.version);
	if (bell >= 0 && SDL_GetWindowWMInfo(window, &info) && info.subsystem == SDL_SYSWM_X11)
		return ConnectionNumber(info.info.x11.display);
#endif
	return -1;
}

/* How long to sleep before the next look, or 0 if that is due. Looking after each ring would cost more
 * than what the ring is for. */
static int64_t left_before_look_ns(void)
{
	int64_t left_ns = looked_ns + LOOK_INTERVAL_NS - cli_now_ns();

	return rung && left_ns > 0 ? left_ns : 0;
}

static bool finds_events(void)
{
	looked_ns = cli_now_ns();
	SDL_PumpEvents();
	return SDL_HasEvents(SDL_FIRSTEVENT, SDL_LASTEVENT);
}

bool bell_sleep(SDL_Window *window, int timeout_ms)
{
	struct pollfd files[] = {
		{ .fd = connection_of(window), .events = POLLIN },
		{ .fd = bell, .events = POLLIN },
	};
	eventfd_t rings;

	if (bell < 0)
		return SDL_WaitEventTimeout(NULL, timeout_ms) == 1;
	int64_t left_ns = left_before_look_ns();
	rung = false;
	if (left_ns == 0 && finds_events())
		return true;
	if (left_ns > 0 && (timeout_ms < 0 || left_ns < timeout_ms * NS_PER_MS))
		timeout_ms = (int)(left_ns / NS_PER_MS) + 1;
	if (poll(files, SDL_arraysize(files), timeout_ms) < 0)
		return false;
	if (files[1].revents)
		eventfd_read(bell, &rings);
	rung = files[0].revents == 0 && files[1].revents != 0;
	return files[0].revents != 0;
}
