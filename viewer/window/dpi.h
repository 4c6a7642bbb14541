/* SPDX-License-Identifier: MIT
 *
 * How large text is to be where a point is a pixel, as it always is for SDL on an X server: by what the
 * desktop is set to, else by what screens say of their size. Main thread. */
#ifndef SHMFLIP_VIEWER_WINDOW_DPI_H
#define SHMFLIP_VIEWER_WINDOW_DPI_H

struct SDL_Window;

/* 1 for some 96 dots per inch, in steps of a quarter; may be any that is not negative. */
double dpi_text_scale(struct SDL_Window *window);

#endif
