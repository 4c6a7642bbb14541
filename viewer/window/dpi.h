/* SPDX-License-Identifier: MIT
 *
 * The scale of text where a point is a pixel, as SDL always has it on an X server. Taken from the
 * desktop's setting, else from the size that screens report. Main thread. */
#ifndef SHMFLIP_VIEWER_WINDOW_DPI_H
#define SHMFLIP_VIEWER_WINDOW_DPI_H

struct SDL_Window;

/* 1 for about 96 dots per inch, in steps of 1/4. May be any number that is not negative. */
double dpi_text_scale(struct SDL_Window *window);

#endif
