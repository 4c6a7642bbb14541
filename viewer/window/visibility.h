/* SPDX-License-Identifier: MIT
 *
 * Whether other windows cover ours wholly, as far as an X server tells: SDL does not ask it. Without
 * one, and under a compositor, which keeps every window's picture, no window is ever covered. Main
 * thread. */
#ifndef SHMFLIP_VIEWER_WINDOW_VISIBILITY_H
#define SHMFLIP_VIEWER_WINDOW_VISIBILITY_H

#include <stdbool.h>

struct SDL_Window;
union SDL_Event;

/* From now on there are events that tell. */
void visibility_watch(struct SDL_Window *window);

/* Whether an event tells, and then, what. */
bool visibility_changes(const union SDL_Event *event, bool *covered);

#endif
