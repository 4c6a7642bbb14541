/* SPDX-License-Identifier: MIT
 *
 * What both the loop (ui_loop.c) and the keys (ui_input.c) do to the state. Main thread. */
#ifndef SHMFLIP_VIEWER_UI_H
#define SHMFLIP_VIEWER_UI_H

#include <stdbool.h>

struct ui;

/* Call with the result of each video_output function that can fail: 0 or a negative errno. An error
 * is reported, and the program quits. */
void ui_check(struct ui *ui, int error);

void ui_set_paused(struct ui *ui, bool paused);

/* Releases the frame that was taken while nobody could see the window. */
void ui_drop_unseen(struct ui *ui);

/* Shows the next channel of the directory that has frames (direction 1), or the previous one (-1).
 * A paused viewer shows its first frame, and stays paused. */
void ui_switch_channel(struct ui *ui, int direction);

#endif
