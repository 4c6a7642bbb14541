/* SPDX-License-Identifier: MIT
 *
 * The frames of a stream: of stdin, or of a FIFO with one writer after another. The first bytes
 * tell whether they are PNGs or raw pixels. Fetching blocks. One thread. */
#ifndef SHMFLIP_PRODUCER_FRAME_STREAM_H
#define SHMFLIP_PRODUCER_FRAME_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "frame_task.h"
#include "input/input_fd.h"
#include "input/png_stream.h"
#include "input/raw_stream.h"
#include "options.h"

struct frame_stream {
	const struct options *options;
	const char *name; /* for messages: stdin, or the FIFO's name */
	struct input_fd input;
	bool opened; /* the input's descriptor is ours to close */
	enum { STREAM_UNKNOWN, STREAM_PNG, STREAM_RAW } kind; /* unknown until the first bytes */
	struct png_stream png;
	struct raw_stream raw;
};

/* Opens the only source of the options, and does not wait for a writer. A negative errno, after a
 * line to the user. Call frame_stream_finish() in both cases. */
int frame_stream_init(struct frame_stream *stream, const struct options *options);
/* Accepts a stream that is zero-initialised. */
void frame_stream_finish(struct frame_stream *stream);

/* Fetches the next frame: a whole PNG, or the header of raw pixels. The task must read these pixels
 * before the next frame is fetched. The frame may have a fault already.
 * -ENODATA  no more frames
 * -EINTR    interrupted or cancelled
 * -ENOMEM
 * or the error of read(2). */
int frame_stream_fetch(struct frame_stream *stream, struct frame_task *task);

#endif
