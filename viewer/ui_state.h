/* SPDX-License-Identifier: MIT
 *
 * The state of viewing in a window, for ui*.c alone. Main thread. */
#ifndef SHMFLIP_VIEWER_UI_STATE_H
#define SHMFLIP_VIEWER_UI_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "history.h"
#include "present/geometry.h"
#include "shmflip.h"
#include "title.h"

struct presenter;
struct session;
struct video_output;

struct ui {
	struct session *session;
	struct video_output *output;
	bool pending; /* the channel has a frame, or its producer's state has changed */
	bool paused;
	bool step;                         /* take one frame although paused */
	bool dirty;                        /* the window needs the picture again */
	bool visible;                      /* at the last check */
	const struct presenter *presenter; /* at the last check */
	bool quit;

	/* The newest frame taken, if it was not drawn, because nobody could see it. Without a
	 * frame: none. */
	struct picture unseen;

	struct history history; /* empty unless paused */

	struct point pointer; /* in the window's pixels */
	bool pointer_inside;  /* the pointer is over the window */

	bool info_shown;
	bool help_shown;
	char title[TITLE_SIZE];
	int64_t text_updated_ns; /* last update of title and panels */
	int64_t text_due_ns;     /* next update; INT64_MAX: when something happens */
	int64_t notice_end_ns;   /* 0: no notice is shown */
	bool pause_marked;       /* the last notice says that the viewer is paused */
	int64_t check_due_ns;    /* next check of the producer, while paused */
};

#endif
