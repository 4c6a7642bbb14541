/* SPDX-License-Identifier: MIT
 *
 * How the loop sleeps: until the channel has something for the viewer, SDL may have an event,
 * somebody signals, or it is time.
 *
 * It sleeps in the channel's own wait, so that a frame wakes the thread that shows it, and no other on the
 * way. All else comes seldom, by way of a thread that watches SDL's connection to the display and ends the
 * wait by a signal. SDL's own ways to sleep would cost more than showing a frame does.
 *
 * All but wakeup_signal() are for the main thread, while SDL's video is initialised. */
#ifndef SHMFLIP_VIEWER_WINDOW_WAKEUP_H
#define SHMFLIP_VIEWER_WINDOW_WAKEUP_H

#include <stdint.h>

#include "shmflip.h"

struct SDL_Window;

/* What has ended a sleep, if not a signal or time. */
enum {
	/* shmflip_viewer_wait() returned something other than -EAGAIN and -EINTR. */
	WAKEUP_CHANNEL = 1,
	/* SDL has events. */
	WAKEUP_EVENTS = 2,
};

/* Signals from now on when the program is interrupted. 0 or a negative errno. */
int wakeup_init(void);

/* Watches the connection of this window, which all windows share. Before the first sleep. 0 or a
 * negative errno. */
int wakeup_watch_display(struct SDL_Window *window);

/* Sleeps until end_ns (CLOCK_MONOTONIC; INT64_MAX: for ever) at the longest. Without a viewer, not for
 * the channel. Returns any of the two, or 0; may do so for no reason. */
unsigned wakeup_wait(struct shmflip_viewer *viewer, int64_t end_ns);

/* Ends the sleep, or the next one. Any thread, and signal handlers. */
void wakeup_signal(void);

/* After this nobody may signal. */
void wakeup_finish(void);

#endif
