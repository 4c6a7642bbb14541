/* SPDX-License-Identifier: MIT
 *
 * How the loop sleeps: until the channel has something for the viewer, SDL may have an event,
 * wakeup_signal() is called, or the time is up.
 *
 * The loop sleeps in the channel's own wait, so that a frame wakes directly the thread that shows
 * it. All else is rare: the display thread polls SDL's connection to the display, and ends the
 * loop's wait with a POSIX signal. SDL's own ways to sleep would cost more than showing a frame
 * does.
 *
 * Main thread; wakeup_signal() from any thread. All but wakeup_init() and wakeup_finish() need
 * SDL's video. */
#ifndef SHMFLIP_VIEWER_WINDOW_WAKEUP_H
#define SHMFLIP_VIEWER_WINDOW_WAKEUP_H

#include <stdint.h>

#include "shmflip.h"

struct SDL_Window;

/* What ended a sleep. 0: wakeup_signal(), the time, or nothing at all. */
enum {
	/* shmflip_viewer_wait() returned something other than -EAGAIN and -EINTR. */
	WAKEUP_CHANNEL = 1,
	/* SDL has events. */
	WAKEUP_EVENTS = 2,
};

/* From now on an interrupt of the program calls wakeup_signal(). While the program has not called
 * wakeup_finish() half a second after the interrupt, the display thread calls hang_up(), if that is
 * not NULL: the display may not answer. Returns 0 or a negative errno. */
int wakeup_init(void (*hang_up)(void));

/* Watches the display connection of this window, which all windows share. Call before the first
 * sleep. Returns 0 or a negative errno. */
int wakeup_watch_display(struct SDL_Window *window);

/* Sleeps at most until end_ns (CLOCK_MONOTONIC; INT64_MAX: no limit). viewer NULL: ignores the
 * channel. Returns WAKEUP_* flags, or 0. Spurious wake-ups are possible. */
unsigned wakeup_wait(struct shmflip_viewer *viewer, int64_t end_ns);

/* Ends the current sleep, or the next one. Any thread; safe in signal handlers. */
void wakeup_signal(void);

/* No thread may call wakeup_signal() during or after this. */
void wakeup_finish(void);

#endif
