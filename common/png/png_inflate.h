/* SPDX-License-Identifier: MIT
 *
 * Inflates the rows of a picture from a zlib stream (RFC 1950), in bands or in one call: with the
 * inflater of inflate_stream.h, with libdeflate, or with zlib. Computes the CRCs of chunks. Does
 * not block. An object serves one thread at a time. */
#ifndef SHMFLIP_PNG_INFLATE_H
#define SHMFLIP_PNG_INFLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "inflate_stream.h"

/* Bytes that must be writable behind the data; how many of the last data must stay as they are. */
enum { PNG_INFLATE_ROOM = INFLATE_ROOM, PNG_INFLATE_HISTORY = INFLATE_HISTORY };

struct png_inflater;

/* A way to inflate: index 0 is the best that this machine can run, and the last is zlib. Their
 * verdicts are equal, but libdeflate accepts some streams with codes that no encoder makes. Returns
 * its name, or NULL after the last. */
const char *png_inflater_name(unsigned index);

/* Returns NULL if memory runs out, or if there is no such way. */
struct png_inflater *png_inflater_create(unsigned index);
/* Accepts NULL. */
void png_inflater_destroy(struct png_inflater *inflater);

/* packed must be exactly one zlib stream, which holds exactly data_bytes of data. */
void png_inflate_begin(struct png_inflater *inflater, const uint8_t *packed, size_t packed_bytes,
                       uint8_t *data, size_t data_bytes);

/* Inflates until at least `until` bytes of data are there: at most data_bytes, which also checks
 * the end and the checksum. *ready: how many are there. Returns false if the stream is damaged; the
 * data are then undefined. */
bool png_inflate_until(struct png_inflater *inflater, size_t until, size_t *ready);

uint32_t png_crc(const struct png_inflater *inflater, const uint8_t *bytes, size_t size);

#endif
