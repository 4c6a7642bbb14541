/* SPDX-License-Identifier: MIT
 *
 * What a producer's program says about a stream. All functions need the GIL. */
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

#endif
