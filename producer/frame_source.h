/* SPDX-License-Identifier: MIT
 *
 * All frames to show, in every pass, and counts of what became of them. What is no
 * PNG, is damaged, or does not fit a slot is skipped, counted and named, once; or ends the run, by
 * --on-error stop.
 *
 * Frames are fetched in order, and concluded in order, but many may be fetched before the first is
 * concluded. For a stream these two sides may be two threads; for files both are the main thread. */
#ifndef SHMFLIP_PRODUCER_FRAME_SOURCE_H
#define SHMFLIP_PRODUCER_FRAME_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "capacity.h"
#include "frame_cache.h"
#include "frame_task.h"
#include "input/file_list.h"
#include "input/input_fd.h"
#include "input/png_stream.h"
#include "input/raw_stream.h"
#include "options.h"

struct frame_source {
	const struct options *options;
	struct file_list files; /* empty for a stream */
	bool is_stream;
	struct capacity capacity;
	struct input_fd input;
	/* The side that fetches. */
	enum { STREAM_UNKNOWN, STREAM_PNG, STREAM_RAW } kind; /* once its beginning is there */
	struct png_stream png;
	struct raw_stream raw;
	struct frame_cache *cache; /* to fetch from what was decoded before; NULL: not */
	size_t next;               /* of the source's paths, or of the cache's frames */
	uint64_t fetched;          /* frames, in all passes */
	uint64_t loops;            /* how often it has started over */
	/* The side that concludes. */
	uint64_t read; /* frames so far, in all passes, good or bad */
	uint64_t skipped;
	uint64_t skipped_in_a_row;
};

/* Lists the files and looks at their sizes. A negative errno, after a line to the user: an input does
 * not exist. Finish it in both cases. */
int frame_source_init(struct frame_source *source, const struct options *options);
void frame_source_finish(struct frame_source *source);

/* The next frame: a file that is still to be read, or what came down the stream, which it waits for: a
 * whole PNG, or the announcement of raw pixels. It may have a fault already. -ENODATA: that was all, also when a whole pass had nothing
 * good. -EAGAIN: what is under way has to be concluded first, since it may be such a pass. -EINTR, and
 * for a stream -ENOMEM and what read(2) said. */
int frame_source_fetch(struct frame_source *source, struct frame_task *task);

/* Tells the user of an error that frame_source_fetch() came to its end with, and makes it -ECANCELED; leaves
 * -ENODATA and -EINTR as they are. Main thread. */
int frame_source_fail(int error);

/* Begins anew with what lies in a cache, which must outlive the source. */
void frame_source_use_cache(struct frame_source *source, struct frame_cache *cache);

/* From any thread: fetching from a stream is to end with -EINTR, and soon. */
void frame_source_stop(struct frame_source *source);

/* Counts a frame, and passes over it if it has a fault. 0, or -ECANCELED: it ends the run. */
int frame_source_count(struct frame_source *source, const struct frame_task *task);

/* Whether the stream, once a frame of it was fetched, turned out to be one of raw pixels: these are read
 * by frame_task_decode(), and before the next frame is fetched. */
bool frame_source_is_raw(const struct frame_source *source);

/* Frames in 1000 seconds that the stream asks for; 0: it does not say. */
uint32_t frame_source_fps_milli(const struct frame_source *source);

/* How many frames a pass has; 0: nobody knows. */
uint64_t frame_source_total(const struct frame_source *source);

/* Whether all frames of the latest pass were skipped. */
bool frame_source_pass_was_empty(const struct frame_source *source);

#endif
