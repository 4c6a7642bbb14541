/* SPDX-License-Identifier: MIT
 *
 * Cuts a stream of bytes into whole PNGs, by their signatures and the lengths of their chunks. Reads
 * never past an IEND: what follows stays in the pipe. Memory grows with what has arrived, not with
 * what a length promises. After damage it goes on at the next signature, also where that was
 * swallowed by a chunk whose length was wrong: only the damaged frame is lost.
 *
 * Waits for bytes; an interruption (cli.h) ends the wait. Main thread. */
#ifndef PRODUCER_PNG_STREAM_H
#define PRODUCER_PNG_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct png_stream {
	int fd;
	size_t limit_bytes; /* of one PNG; more is damage */
	uint8_t *data;      /* what was read: from start to end */
	size_t capacity;
	size_t start;  /* of the present piece */
	size_t parsed; /* of the present piece, in bytes */
	size_t end;
	bool lost; /* the last piece was damaged */
};

/* The descriptor stays the caller's. */
void png_stream_init(struct png_stream *stream, int fd, size_t limit_bytes);
void png_stream_finish(struct png_stream *stream);

/* The next PNG: 0, and *png holds *size bytes until the next call. -ENODATA: the stream has ended.
 * -EBADMSG: something that is no whole PNG, with the reason, a static string, in *reason; the next
 * call goes on behind it. -EINTR, -ENOMEM, or what read(2) said. */
int png_stream_next(struct png_stream *stream, const uint8_t **png, size_t *size,
                    const char **reason);

#endif
