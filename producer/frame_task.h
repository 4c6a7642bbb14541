/* SPDX-License-Identifier: MIT
 *
 * One frame on its way from a source to viewers: read, given a slot, decoded into it, and published,
 * dropped or skipped. Tasks are used again, with the memory that they have. A task belongs to one thread
 * at a time (worker_pool.h). */
#ifndef SHMFLIP_PRODUCER_FRAME_TASK_H
#define SHMFLIP_PRODUCER_FRAME_TASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capacity.h"
#include "input/buffer.h"
#include "input/raw_stream.h"
#include "options.h"
#include "png_decode.h"
#include "shmflip.h"

struct cached_frame;

/* Of one PNG. Larger ones there are none, but files and streams that are no PNGs. */
#define PNG_BYTES_MAX ((size_t)1 << 30)

struct frame_task {
	/* Which frame it is: set by frame_source_fetch() */
	const char *path; /* for messages: the file, or stdin:N */
	const char *name; /* the same without directories */
	char stream_name[32];
	uint64_t index;    /* from 0 on: its place in time */
	uint64_t position; /* in its pass, from 1 on */
	bool last;         /* no frame can come behind it */
	bool first_pass;   /* the user has not been told of it in an earlier pass */

	struct buffer buffer; /* its bytes before decoding, once they are read */
	const uint8_t *png;   /* NULL: not yet */
	size_t size;
	struct raw_stream *raw; /* it has these pixels instead; NULL: it has not */
	uint32_t width;
	uint32_t height;

	struct cached_frame *cached; /* it was decoded before (frame_cache.h); NULL: it was not */
	bool ready;                  /* its pixels are in its loan already */
	struct shmflip_loan loan;    /* pixels NULL: none */
	int64_t wanted_ns;           /* since when it has been waiting for one; 0: it has not */
	bool dropped;                /* none came free in time */

	unsigned lost; /* broken frames that had swallowed this one's beginning */
	char lost_text[96];
	const char *fault; /* why it is to be skipped; NULL: it is good */
	char fault_text[160];
	struct png_decoded picture;
	int64_t decode_ns;
};

/* Becomes another frame, of which nothing is known but that it is no fault. */
void frame_task_init(struct frame_task *task);
void frame_task_finish(struct frame_task *task);

/* Has the frame's bytes in memory and looks whether it fits a slot; what is wrong becomes its fault.
 * Blocks on reading a file. */
void frame_task_read(struct frame_task *task, const struct capacity *capacity);

/* Reads it, if that is still to be done, and decodes it into its loan. Nothing if it has a fault. fast: the
 * calling thread's, for the fast path; NULL: libpng alone. */
void frame_task_decode(struct frame_task *task, const struct capacity *capacity,
                       const struct options *options, struct png_fast *fast);

#endif
