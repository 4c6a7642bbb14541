/* SPDX-License-Identifier: MIT
 *
 * How the loop sleeps: one ppoll(2) until the channel is readable, SDL may have an event,
 * wakeup_signal() is called, or the time is up.
 *
 * Main thread; wakeup_signal() from any thread. All but wakeup_init() and wakeup_finish() need
 * SDL's video. */
#ifndef SHMFLIP_VIEWER_WINDOW_WAKEUP_H
#define SHMFLIP_VIEWER_WINDOW_WAKEUP_H

#include <stdint.h>

struct SDL_Window;

/* What ended a sleep. 0: the time, or nothing at all. */
enum {
	/* The channel's descriptor is readable. */
	WAKEUP_CHANNEL = 1,
	/* SDL has events. */
	WAKEUP_EVENTS = 2,
	/* wakeup_signal() was called. */
	WAKEUP_SIGNAL = 4,
};

/* From now on an interrupt of the program, or an earlier one, calls wakeup_signal(). If the program
 * does not call wakeup_finish() within half a second, a signal handler calls hang_up(), if that is
 * not NULL, each half second: the display may not answer. Returns 0 or a negative errno. */
int wakeup_init(void (*hang_up)(void));

/* Watches the display connection of this window, which all windows share. Call before the first
 * sleep. */
void wakeup_watch_display(struct SDL_Window *window);

/* Sleeps at most until end_ns (CLOCK_MONOTONIC; INT64_MAX: no limit). channel: a descriptor to
 * poll; -1: none. Returns WAKEUP_* flags, or 0. Spurious wake-ups are possible. */
unsigned wakeup_wait(int channel, int64_t end_ns);

/* Ends the current sleep, or the next one. Any thread; safe in signal handlers. Does not keep
 * errno. */
void wakeup_signal(void);

/* No thread may call wakeup_signal() during or after this. */
void wakeup_finish(void);

#endif
