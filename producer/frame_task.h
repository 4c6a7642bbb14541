/* SPDX-License-Identifier: MIT
 *
 * One frame on its way from a source to viewers: it is read, gets a slot, is decoded into the
 * slot, and is published, dropped or skipped. Tasks are reused with their memory. A task belongs
 * to one thread at a time (worker_pool.h). */
#ifndef SHMFLIP_PRODUCER_FRAME_TASK_H
#define SHMFLIP_PRODUCER_FRAME_TASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capacity.h"
#include "input/buffer.h"
#include "input/raw_pixels.h"
#include "options.h"
#include "png_decode.h"
#include "shmflip.h"

struct cached_frame;
struct png_header;

/* The limit for one PNG. Only files and streams that are no PNG are larger. */
#define PNG_BYTES_MAX ((size_t)1 << 30)

struct frame_task {
	/* Identity of the frame, which frame_source_fetch() sets. */
	const char *path; /* for messages: the file, or stdin:N, FIFO:N */
	const char *name; /* path without directories */
	char stream_name[96];
	uint64_t index;    /* from 0, over all passes: decides when the frame is due */
	uint64_t position; /* from 1, in its pass */
	bool last;         /* no frame can follow */
	size_t file;       /* its index; 0 for a stream */

	struct buffer buffer; /* holds the encoded bytes, once they are read */
	const uint8_t *png;   /* NULL: not read yet */
	size_t size;
	struct raw_stream *raw; /* has the pixels instead; NULL: a PNG */
	uint32_t width;         /* 0: not known before it is read */
	uint32_t height;
	uint32_t fourcc; /* that the frame needs room for: XRGB8888 also for ARGB8888 */
	struct shmflip_colour colour;
	uint32_t orientation; /* of a PNG that is read: EXIF's; 0: not known */
	uint32_t aspect_num;  /* of a pixel, once a PNG is read; 0: not known: shown as square */
	uint32_t aspect_den;

	struct cached_frame *cached; /* was decoded before (frame_cache.h); NULL: no */
	struct shmflip_frame *frame; /* lent, the task's to release; NULL: none */
	uint8_t *pixels;             /* where to decode to; NULL: nowhere */
	uint64_t pixels_size;
	bool ready;               /* the pixels are there already */
	int64_t waiting_since_ns; /* for a slot; 0: not yet */
	bool dropped;             /* no slot was free in time */

	unsigned broken_frames; /* that had swallowed the start of this one */
	char broken_reason[96];
	const char *warning; /* what is odd about a PNG that is shown; NULL: nothing so far */
	const char *fault;   /* why the frame is skipped; NULL: no fault */
	bool common_fault;   /* not this frame's alone: named once in a stream while the same */
	char fault_text[160];
	struct png_decoded picture;
	int64_t decode_ns;
};

/* Resets a task for another frame; keeps the buffer. */
void frame_task_init(struct frame_task *task);
/* Releases the frame, too. */
void frame_task_finish(struct frame_task *task);

/* The path without directories. */
const char *frame_task_base_name(const char *path);

/* Sets the size and the format of a PNG before it is read. If the user wants another format, this
 * sets the task's fault. */
void frame_task_set_header(struct frame_task *task, const struct png_header *header,
                           const struct options *options);

/* Reads the frame's bytes into memory, and checks that slots hold it, or can grow to. Any error
 * becomes the task's fault. Blocks while it reads a file. */
void frame_task_read(struct frame_task *task, const struct capacity *capacity,
                     const struct options *options);

/* Gives the task a lent frame, to decode into its slot. */
void frame_task_set_frame(struct frame_task *task, struct shmflip_frame *frame);

/* Ends the use of the frame. Discards it, unless it is published. */
void frame_task_release(struct frame_task *task);

/* Copies the pixels of a picture that was decoded before: no decoding is needed. */
void frame_task_copy_pixels(struct frame_task *task, const uint8_t *pixels,
                            const struct png_decoded *picture);

/* Reads the frame if necessary, and decodes it into its pixels. Does nothing if it has a fault.
 * fast: the calling thread's fast decoder; NULL: use libpng alone. */
void frame_task_decode(struct frame_task *task, const struct capacity *capacity,
                       const struct options *options, struct png_fast *fast);

#endif
