/* SPDX-License-Identifier: MIT
 *
 * Inflates all rows of a picture in one call, with libdeflate if it is built in, else with zlib;
 * computes the CRCs of chunks. Does not block. An object serves one thread at a time. */
#ifndef SHMFLIP_PNG_INFLATE_H
#define SHMFLIP_PNG_INFLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct png_inflater;

/* zlib_only: use zlib even if libdeflate is built in. Returns NULL if memory runs out. */
struct png_inflater *png_inflater_create(bool zlib_only);
/* Accepts NULL. */
void png_inflater_destroy(struct png_inflater *inflater);

/* Returns true if packed is exactly one zlib stream, which holds exactly data_bytes of data and
 * has the right checksum. Otherwise the data are undefined. */
bool png_inflate(struct png_inflater *inflater, const uint8_t *packed, size_t packed_bytes,
                 uint8_t *data, size_t data_bytes);

uint32_t png_crc(const struct png_inflater *inflater, const uint8_t *bytes, size_t size);

#endif
