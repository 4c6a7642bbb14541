/* SPDX-License-Identifier: MIT
 *
 * Whether a Wayland compositor has a seat, that is, input devices. SDL 2.26 crashes without one, as
 * there is none in a compositor that shows nothing (weston's headless backend). */
#ifndef SHMFLIP_VIEWER_WINDOW_SEAT_H
#define SHMFLIP_VIEWER_WINDOW_SEAT_H

#include <stdbool.h>

/* Connects to the compositor that the environment names, and waits for its answer. False: there is
 * a seat, or no compositor. */
bool seat_is_missing(void);

#endif
