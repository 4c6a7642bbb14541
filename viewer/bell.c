/* SPDX-License-Identifier: MIT */
#include "bell.h"

#include <SDL.h>
#include <SDL_syswm.h>
#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

static int bell = -1; /* where there is no X server, none */

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

bool bell_sleep(SDL_Window *window, int timeout_ms)
{
	struct pollfd files[] = {
		{ .fd = connection_of(window), .events = POLLIN },
		{ .fd = bell, .events = POLLIN },
	};
	eventfd_t rings;

	if (bell < 0)
		return SDL_WaitEventTimeout(NULL, timeout_ms) == 1;
	/* Events that SDL, or Xlib, has read already make no file readable. */
	SDL_PumpEvents();
	if (SDL_HasEvents(SDL_FIRSTEVENT, SDL_LASTEVENT))
		return true;
	if (poll(files, SDL_arraysize(files), timeout_ms) < 0)
		return false;
	if (files[1].revents)
		eventfd_read(bell, &rings);
	return files[0].revents != 0;
}
