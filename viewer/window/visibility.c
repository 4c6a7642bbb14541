/* SPDX-License-Identifier: MIT */
#include "visibility.h"

#include <SDL.h>
#include <SDL_syswm.h>

#if defined(WITH_X11) && defined(SDL_VIDEO_DRIVER_X11)

void visibility_enable_events(SDL_Window *window)
{
	SDL_SysWMinfo info;
	XWindowAttributes attributes;

	SDL_VERSION(&info.version);
	if (!SDL_GetWindowWMInfo(window, &info) || info.subsystem != SDL_SYSWM_X11)
		return;
	Display *display = info.info.x11.display;
	Window id = info.info.x11.window;
	if (!XGetWindowAttributes(display, id, &attributes))
		return;
	XSelectInput(display, id, attributes.your_event_mask | VisibilityChangeMask);
	SDL_EventState(SDL_SYSWMEVENT, SDL_ENABLE);
}

bool visibility_handle_event(const SDL_Event *event, bool *covered)
{
	if (event->type != SDL_SYSWMEVENT || event->syswm.msg->subsystem != SDL_SYSWM_X11 ||
	    event->syswm.msg->msg.x11.event.type != VisibilityNotify)
		return false;
	*covered = event->syswm.msg->msg.x11.event.xvisibility.state == VisibilityFullyObscured;
	return true;
}

#else

void visibility_enable_events(SDL_Window *window)
{
	(void)window;
}

bool visibility_handle_event(const SDL_Event *event, bool *covered)
{
	(void)event;
	(void)covered;
	return false;
}

#endif
