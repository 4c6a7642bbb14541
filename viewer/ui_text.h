/* SPDX-License-Identifier: MIT
 *
 * The window's title, and the text of its panels. Main thread. */
#ifndef SHMFLIP_VIEWER_UI_TEXT_H
#define SHMFLIP_VIEWER_UI_TEXT_H

struct ui;

/* Updates title and panels. Within 200 ms of the last update, schedules the next one instead. */
void ui_text_update(struct ui *ui);

/* The next ui_text_update() updates title and panels in any case, and is due at once. */
void ui_text_invalidate(struct ui *ui);

/* The next update is due at most 200 ms after the last one: for changes that come with each
 * frame. */
void ui_text_schedule(struct ui *ui);

/* Shows a line for 3 s. */
void ui_text_notice(struct ui *ui, const char *text);

/* Call when the user has paused, resumed, or changed to fullscreen and back. In fullscreen, where
 * no title says so, a paused viewer says that it is for 3 s. */
void ui_text_mark_pause(struct ui *ui);

/* Removes the panel that marks a stale picture. Call before a new frame is drawn. */
void ui_text_clear_stale(struct ui *ui);

#endif
