/* SPDX-License-Identifier: MIT
 *
 * What the program does with a channel, window or not: takes frames, digests and records them,
 * follows its producers' lives and says on stderr what a person should know, counts, and reports.
 *
 * The main thread only, unless said otherwise. */
#ifndef SHMFLIP_VIEWER_SESSION_H
#define SHMFLIP_VIEWER_SESSION_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "histogram.h"
#include "liveness.h"
#include "options.h"
#include "rate.h"
#include "shmflip.h"

enum session_event {
	SESSION_FRAME,   /* there is a frame to show */
	SESSION_NOTHING, /* there is nothing new */
	SESSION_LOST,    /* the producer is gone: what is shown is stale */
	SESSION_EXIT, /* the program is to leave with exit_code; whatever there is to say was said */
};

struct session {
	const struct options *options;
	const struct presenter *presenter; /* set by whoever shows; NULL until then */
	struct shmflip_viewer *viewer;
	struct liveness liveness;
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
bool session_init(struct session *session, const struct options *options);

/* Takes what there is, waiting for it at most timeout_ms. With SESSION_FRAME *frame is held, to be
 * released by the caller. */
enum session_event session_take_frame(struct session *session, struct shmflip_frame *frame,
                                      int timeout_ms);

/* For a time when nothing has happened: SESSION_NOTHING, or SESSION_EXIT when patience has ended. */
enum session_event session_idle(struct session *session);

/* For one who takes no frames: SESSION_LOST when the producer of the latest frame is seen to be gone,
 * else SESSION_NOTHING. Opens and attaches the channel anew, some tens of us. Says and counts
 * nothing: session_take_frame() does, when it gets there. */
enum session_event session_check_producer(struct session *session);

/* Whether frames are wanted although nobody can see them. */
bool session_wants_unseen(const struct session *session);

/* To be told after a frame has been shown. SESSION_EXIT when as many were shown as wanted. */
enum session_event session_shown(struct session *session, const struct shmflip_frame_info *info);

/* To be told when a frame has been drawn for the first time, and how often this process has copied its
 * pixels for that. */
void session_drawn(struct session *session, unsigned copies);

/* What a presenter's host does with a frame; the context is the view. Any thread. */
void session_release_frame(void *context, struct shmflip_frame *frame);
void session_on_screen(void *context, const struct shmflip_frame_info *info, int64_t now_ns);

/* The ages of the frames that have come on screen so far. */
void session_ages(struct session *session, struct histogram *ages);

/* Says that a frame cannot be shown, and leaves. */
void session_fail(struct session *session, const char *presenter, const char *reason);

/* Writes the report, closes everything, and gives the program's exit status. */
int session_finish(struct session *session);

#endif
