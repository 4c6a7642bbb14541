/* SPDX-License-Identifier: MIT
 *
 * What the program does with a channel, window or not: takes frames, digests and records them,
 * follows its producers' lives and says on stderr what a person should know, counts, and reports.
 *
 * The main thread only, unless said otherwise. */
#ifndef VIEWER_VIEW_H
#define VIEWER_VIEW_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "histogram.h"
#include "life.h"
#include "options.h"
#include "rate.h"
#include "shmflip.h"

enum view_event {
	VIEW_FRAME,   /* there is a frame to show */
	VIEW_NOTHING, /* there is nothing new */
	VIEW_LOST,    /* the producer is gone: what is shown is stale */
	VIEW_LEAVE, /* the program is to leave with exit_code; whatever there is to say was said */
};

struct view {
	const struct options *options;
	const struct presenter *presenter; /* set by whoever shows; NULL until then */
	struct shmflip_viewer *viewer;
	struct life life;
	struct rate rate;
	int exit_code;

	FILE *stats_file;
	bool wait_announced;
	struct shmflip_channel_info channel; /* as of the latest take; zeros: none yet */
	struct shmflip_viewer_stats stats;   /* as of the latest take */
	uint64_t shown;
	uint64_t repeated; /* drawings without a new frame: for whoever shows to count */
	uint64_t drawn;    /* frames that came to be drawn; not all do where nobody sees them */
	uint64_t copies;   /* of these */
	unsigned copies_of_last;
	int64_t first_shown_ns;
	int64_t last_shown_ns;
	int64_t status_ns;
	pthread_mutex_t ages_lock;
	struct histogram ages; /* from published to on screen */
	uint32_t width;        /* of the last frame shown */
	uint32_t height;
};

/* Opens everything that the options name. On failure says why, and only exit_code is meant. */
bool view_init(struct view *view, const struct options *options);

/* Takes what there is, waiting for it at most timeout_ms. With VIEW_FRAME *frame is held, to be
 * released by the caller. */
enum view_event view_take(struct view *view, struct shmflip_frame *frame, int timeout_ms);

/* For a time when nothing has happened: VIEW_NOTHING, or VIEW_LEAVE when patience has ended. */
enum view_event view_idle(struct view *view);

/* For one who takes no frames: VIEW_LOST when the producer of the latest frame is seen to be gone,
 * else VIEW_NOTHING. Opens and attaches the channel anew, some tens of us. Says and counts
 * nothing: view_take() does, when it gets there. */
enum view_event view_look(struct view *view);

/* Whether frames are wanted although nobody can see them. */
bool view_wants_unseen(const struct view *view);

/* To be told after a frame has been shown. VIEW_LEAVE when as many were shown as wanted. */
enum view_event view_shown(struct view *view, const struct shmflip_frame_info *info);

/* To be told when a frame has been drawn for the first time, and how often this process has copied its
 * pixels for that. */
void view_drawn(struct view *view, unsigned copies);

/* What a presenter's host does with a frame; the context is the view. Any thread. */
void view_give_back(void *context, struct shmflip_frame *frame);
void view_on_screen(void *context, const struct shmflip_frame_info *info, int64_t now_ns);

/* The ages of the frames that have come on screen so far. */
void view_ages(struct view *view, struct histogram *ages);

/* Says that a frame cannot be shown, and leaves. */
void view_fail(struct view *view, const char *presenter, const char *reason);

/* Writes the report, closes everything, and gives the program's exit status. */
int view_finish(struct view *view);

#endif
