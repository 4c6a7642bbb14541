/* SPDX-License-Identifier: MIT
 *
 * Compressed frames, one after the other, from the files of a source or from a stream: each a whole
 * PNG in memory that is used again for the next. Blocks on reading. Main thread. */
#ifndef PRODUCER_INPUT_H
#define PRODUCER_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "png_stream.h"
#include "source.h"

struct input {
	const struct source *source; /* NULL: the stream */
	size_t next;                 /* of the source's paths */
	uint8_t *data;
	size_t capacity;
	struct png_stream stream;
	char stream_name[32];
	uint64_t stream_count;
};

struct piece {
	const uint8_t *png;
	size_t size;
	const char *path; /* for messages: the file, or stdin:N */
	const char *name; /* the same without folders */
	bool last; /* of the source's files; never of a stream, whose end is not known before */
};

/* A NULL source is the stream on this descriptor. The source must outlive the input. */
void input_init(struct input *input, const struct source *source, int stream_fd);
void input_finish(struct input *input);

/* The next frame: 0, and its bytes last until the next call. -ENODATA: there is none behind the last.
 * -EBADMSG: there is one, named in *piece, that cannot be had, for the *reason: it is passed over.
 * -EINTR, and for a stream what read(2) said. */
int input_next(struct input *input, struct piece *piece, const char **reason);

/* Back to the first file. */
void input_rewind(struct input *input);

#endif
