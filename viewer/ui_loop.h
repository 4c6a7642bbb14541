/* SPDX-License-Identifier: MIT
 *
 * Viewing in a window: the event loop. Main thread. Blocks until the viewer is to exit. Sleeps
 * while nothing happens. */
#ifndef SHMFLIP_VIEWER_UI_LOOP_H
#define SHMFLIP_VIEWER_UI_LOOP_H

struct session;

void ui_run(struct session *session);

#endif
