/* SPDX-License-Identifier: MIT
 *
 * Streams: what a producer's program says about one, and copies. All functions need the GIL. */
#ifndef STREAMS_H
#define STREAMS_H

#include "python_api.h"

#include "shmflip.h"

/* Reads the tuple of shmflip._types.flatten(): fourcc, width, height, slots, slot_bytes, rate_num,
 * rate_den, aspect_num, aspect_den, colour, frame_metadata_bytes, ((type, bytes), ...). The result
 * points into the tuple. streams_free() frees its metadata, also after a failure. Returns 0, or -1
 * with an exception. */
int streams_read(PyObject *tuple, struct shmflip_stream *stream);

void streams_free(struct shmflip_stream *stream);

/* Copies a stream with its metadata into one block, for free(); NULL for NULL. Runs no Python code.
 * Returns 0, or -1 with an exception. */
int streams_copy(const struct shmflip_stream *from, struct shmflip_stream **copy);

#endif
