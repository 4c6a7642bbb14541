/* SPDX-License-Identifier: MIT */
#include "loss.h"

#include <SDL.h>
#include <SDL_syswm.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "cli.h"

/* The kernel gives the lowest descriptors, and the program opens few. */
#define DESCRIPTORS_MAX 65536

static struct {
	void (*lost)(void *context);
	void *context;
	bool error_reported;
} loss;

void loss_report(void)
{
	loss.lost(loss.context);
	abort();
}

#if defined(WITH_X11) && defined(SDL_VIDEO_DRIVER_X11)

/* Xlib calls exit() after this returns. */
static int handle_lost_connection(Display *display)
{
	(void)display;
	loss_report();
}

/* Requests may be on their way when another program destroys the window. */
static int handle_error(Display *display, XErrorEvent *error)
{
	(void)display;
	if (error->error_code == BadWindow || error->error_code == BadDrawable ||
	    loss.error_reported)
		return 0;
	loss.error_reported = true;
	cli_error("the X server refused request %d.%d of SDL (error %d)", error->request_code,
	          error->minor_code, error->error_code);
	return 0;
}

static void install_handlers(void)
{
	XSetIOErrorHandler(handle_lost_connection);
	XSetErrorHandler(handle_error);
}

/* Returns false if the window is not on an X server. */
static bool get_x11_info(SDL_Window *window, SDL_SysWMinfo *info)
{
	SDL_VERSION(&info->version);
	return SDL_GetWindowWMInfo(window, info) && info->subsystem == SDL_SYSWM_X11;
}

bool loss_is_of_window(SDL_Window *window, const SDL_Event *event)
{
	SDL_SysWMinfo info;

	if (event->type != SDL_SYSWMEVENT || event->syswm.msg->subsystem != SDL_SYSWM_X11)
		return false;
	const XEvent *x_event = &event->syswm.msg->msg.x11.event;
	return x_event->type == DestroyNotify && get_x11_info(window, &info) &&
	       x_event->xdestroywindow.window == info.info.x11.window;
}

bool loss_window_exists(SDL_Window *window)
{
	XWindowAttributes attributes;
	SDL_SysWMinfo info;

	return !get_x11_info(window, &info) ||
	       XGetWindowAttributes(info.info.x11.display, info.info.x11.window, &attributes);
}

#else

static void install_handlers(void)
{
}

bool loss_is_of_window(SDL_Window *window, const SDL_Event *event)
{
	(void)window;
	(void)event;
	return false;
}

bool loss_window_exists(SDL_Window *window)
{
	(void)window;
	return true;
}

#endif

void loss_init(void (*lost)(void *context), void *context)
{
	loss.lost = lost;
	loss.context = context;
	install_handlers();
}

/* Sockets that the program inherited stay open on exec; those of display libraries do not. */
static bool is_own_socket(int fd)
{
	struct stat status;
	int flags = fcntl(fd, F_GETFD);

	return flags >= 0 && flags & FD_CLOEXEC && fstat(fd, &status) == 0 &&
	       S_ISSOCK(status.st_mode);
}

void loss_hang_up(void)
{
	for (int fd = 0; fd < DESCRIPTORS_MAX; fd++) {
		if (is_own_socket(fd))
			shutdown(fd, SHUT_RDWR);
	}
}
