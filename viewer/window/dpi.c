/* SPDX-License-Identifier: MIT */
#include "dpi.h"

#include <SDL.h>
#include <SDL_syswm.h>
#include <stdlib.h>

#define REFERENCE_DPI 96
#define MM_PER_INCH 25.4
#define STEPS 4

#if defined(WITH_X11) && defined(SDL_VIDEO_DRIVER_X11)

static Display *display_of(SDL_Window *window)
{
	SDL_SysWMinfo info;

	SDL_VERSION(&info.version);
	if (!SDL_GetWindowWMInfo(window, &info) || info.subsystem != SDL_SYSWM_X11)
		return NULL;
	return info.info.x11.display;
}

/* Desktops store the user's setting here. */
static double configured_dpi(SDL_Window *window)
{
	Display *display = display_of(window);
	const char *text = display ? XGetDefault(display, "Xft", "dpi") : NULL;

	return text ? strtod(text, NULL) : 0;
}

/* Over the area of all screens together. */
static double server_dpi(SDL_Window *window)
{
	Display *display = display_of(window);

	if (!display || DisplayHeightMM(display, DefaultScreen(display)) <= 0)
		return 0;
	return DisplayHeight(display, DefaultScreen(display)) * MM_PER_INCH /
	       DisplayHeightMM(display, DefaultScreen(display));
}

#else

static double configured_dpi(SDL_Window *window)
{
	(void)window;
	return 0;
}

static double server_dpi(SDL_Window *window)
{
	(void)window;
	return 0;
}

#endif

static double screen_dpi(SDL_Window *window)
{
	int display = SDL_GetWindowDisplayIndex(window);
	float dpi;

	return display >= 0 && SDL_GetDisplayDPI(display, NULL, &dpi, NULL) == 0 ? dpi : 0;
}

double dpi_text_scale(SDL_Window *window)
{
	double dpi = configured_dpi(window);

	if (!(dpi > 0))
		dpi = screen_dpi(window);
	if (!(dpi > 0))
		dpi = server_dpi(window);
	/* Sizes in whole millimetres are slightly wrong, hence the 0.1. Ignore very high values. */
	return dpi > 0 && dpi < REFERENCE_DPI * 100
	               ? (int)(dpi / REFERENCE_DPI * STEPS + 0.1) / (double)STEPS
	               : 1;
}
