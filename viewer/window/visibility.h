/* SPDX-License-Identifier: MIT
 *
 * Whether other windows fully cover ours. SDL does not ask the X server for that. Without an X
 * server, and under a compositor, which keeps every window's picture, no window is ever covered.
 * Main thread. */
#ifndef SHMFLIP_VIEWER_WINDOW_VISIBILITY_H
#define SHMFLIP_VIEWER_WINDOW_VISIBILITY_H

#include <stdbool.h>

struct SDL_Window;
union SDL_Event;

/* From now on SDL delivers events of visibility. */
void visibility_enable_events(struct SDL_Window *window);

/* Whether the event is one of visibility. If so, sets *covered. */
bool visibility_handle_event(const union SDL_Event *event, bool *covered);

#endif
