/* SPDX-License-Identifier: MIT */
#include "window.h"

#include <SDL.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "dpi.h"
#include "icon.h"
#include "loss.h"
#include "visibility.h"
#include "wakeup.h"

#define TEXT_SCALE_MAX 4

static bool init_sdl(void)
{
	/* In the C locale SDL accepts only ASCII titles. */
	setlocale(LC_CTYPE, "C.UTF-8");
	/* Without this hint SDL falls back to a driver whose window nobody can see. SDL_VIDEODRIVER
	 * in the environment overrides the hint. */
	SDL_SetHint(SDL_HINT_VIDEODRIVER, getenv("WAYLAND_DISPLAY") ? "x11,wayland" : "x11");
	SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
	SDL_SetHint(SDL_HINT_VIDEO_ALLOW_SCREENSAVER, "1");
	SDL_SetHint(SDL_HINT_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR, "0");
	/* Otherwise SDL presents the window's surface through its own texture. */
	SDL_SetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION, "0");
	if (SDL_Init(SDL_INIT_VIDEO) == 0) {
		SDL_StopTextInput();
		return true;
	}
	if (!cli_interrupted())
		cli_error("no display: set DISPLAY, or use --present none (%s)", SDL_GetError());
	return false;
}

bool window_system_init(void (*lost)(void *context), void *context)
{
	int error = wakeup_init(loss_hang_up);

	if (error) {
		cli_error("cannot wait for events: %s", strerror(-error));
		return false;
	}
	loss_init(lost, context);
	bool connected = init_sdl();
	if (!connected)
		wakeup_finish();
	return connected;
}

void window_system_finish(void)
{
	SDL_Quit();
	wakeup_finish();
}

/* ---- Sizes -------------------------------------------------------------------------------- */

struct size window_pixels(const struct window *window)
{
	struct size size;

	SDL_GetWindowSizeInPixels(window->sdl, &size.width, &size.height);
	return size;
}

double window_pixels_per_point(const struct window *window)
{
	int width, height;

	SDL_GetWindowSize(window->sdl, &width, &height);
	return width > 0 ? (double)window_pixels(window).width / width : 1;
}

double window_text_scale(const struct window *window)
{
	double scale = window_pixels_per_point(window);

	if (scale == 1)
		scale = dpi_text_scale(window->sdl);
	return scale < 1 ? 1 : scale > TEXT_SCALE_MAX ? TEXT_SCALE_MAX : scale;
}

/* The picture's size in points, or what fits the screen. */
static struct size size_for(struct size picture, double pixels_per_point, int display)
{
	struct size points = { (int)(picture.width / pixels_per_point + 0.5),
		               (int)(picture.height / pixels_per_point + 0.5) };
	SDL_Rect usable;

	points.width += points.width == 0;
	points.height += points.height == 0;
	if (SDL_GetDisplayUsableBounds(display < 0 ? 0 : display, &usable) != 0)
		return points;
	return geometry_window(points, (struct size){ usable.w, usable.h });
}

void window_follow(struct window *window, struct size picture)
{
	double pixels_per_point = window_pixels_per_point(window);
	struct size now, new_size;

	if (SDL_GetWindowFlags(window->sdl) & (SDL_WINDOW_FULLSCREEN | SDL_WINDOW_MAXIMIZED))
		return;
	/* Querying the screen's size costs the server time. */
	if (picture.width == window->picture.width && picture.height == window->picture.height &&
	    pixels_per_point == window->pixels_per_point)
		return;
	window->picture = picture;
	window->pixels_per_point = pixels_per_point;
	SDL_GetWindowSize(window->sdl, &now.width, &now.height);
	if (now.width != window->set_size.width || now.height != window->set_size.height)
		return;
	new_size = size_for(picture, pixels_per_point, SDL_GetWindowDisplayIndex(window->sdl));
	if (new_size.width == now.width && new_size.height == now.height)
		return;
	SDL_SetWindowSize(window->sdl, new_size.width, new_size.height);
	window->set_size = new_size;
}

/* ---- The window --------------------------------------------------------------------------- */

bool window_open(struct window *window, struct size picture, bool fullscreen)
{
	Uint32 flags = SDL_WINDOW_HIDDEN | SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI;

	if (fullscreen)
		flags |= SDL_WINDOW_FULLSCREEN_DESKTOP;
	*window = (struct window){ .set_size = size_for(picture, 1, 0) };
	window->sdl =
		SDL_CreateWindow("shmflip-viewer", SDL_WINDOWPOS_UNDEFINED, SDL_WINDOWPOS_UNDEFINED,
	                         window->set_size.width, window->set_size.height, flags);
	if (!window->sdl)
		return false;
	icon_set(window->sdl);
	/* The number of pixels per point is known only now. */
	window_follow(window, picture);
	return true;
}

void window_show(struct window *window)
{
	visibility_enable_events(window->sdl);
	SDL_ShowWindow(window->sdl);
}

void window_set_title(struct window *window, const char *title)
{
	SDL_SetWindowTitle(window->sdl, title);
}

void window_toggle_fullscreen(struct window *window)
{
	bool full = SDL_GetWindowFlags(window->sdl) & SDL_WINDOW_FULLSCREEN;

	SDL_SetWindowFullscreen(window->sdl, full ? 0 : SDL_WINDOW_FULLSCREEN_DESKTOP);
}

bool window_handle_event(struct window *window, const SDL_Event *event)
{
	if (loss_is_of_window(window->sdl, event)) {
		window->destroyed = true;
		return true;
	}
	return visibility_handle_event(event, &window->covered);
}

bool window_is_destroyed(struct window *window)
{
	window->destroyed |= !loss_window_exists(window->sdl);
	return window->destroyed;
}

bool window_is_visible(const struct window *window)
{
	Uint32 flags = SDL_GetWindowFlags(window->sdl);

	return !window->covered && !(flags & (SDL_WINDOW_HIDDEN | SDL_WINDOW_MINIMIZED));
}

void window_close(struct window *window)
{
	if (!window->sdl)
		return;
	SDL_DestroyWindow(window->sdl);
	window->sdl = NULL;
}
