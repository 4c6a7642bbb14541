/* SPDX-License-Identifier: MIT
 *
 * Frames that come down a pipe uncompressed: bare pixels of a known size, PGM, PPM and PAM one after
 * the other, or Y4M. Pixels that are ours already are read straight to where they belong, others by
 * way of a buffer in which a few rows are converted as they arrive; only video in planes has to be
 * there as a whole.
 *
 * Each frame is first announced, and then read or passed over. Waits for bytes. One thread. */
#ifndef SHMFLIP_PRODUCER_INPUT_RAW_STREAM_H
#define SHMFLIP_PRODUCER_INPUT_RAW_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buffer.h"
#include "input_fd.h"
#include "raw_header.h"

struct raw_stream {
	struct input_fd *input;
	enum { RAW_BARE, RAW_PNM, RAW_Y4M } kind;
	char ahead[RAW_HEADER_BYTES_MAX]; /* was read, but not used yet: from start to end */
	size_t start, end;
	struct raw_layout layout; /* of the frame that was announced */
	uint32_t fps_milli;       /* that the stream asks for; 0: it does not say */
	uint64_t left;            /* bytes of that frame that were not read yet */
	bool lost;                /* where a frame should begin there is none */
	bool begun;               /* something was announced */
	struct buffer rows;
	uint8_t *scaled;  /* samples of another maximum, made 8 bits; NULL: not needed yet */
	uint32_t maximum; /* that it was made for */
};

struct raw_target {
	uint8_t *pixels;
	uint32_t stride_bytes;
	bool flatten; /* blend what is transparent onto background */
	uint32_t background;
	bool opaque; /* the result: no pixel has an alpha but 255 */
};

/* Whether this is how a PGM, PPM, PAM or Y4M begins. */
bool raw_stream_knows(const uint8_t begun[2]);

/* A stream that begins with what was read of it already, which raw_stream_knows(). The input stays the
 * caller's. */
void raw_stream_init(struct raw_stream *stream, struct input_fd *input, const uint8_t begun[2]);

/* Bare pixels like this. */
void raw_stream_init_bare(struct raw_stream *stream, struct input_fd *input,
                          const struct raw_layout *layout);

void raw_stream_finish(struct raw_stream *stream);

/* Waits for the next frame, past what was not read of the one before: 0, and layout tells of it.
 * -ENODATA: the stream has ended. -EBADMSG: what comes is no frame, for the *reason, and there will be
 * no other. -ENOMEM, -EINTR, or what read(2) said. */
int raw_stream_next(struct raw_stream *stream, const char **reason);

/* Reads its pixels. -EBADMSG: it is broken off. -ENOMEM, -EINTR, or what read(2) said. */
int raw_stream_read(struct raw_stream *stream, struct raw_target *target);

#endif
