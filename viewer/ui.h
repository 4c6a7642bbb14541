/* SPDX-License-Identifier: MIT
 *
 * What the parts of viewing in a window share: the loop (windowed.c), keys and mouse (controls.c),
 * title and panels (captions.c). Main thread. */
#ifndef VIEWER_PLAYER_H
#define VIEWER_PLAYER_H

#include <stdbool.h>
#include <stdint.h>

#include "geometry.h"
#include "shmflip.h"
#include "title.h"

struct presenter;
struct stage;
struct view;

struct player {
	struct view *view;
	struct stage *stage;
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
	int64_t captions_ns;     /* when they were last brought up to date */
	int64_t captions_due_ns; /* when they are to be again; INT64_MAX: when something happens */
	int64_t notice_end_ns;   /* 0: there is none */
	int64_t look_due_ns;     /* when to look after the producer, while paused */
};

/* ---- windowed.c ---- */

/* To be told what each function of the stage that can fail has returned. Ends the program if it has
 * failed. */
void player_check(struct player *player, int result);
void player_set_paused(struct player *player, bool paused);

/* ---- controls.c ---- */

union SDL_Event;
void controls_handle(struct player *player, const union SDL_Event *event);

/* ---- captions.c ---- */

/* Brings title and panels up to date, unless that was done a moment ago. */
void captions_update(struct player *player);

/* To be told when they may have become wrong: at once, or by one more of many frames. */
void captions_hurry(struct player *player);
void captions_expect(struct player *player);

/* Shows a line for a few seconds. */
void captions_notice(struct player *player, const char *text);

/* What is on the stage is no longer stale: to be told before that is drawn. */
void captions_revive(struct player *player);

#endif
