/* SPDX-License-Identifier: MIT
 *
 * All frames to show, in every pass, and counts of what became of them. A frame that is no PNG,
 * is damaged, or does not fit a slot is skipped and counted; it is named when its fault is new.
 * With --on-error stop it ends the run instead. If every frame of a pass is skipped, the last good
 * one stays, and the next pass looks again.
 *
 * Frames are fetched in order and recorded in order, but many may be fetched before the first is
 * recorded. For a stream the two sides may be two threads; for files both are the main thread. */
#ifndef SHMFLIP_PRODUCER_FRAME_SOURCE_H
#define SHMFLIP_PRODUCER_FRAME_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "capacity.h"
#include "frame_cache.h"
#include "frame_stream.h"
#include "frame_task.h"
#include "input/file_list.h"
#include "options.h"
#include "verdicts.h"

struct frame_source {
	const struct options *options;
	struct file_list files; /* empty for a stream */
	bool is_stream;
	struct capacity capacity;
	/* The fetching side. */
	struct frame_stream stream;
	struct frame_cache *cache; /* fetch frames from here; NULL: from the files */
	size_t next;               /* index of a file, or of a cached frame */
	uint64_t fetched;          /* frames, in all passes */
	uint64_t loops;            /* how often the files were started over */
	int64_t retry_ns; /* when to start over after a pass without a good frame; 0: now */
	/* The recording side. */
	uint64_t read; /* frames so far, in all passes, with or without a fault */
	uint64_t skipped;
	uint64_t skipped_in_a_row;
	struct verdicts verdicts;
	char common_fault[160]; /* the last that was named */
};

/* Lists the files and reads their sizes. A negative errno, after a line to the user: an input does
 * not exist, or no memory. Call frame_source_finish() in both cases. */
int frame_source_init(struct frame_source *source, const struct options *options);
void frame_source_finish(struct frame_source *source);

/* Fetches the next frame: the name of a file, which is not read yet, or a whole PNG of the stream,
 * or the announcement of raw pixels. Blocks on a stream. The frame may have a fault already.
 * -ENODATA  no more frames, or none of the first pass was good
 * -EAGAIN   record the frames under way first: perhaps no frame of the pass is good; or no frame of
 *           the last pass was, and the files get a moment to change
 * -EINTR    interrupted or cancelled
 * -ENOMEM   of a stream
 * or the error of read(2) on a stream. */
int frame_source_fetch(struct frame_source *source, struct frame_task *task);

/* Tells the user of the error that ended frame_source_fetch(), and returns -ECANCELED. Returns
 * -ENODATA and -EINTR unchanged, without a message. Main thread. */
int frame_source_report(const struct frame_source *source, int error);

/* Starts over with the frames of a cache, which must outlive the source. */
void frame_source_use_cache(struct frame_source *source, struct frame_cache *cache);

/* Ends fetching from a stream with -EINTR, within 0.1 s. Any thread. */
void frame_source_cancel(struct frame_source *source);

/* Counts the oldest frame that is not recorded yet, and skips it if it has a fault. Tells the user
 * of faults and warnings that are new.
 * -ECANCELED  it ends the run; the user has been told */
int frame_source_record(struct frame_source *source, const struct frame_task *task);

/* Whether the stream has raw pixels. Known after the first fetch. frame_task_decode() has to read
 * the pixels before the next frame is fetched. */
bool frame_source_is_raw(const struct frame_source *source);

/* The rate that the stream names. */
struct frame_rate frame_source_rate(const struct frame_source *source);

/* How many frames a pass has; 0: unknown. */
uint64_t frame_source_total(const struct frame_source *source);

/* Whether any frame so far could be shown. */
bool frame_source_has_good(const struct frame_source *source);

#endif
