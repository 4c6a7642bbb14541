/* SPDX-License-Identifier: MIT
 *
 * SDL's window: its size, which follows the frames', its title and icon, whether anybody can see it.
 * Main thread. */
#ifndef SHMFLIP_VIEWER_WINDOW_WINDOW_H
#define SHMFLIP_VIEWER_WINDOW_WINDOW_H

#include <stdbool.h>

#include "present/geometry.h"

struct SDL_Window;

struct window {
	struct SDL_Window *sdl; /* NULL: not open */
	struct size followed;   /* the picture's, when its size was last followed */
	double density;         /* pixels to a point, then */
	struct size given;      /* the size that the program last gave to it, in SDL's points */
	bool covered;           /* by other windows, wholly */
};

/* Connects to the display, which must be done before anything else here. On failure says so. */
bool window_system_init(void);
void window_system_finish(void);

/* Opens a window for pictures of this size, where the screen has room for it; hidden, since SDL makes
 * it anew for a renderer that draws by OpenGL. False: SDL_GetError() tells why. */
bool window_open(struct window *window, struct size picture, bool fullscreen);

/* When what draws into it is there. */
void window_show(struct window *window);

/* Follows the size of its pictures while it has the size that it was given. */
void window_follow(struct window *window, struct size picture);

/* Its size in pixels, and how many of them there are to a point, in which SDL measures windows and
 * the mouse. */
struct size window_pixels(const struct window *window);
double window_pixels_per_point(const struct window *window);

/* How large text is to be: 1 on a screen of some 96 dpi. */
double window_text_scale(const struct window *window);

void window_set_title(struct window *window, const char *title);

void window_toggle_fullscreen(struct window *window);

/* Whether there is a point in drawing. */
bool window_is_visible(const struct window *window);

void window_close(struct window *window);

#endif
