/* SPDX-License-Identifier: MIT
 *
 * A stream's description, with the metadata that it points to. Never changes after its creation.
 * Any thread. */
#ifndef SHMFLIP_STREAM_H
#define SHMFLIP_STREAM_H

#include "layout.h"

struct stream {
	unsigned users; /* generations or attachments; changed by one thread at a time */
	struct shmflip_stream public;
	uint8_t *metadata; /* items, as metadata.h has them */
	uint32_t metadata_bytes;
};

/* Copies what a caller hands in. Fills in the defaults, and checks. previous: the stream before,
 * NULL: none.
 * -EINVAL, -EOVERFLOW, -ENOMEM */
int stream_create(const struct shmflip_stream *given, const struct stream *previous,
                  struct stream **out);

/* Reads what the segment has; record is shared, and may change meanwhile.
 * -EPROTO  it is damaged
 * -ENOMEM */
int stream_read(const struct layout_stream *record, const struct layout_fixed *fixed,
                struct stream **out);

/* How many bytes stream_write writes. */
uint32_t stream_bytes(const struct stream *stream);
void stream_write(const struct stream *stream, struct layout_stream *record);

/* Whether both say the same. */
bool stream_equal(const struct stream *a, const struct stream *b);

/* Adds or removes a user. stream_create and stream_read give one. The last one frees it. */
struct stream *stream_ref(struct stream *stream);
void stream_unref(struct stream *stream);

#endif
