/* SPDX-License-Identifier: MIT
 *
 * Cuts a stream of bytes into whole PNGs, by their signatures and the lengths of their chunks.
 * Reads the pipe in large blocks, but never waits for more than the current PNG needs. Memory
 * grows with the bytes that have arrived, not with the length that a chunk claims. After damage
 * the stream continues at the next signature, even inside a chunk with a wrong length: only the
 * damaged frame is lost. Text between PNGs, such as newlines and the headers of a multipart
 * message, is skipped.
 *
 * Blocks until bytes arrive. One thread. */
#ifndef SHMFLIP_PRODUCER_INPUT_PNG_STREAM_H
#define SHMFLIP_PRODUCER_INPUT_PNG_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buffer.h"
#include "input_fd.h"

struct png_stream {
	struct input_fd *input;
	size_t limit_bytes; /* of one PNG; a longer one is damaged */
	struct buffer read; /* holds bytes from start to end */
	size_t start;       /* of the current PNG */
	size_t parsed;      /* bytes of the current PNG */
	size_t end;
	bool resync;    /* the last PNG was damaged: continue at the next signature */
	bool has_begun; /* a signature was found */
};

/* The input must outlive the stream. prefix: the first few bytes of the stream, if the caller has
 * already read them.
 * -ENOMEM */
int png_stream_init(struct png_stream *stream, struct input_fd *input, size_t limit_bytes,
                    const void *prefix, size_t prefix_size);
void png_stream_finish(struct png_stream *stream);

/* Waits for the next PNG, whose *size bytes stay at *png until the next call.
 * -ENODATA  end of the stream
 * -EBADMSG  no whole PNG; *reason is a static string. The next call continues after the damage.
 * -EILSEQ   other bytes than text before a PNG, or text alone; likewise
 * -EINTR    interrupted or cancelled
 * -ENOMEM
 * or the error of read(2). */
int png_stream_next(struct png_stream *stream, const uint8_t **png, size_t *size,
                    const char **reason);

/* Swaps buffers: the caller gets the memory with the last PNG, which stays at its address, and the
 * stream gets the caller's memory.
 * -ENOMEM  nothing is swapped */
int png_stream_take(struct png_stream *stream, struct buffer *buffer);

#endif
