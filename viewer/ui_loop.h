/* SPDX-License-Identifier: MIT
 *
 * Viewing in a window: SDL's loop, the keys, pausing. Main thread; blocks until the view is to be
 * left. Sleeps when nothing happens. */
#ifndef SHMFLIP_VIEWER_UI_LOOP_H
#define SHMFLIP_VIEWER_UI_LOOP_H

struct session;

void ui_run(struct session *session);

#endif
