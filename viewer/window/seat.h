/* SPDX-License-Identifier: MIT
 *
 * Whether a Wayland compositor has a seat, that is, input devices. SDL 2.26 crashes without one. A
 * compositor that shows nothing has none (weston's headless backend). */
#ifndef SHMFLIP_VIEWER_WINDOW_SEAT_H
#define SHMFLIP_VIEWER_WINDOW_SEAT_H

#include <stdbool.h>

/* Whether the environment names a compositor. */
bool seat_has_compositor(void);

/* Connects to the compositor that the environment names, and waits for its answer. False: there is
 * a seat, or no compositor, or nobody can ask, since WAYLAND_SOCKET is for one connection. */
bool seat_is_missing(void);

#endif
