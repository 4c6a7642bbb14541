/* SPDX-License-Identifier: MIT
 *
 * Viewing in a window: SDL's loop, the keys, pausing. Main thread; blocks until the view is to be
 * left. Sleeps when nothing happens. */
#ifndef VIEWER_WINDOWED_H
#define VIEWER_WINDOWED_H

struct view;

void windowed_run(struct view *view);

#endif
