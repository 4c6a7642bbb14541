/* SPDX-License-Identifier: MIT
 *
 * How the loop sleeps: until SDL has an event, somebody rings, or it is time. By poll() beside SDL's
 * connection to the X server where there is one: SDL's own way to wake a loop, by a message that goes
 * through the server, costs more than showing a frame does. Elsewhere by SDL's own way.
 *
 * All but bell_ring() are for the main thread, while SDL's video is initialised. */
#ifndef VIEWER_BELL_H
#define VIEWER_BELL_H

#include <stdbool.h>

struct SDL_Window;

/* 0 or a negative errno. */
int bell_init(void);
void bell_finish(void);

/* Ends the sleep, or the next one. Any thread. */
void bell_ring(void);

/* Sleeps, at most timeout_ms if that is not negative. Returns whether SDL may have events. A signal
 * ends it too. */
bool bell_sleep(struct SDL_Window *window, int timeout_ms);

#endif
