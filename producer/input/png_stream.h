/* SPDX-License-Identifier: MIT
 *
 * Cuts a stream of bytes into whole PNGs, by their signatures and the lengths of their chunks. Takes
 * what the pipe holds in large blocks, and waits for no more than the piece at hand needs. Memory
 * grows with what has arrived, not with what a length promises. After damage it goes on at the next
 * signature, also where that was swallowed by a chunk whose length was wrong: only the damaged frame
 * is lost.
 *
 * Waits for bytes. One thread. */
#ifndef SHMFLIP_PRODUCER_INPUT_PNG_STREAM_H
#define SHMFLIP_PRODUCER_INPUT_PNG_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buffer.h"
#include "input_fd.h"

struct png_stream {
	struct input_fd *input;
	size_t limit_bytes; /* of one PNG; more is damage */
	struct buffer read; /* from start to end */
	size_t start;       /* of the present piece */
	size_t parsed;      /* of the present piece, in bytes */
	size_t end;
	bool lost; /* the last piece was damaged */
};

/* The input stays the caller's. The stream begins with what was read of it already, a few bytes. */
int png_stream_init(struct png_stream *stream, struct input_fd *input, size_t limit_bytes,
                    const void *begun, size_t size);
void png_stream_finish(struct png_stream *stream);

/* The next PNG: 0, and *png holds *size bytes until the next call. -ENODATA: the stream has ended.
 * -EBADMSG: something that is no whole PNG, with the reason, a static string, in *reason; the next
 * call goes on behind it. -EINTR, -ENOMEM, or what read(2) said. */
int png_stream_next(struct png_stream *stream, const uint8_t **png, size_t *size,
                    const char **reason);

/* Hands the memory of the piece that came last over to the caller, who gives other memory in exchange:
 * the piece stays where it is. -ENOMEM: all is as before. */
int png_stream_take(struct png_stream *stream, struct buffer *buffer);

#endif
