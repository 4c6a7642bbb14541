/* SPDX-License-Identifier: MIT
 *
 * Stepping through frames, forward and back. Main thread. */
#ifndef SHMFLIP_VIEWER_UI_STEP_H
#define SHMFLIP_VIEWER_UI_STEP_H

struct ui;

/* Both pause. Forward: shows the next picture of the history or, after its newest, the channel's
 * next frame, as soon as there is one. Back: shows the one before of the history, or a notice. */
void ui_step_forward(struct ui *ui);
void ui_step_back(struct ui *ui);

/* Call before a frame of the channel is drawn. If the viewer is paused, keeps the last picture. */
void ui_step_keep(struct ui *ui);

#endif
