/* SPDX-License-Identifier: MIT
 *
 * Keys and mouse. Main thread. */
#ifndef SHMFLIP_VIEWER_UI_INPUT_H
#define SHMFLIP_VIEWER_UI_INPUT_H

struct ui;
union SDL_Event;

void ui_input_handle(struct ui *ui, const union SDL_Event *event);

#endif
