/* SPDX-License-Identifier: MIT
 *
 * The keys that change how 16-bit and float pixels look. Main thread. */
#ifndef SHMFLIP_VIEWER_UI_APPEARANCE_H
#define SHMFLIP_VIEWER_UI_APPEARANCE_H

struct ui;

/* Both show the current picture again, also a paused one, and say what it looks like now; or why it
 * has no range or map. */
void ui_appearance_next_range(struct ui *ui);
void ui_appearance_next_map(struct ui *ui);

#endif
