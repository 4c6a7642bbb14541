/* SPDX-License-Identifier: MIT
 *
 * The window and the presenter that draws in it. Main thread. Functions that can fail return 0 or a
 * negative errno, with the reason in window_reason(). */
#ifndef VIEWER_WINDOW_H
#define VIEWER_WINDOW_H

#include <stdbool.h>

#include "shmflip.h"

struct presenter;
struct view;
struct window; /* opaque */

/* Connects to the display, which must be done before anything else here. On failure says so. */
bool window_system_init(void);
void window_system_finish(void);

/* Opens a window of the frame's size, where the screen has room for it, and shows the frame, by the
 * presenter that the options ask for or the first that works; the view is told which, and whoever
 * listens why others did not. The frame goes over to the presenter. On failure says so. */
int window_create(struct view *view, const struct shmflip_frame *frame, struct window **out);

/* Whether the presenter takes another frame now; if not, it wakes the loop when it does. */
bool window_ready(const struct window *window);

/* Shows a frame, which goes over to the presenter if this succeeds. A window that still has the size
 * it was given follows the size of its frames. Where the presenter was chosen by the program, one that
 * fails is replaced by the next, the view is told, and whoever listens why. */
int window_show(struct window *window, const struct shmflip_frame *frame);

/* Gives the frame back, and keeps its picture. */
int window_keep(struct window *window);

int window_repaint(struct window *window, bool stale);

const char *window_reason(const struct window *window);

void window_set_title(struct window *window, const char *title);

void window_toggle_fullscreen(struct window *window);

/* Takes it off the screen. Takes NULL. */
void window_hide(struct window *window);

/* Gives the frame back. No other thread may wake the loop any more. Takes NULL. */
void window_destroy(struct window *window);

#endif
