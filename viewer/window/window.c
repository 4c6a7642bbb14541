/* SPDX-License-Identifier: MIT */
#include "window.h"

#include <SDL.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "dpi.h"
#include "icon.h"
#include "keyboard.h"
#include "loss.h"
#include "seat.h"
#include "visibility.h"
#include "wakeup.h"

#define TEXT_SCALE_MAX 4

static bool init_x11(SDL_HintPriority priority)
{
	SDL_SetHintWithPriority(SDL_HINT_VIDEODRIVER, "x11", priority);
	return SDL_Init(SDL_INIT_VIDEO) == 0;
}

/* Names the driver, because SDL may fall back to one whose window nobody can see. SDL_VIDEODRIVER
 * in the environment overrides the name. Asks a compositor only where SDL will connect to it. */
static bool init_video(bool *seat_missing)
{
	const char *drivers = getenv("SDL_VIDEODRIVER");
	bool names_wayland = drivers && strstr(drivers, "wayland");

	if (!names_wayland && init_x11(SDL_HINT_NORMAL))
		return true;
	if (!names_wayland && (drivers || !seat_has_compositor()))
		return false;
	*seat_missing = seat_is_missing();
	if (*seat_missing)
		return names_wayland && init_x11(SDL_HINT_OVERRIDE);
	SDL_SetHint(SDL_HINT_VIDEODRIVER, "wayland");
	return SDL_Init(SDL_INIT_VIDEO) == 0;
}

static bool init_sdl(void)
{
	/* In the C locale SDL accepts only ASCII titles. */
	setlocale(LC_CTYPE, "C.UTF-8");
	keyboard_init();
	SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
	SDL_SetHint(SDL_HINT_VIDEO_ALLOW_SCREENSAVER, "1");
	SDL_SetHint(SDL_HINT_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR, "0");
	/* Otherwise SDL presents the window's surface through its own texture. */
	SDL_SetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION, "0");
	bool seat_missing = false;
	if (init_video(&seat_missing)) {
		keyboard_enable_characters();
		return true;
	}
	if (!cli_interrupted())
		cli_error("no display: set DISPLAY, or use --present none (%s)",
		          seat_missing ? "the Wayland compositor has no input devices"
		                       : SDL_GetError());
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

/* Zeros until the window manager has seen the window. SDL knows them: this costs nothing. */
static struct size borders_of(SDL_Window *window, struct point *upper_left)
{
	int top = 0, left = 0, bottom = 0, right = 0;

	SDL_GetWindowBordersSize(window, &top, &left, &bottom, &right);
	*upper_left = (struct point){ left, top };
	return (struct size){ left + right, top + bottom };
}

/* The part of the screen for a window's content. window NULL: on the first screen, and without
 * borders. False: not known. */
static bool find_room(SDL_Window *window, struct area *room)
{
	int display = window ? SDL_GetWindowDisplayIndex(window) : 0;
	struct size borders = { 0, 0 };
	struct point upper_left = { 0, 0 };
	SDL_Rect usable;

	if (SDL_GetDisplayUsableBounds(display < 0 ? 0 : display, &usable) != 0)
		return false;
	if (window)
		borders = borders_of(window, &upper_left);
	*room = (struct area){ usable.x + upper_left.x, usable.y + upper_left.y,
		               usable.w - borders.width, usable.h - borders.height };
	return room->width > 0 && room->height > 0;
}

/* The picture's size in points, or what fits the room. */
static struct size size_for(struct size picture, double pixels_per_point, const struct area *room)
{
	struct size points = { (int)(picture.width / pixels_per_point + 0.5),
		               (int)(picture.height / pixels_per_point + 0.5) };

	points.width += points.width == 0;
	points.height += points.height == 0;
	return room ? geometry_window(points, (struct size){ room->width, room->height }) : points;
}

static void resize(struct window *window, struct size size)
{
	SDL_SetWindowSize(window->sdl, size.width, size.height);
	window->last_set_size = size;
}

static void move_into(struct window *window, struct area room)
{
	struct area at = { .width = window->last_set_size.width,
		           .height = window->last_set_size.height };

	SDL_GetWindowPosition(window->sdl, &at.x, &at.y);
	struct point moved = geometry_moved_into(at, room);
	if (moved.x != at.x || moved.y != at.y)
		SDL_SetWindowPosition(window->sdl, moved.x, moved.y);
}

static bool follows(const struct window *window, struct size picture, double pixels_per_point,
                    struct size borders)
{
	return size_equals(picture, window->picture) && size_equals(borders, window->borders) &&
	       pixels_per_point == window->pixels_per_point;
}

void window_follow(struct window *window, struct size picture)
{
	double pixels_per_point = window_pixels_per_point(window);
	struct point upper_left;
	struct size borders = borders_of(window->sdl, &upper_left), now;
	struct area room;

	if (SDL_GetWindowFlags(window->sdl) & (SDL_WINDOW_FULLSCREEN | SDL_WINDOW_MAXIMIZED))
		return;
	/* Querying the screen's size costs the server time. */
	if (follows(window, picture, pixels_per_point, borders))
		return;
	bool move = !size_equals(borders, window->borders);
	window->picture = picture;
	window->pixels_per_point = pixels_per_point;
	window->borders = borders;
	SDL_GetWindowSize(window->sdl, &now.width, &now.height);
	if (!size_equals(now, window->last_set_size))
		return;
	bool room_is_known = find_room(window->sdl, &room);
	struct size new_size = size_for(picture, pixels_per_point, room_is_known ? &room : NULL);
	if (!size_equals(new_size, now)) {
		resize(window, new_size);
		move = true;
	}
	if (move && room_is_known)
		move_into(window, room);
}

/* ---- The window --------------------------------------------------------------------------- */

bool window_open(struct window *window, struct size picture, bool fullscreen)
{
	Uint32 flags = SDL_WINDOW_HIDDEN | SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI;

	struct area room;
	bool room_is_known = find_room(NULL, &room);

	if (fullscreen)
		flags |= SDL_WINDOW_FULLSCREEN_DESKTOP;
	*window = (struct window){ .last_set_size =
		                           size_for(picture, 1, room_is_known ? &room : NULL) };
	window->sdl =
		SDL_CreateWindow("shmflip-viewer", SDL_WINDOWPOS_UNDEFINED, SDL_WINDOWPOS_UNDEFINED,
	                         window->last_set_size.width, window->last_set_size.height, flags);
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
	/* The window manager has made its borders. */
	SDL_PumpEvents();
	window_follow(window, window->picture);
}

void window_set_title(struct window *window, const char *title)
{
	SDL_SetWindowTitle(window->sdl, title);
}

bool window_is_fullscreen(const struct window *window)
{
	return SDL_GetWindowFlags(window->sdl) & SDL_WINDOW_FULLSCREEN;
}

void window_toggle_fullscreen(struct window *window)
{
	SDL_SetWindowFullscreen(window->sdl,
	                        window_is_fullscreen(window) ? 0 : SDL_WINDOW_FULLSCREEN_DESKTOP);
}

bool window_handle_event(struct window *window, const SDL_Event *event)
{
	if (loss_is_of_window(window->sdl, event)) {
		window->destroyed = true;
		return true;
	}
	return visibility_handle_event(event, &window->covered);
}

bool window_check_destroyed(struct window *window)
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
