/* SPDX-License-Identifier: MIT
 *
 * The window's icon, drawn when needed: two frames, one behind the other. Main thread. */
#ifndef SHMFLIP_VIEWER_WINDOW_ICON_H
#define SHMFLIP_VIEWER_WINDOW_ICON_H

struct SDL_Window;

/* Without memory for it there is none. */
void icon_set(struct SDL_Window *window);

#endif
