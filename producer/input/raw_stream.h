/* SPDX-License-Identifier: MIT
 *
 * Uncompressed frames from a pipe: bare pixels of a known size, a sequence of PGM, PPM and PAM,
 * or Y4M. Each frame is first announced, and then read (raw_pixels.h) or skipped. Blocks until
 * bytes arrive. One thread. */
#ifndef SHMFLIP_PRODUCER_INPUT_RAW_STREAM_H
#define SHMFLIP_PRODUCER_INPUT_RAW_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buffer.h"
#include "input_fd.h"
#include "raw_header.h"
#include "raw_output.h"

struct raw_stream {
	struct input_fd *input;
	enum { RAW_BARE, RAW_PNM, RAW_Y4M } kind;
	struct pixels pixels;              /* what frames become. Set after init; else ours */
	struct shmflip_colour colour;      /* matrix and range of video, set after init; 0: as the
	                               * stream says */
	char unread[RAW_HEADER_BYTES_MAX]; /* bytes read but not used yet: start to end */
	size_t start, end;
	struct raw_layout layout; /* of the announced frame */
	struct raw_output output; /* what becomes of it */
	struct frame_rate rate;   /* that the stream names */
	uint64_t remaining;       /* bytes of that frame that are not read yet */
	bool broken;              /* a header was invalid: no frame can be found after it */
	bool announced;           /* a Y4M's first line was read */
	struct buffer rows;
	uint8_t *scaled;  /* table from samples to 8 bits; NULL: not needed yet */
	uint32_t maximum; /* of a sample, for which the table was made */
};

/* Whether a PGM, PPM, PAM or Y4M starts like this. */
bool raw_stream_recognizes(const uint8_t prefix[2]);

/* prefix: the first two bytes, already read, which raw_stream_recognizes(). The input must outlive
 * the stream. */
void raw_stream_init(struct raw_stream *stream, struct input_fd *input, const uint8_t prefix[2]);

/* The same for bare pixels of this layout. */
void raw_stream_init_bare(struct raw_stream *stream, struct input_fd *input,
                          const struct raw_layout *layout);

void raw_stream_finish(struct raw_stream *stream);

/* Expects the start of a stream of the same kind, from the next writer of the input. */
void raw_stream_restart(struct raw_stream *stream);

/* Skips the rest of the last frame, waits for the next one, and describes it in layout.
 * -ENODATA  end of the stream
 * -EBADMSG  no frame that can be read; *reason is a static string. No other frame follows.
 * -EINTR    interrupted or cancelled
 * -ENOMEM
 * or the error of read(2). */
int raw_stream_next(struct raw_stream *stream, const char **reason);

/* Reads the next rows of the announced frame: so many bytes of each, and stride bytes apart in
 * memory.
 * -EBADMSG  truncated
 * -EINTR    interrupted or cancelled
 * or the error of read(2). */
int raw_stream_read_rows(struct raw_stream *stream, uint8_t *data, size_t stride, size_t row_bytes,
                         size_t rows);

#endif
