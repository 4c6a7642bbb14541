/* SPDX-License-Identifier: MIT
 *
 * SDL's window: its size, which follows that of the frames, its title and icon, and whether it is
 * visible. Main thread. */
#ifndef SHMFLIP_VIEWER_WINDOW_WINDOW_H
#define SHMFLIP_VIEWER_WINDOW_WINDOW_H

#include <stdbool.h>

#include "present/geometry.h"

struct SDL_Window;
union SDL_Event;

struct window {
	struct SDL_Window *sdl;  /* NULL: not open */
	struct size picture;     /* at the last window_follow() */
	double pixels_per_point; /* at the last window_follow() */
	struct size borders;     /* at the last window_follow(): the window manager's, in points */
	struct size last_set_size; /* the size that the program last set, in SDL's points */
	bool covered;              /* fully, by other windows */
	bool destroyed;            /* by another program */
};

/* Connects to the display. Call before all other functions here. Reports a failure on stderr,
 * unless the program was interrupted. If the connection is lost later, some call here or of SDL
 * calls lost(), which must not return. If the display does not answer, the connection counts as
 * lost half a second after an interrupt of the program. */
bool window_system_init(void (*lost)(void *context), void *context);
void window_system_finish(void);

/* Opens a hidden window of the picture's size, or smaller if the screen has no room. Hidden,
 * because SDL creates it again for an OpenGL renderer. False: see SDL_GetError(). */
bool window_open(struct window *window, struct size picture, bool fullscreen);

/* Call once the presenter that draws into the window exists. */
void window_show(struct window *window);

/* Resizes the window to the picture, while the window has the size that the program last set. Then
 * it lies on the screen as a whole, with the window manager's borders. */
void window_follow(struct window *window, struct size picture);

struct size window_pixels(const struct window *window);

/* SDL measures windows and the mouse in points. */
double window_pixels_per_point(const struct window *window);

/* The scale of text: 1 on a screen of about 96 dpi. */
double window_text_scale(const struct window *window);

void window_set_title(struct window *window, const char *title);

bool window_is_fullscreen(const struct window *window);
void window_toggle_fullscreen(struct window *window);

/* Returns whether the event was for the window alone. */
bool window_handle_event(struct window *window, const union SDL_Event *event);

/* Asks the display whether another program has destroyed the window, and notes it. */
bool window_check_destroyed(struct window *window);

/* False: nobody can see what is drawn. */
bool window_is_visible(const struct window *window);

void window_close(struct window *window);

#endif
