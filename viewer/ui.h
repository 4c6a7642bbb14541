/* SPDX-License-Identifier: MIT
 *
 * What the parts of viewing in a window share: the loop (ui_loop.c), keys and mouse (ui_input.c),
 * title and panels (ui_text.c). Main thread. */
#ifndef SHMFLIP_VIEWER_UI_H
#define SHMFLIP_VIEWER_UI_H

#include <stdbool.h>
#include <stdint.h>

#include "present/geometry.h"
#include "shmflip.h"
#include "title.h"

struct presenter;
struct video_output;
struct session;

struct ui {
	struct session *session;
	struct video_output *output;
	bool pending; /* the channel has something to take: a frame, or news of its producer */
	bool paused;
	bool step;                         /* take one frame although paused */
	bool dirty;                        /* the window wants the picture again */
	bool visible;                      /* as it was when last looked at */
	const struct presenter *presenter; /* likewise */
	bool quit;

	/* The newest frame that was taken and not drawn, for want of somebody to see it. */
	struct shmflip_frame unseen;
	bool has_unseen;

	struct point pointer; /* in the window's pixels */
	bool pointed;         /* it is over the window */

	bool info_shown;
	bool help_shown;
	char title[TITLE_SIZE];
	int64_t text_updated_ns; /* when they were last brought up to date */
	int64_t text_due_ns;     /* when they are to be again; INT64_MAX: when something happens */
	int64_t notice_end_ns;   /* 0: there is none */
	int64_t check_due_ns;    /* when to look after the producer, while paused */
};

/* ---- ui.c ---- */

/* To be told what each function of the output that can fail has returned. Ends the program if it has
 * failed. */
void ui_check(struct ui *ui, int result);
void ui_set_paused(struct ui *ui, bool paused);

/* ---- ui_input.c ---- */

union SDL_Event;
void ui_input_handle(struct ui *ui, const union SDL_Event *event);

/* ---- ui_text.c ---- */

/* Brings title and panels up to date, unless that was done a moment ago. */
void ui_text_update(struct ui *ui);

/* To be told when they may have become wrong: at once, or by one more of many frames. */
void ui_text_invalidate(struct ui *ui);
void ui_text_schedule(struct ui *ui);

/* Shows a line for a few seconds. */
void ui_text_notice(struct ui *ui, const char *text);

/* What is on show is no longer stale: to be told before that is drawn. */
void ui_text_clear_stale(struct ui *ui);

#endif
