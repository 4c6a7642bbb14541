/* SPDX-License-Identifier: MIT
 *
 * Draws the window's icon: two frames, one behind the other. Main thread. */
#ifndef SHMFLIP_VIEWER_WINDOW_ICON_H
#define SHMFLIP_VIEWER_WINDOW_ICON_H

struct SDL_Window;

/* Without memory for the icon, the window has none. */
void icon_set(struct SDL_Window *window);

#endif
