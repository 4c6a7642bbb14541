/* SPDX-License-Identifier: MIT
 *
 * What the program does with a channel, with or without a window: takes frames, digests and records
 * them, follows the state of producers, reports it on stderr, and keeps statistics.
 *
 * Main thread only, unless said otherwise. */
#ifndef SHMFLIP_VIEWER_SESSION_H
#define SHMFLIP_VIEWER_SESSION_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "histogram.h"
#include "liveness.h"
#include "options.h"
#include "present/picture.h"
#include "rate.h"
#include "recorder.h"
#include "shmflip.h"

enum session_event {
	SESSION_FRAME,       /* there is a frame to show */
	SESSION_NOTHING,     /* nothing is new */
	SESSION_PASSED_OVER, /* there was a frame that cannot be shown: release those before it */
	SESSION_LOST,        /* the producer is gone: the current picture is stale */
	SESSION_EXIT,        /* exit with exit_code; the reason was reported */
};

/* How long a loop without a window waits in one session_take_frame(). In between it checks for an
 * interrupt, because one that arrives just before the wait does not end the wait. */
#define SESSION_WAIT_MS 100

/* What the viewer needs to know of a channel. */
struct session_channel {
	uint64_t producer;
	uint32_t policy;      /* enum shmflip_policy */
	double announced_fps; /* 0: not announced */
};

struct session {
	const struct options *options;
	const struct presenter *presenter; /* set by the code that shows frames; NULL until then */
	const char *channel_name;
	char next_name[SHMFLIP_NAME_MAX + 1]; /* channel_name, unless it is the options' */
	struct shmflip_viewer *viewer;
	struct liveness liveness;
	struct rate rate;
	int exit_code;

	FILE *stats_file;
	struct recorder *recorder; /* NULL: nothing is recorded */
	bool wait_announced;
	struct session_channel channel; /* at the last take; zeros: none yet */
	struct shmflip_counts counts;   /* of all channels, at the last take */
	struct shmflip_counts before;   /* of the channels before this one */
	uint64_t shown;
	uint64_t passed_over; /* frames that no presenter could show */
	uint64_t repeated; /* drawings without a new frame; counted by the code that shows frames */
	uint64_t drawn;    /* frames drawn; while nobody can see the window, not all shown are */
	uint64_t copies;   /* of the frames drawn */
	unsigned copies_of_last;
	int64_t first_shown_ns;
	int64_t last_shown_ns;
	int64_t status_ns;
	pthread_mutex_t lock;  /* of ages */
	struct histogram ages; /* from published to on screen */
	uint32_t fourcc;       /* of the last frame shown. 0: none was */
	uint32_t width;
	uint32_t height;
};

/* Opens all that the options name. On failure reports why; then only exit_code is valid. */
bool session_init(struct session *session, const struct options *options);

/* Waits at most timeout_ms for a frame or a change of the producer's state. With SESSION_FRAME, the
 * caller must release picture->frame. */
enum session_event session_take_frame(struct session *session, struct picture *picture,
                                      int timeout_ms);

/* Call when nothing has happened. SESSION_EXIT once --timeout has passed, else SESSION_NOTHING. */
enum session_event session_check_timeout(struct session *session);

/* Continues with the next channel of the directory that has frames, or the previous one (direction
 * -1). Frames of the last one may be released later. Its picture is not stale, but the last
 * channel's.
 *
 *   -ENOENT     there is no other
 *   -ECANCELED  a failure; the user has been told, and the session continues as before */
int session_switch(struct session *session, int direction);

/* Whether to take frames even while nobody can see them. */
bool session_wants_unseen(const struct session *session);

/* Call after a frame was shown. SESSION_EXIT if it was the last that --frames asks for. */
enum session_event session_note_shown(struct session *session, const struct picture_info *info);

/* Call instead of session_note_shown() for a frame that no presenter can show. */
void session_pass_over(struct session *session, const char *reason);

/* Call when a frame was drawn for the first time. copies: how often this process copied its
 * pixels. */
void session_note_drawn(struct session *session, unsigned copies);

/* Functions for a presenter's host, whose context is the session. Any thread. */
void session_release_frame(void *context, const struct shmflip_frame *frame);
void session_note_on_screen(void *context, int64_t published_ns, int64_t now_ns);

/* The ages of all frames that were on screen so far. */
void session_copy_ages(struct session *session, struct histogram *ages);

/* Reports that a frame cannot be shown, and sets exit_code. */
void session_fail(struct session *session, const char *presenter, const char *reason);

/* Call when the connection to the display is lost and neither SDL nor the presenter can be shut
 * down. Reports it, unless the program was interrupted, writes the statistics and exits. context is
 * the session. */
void session_exit_without_display(void *context) __attribute__((noreturn));

/* Writes the statistics and closes everything. Returns the program's exit status. */
int session_finish(struct session *session);

#endif
