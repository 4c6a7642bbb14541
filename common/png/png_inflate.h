/* SPDX-License-Identifier: MIT
 *
 * Inflating all rows of a picture in one go, by libdeflate where it was built in, else by zlib; and the
 * checksums of chunks. Does not block. What is created serves one thread at a time. */
#ifndef SHMFLIP_PNG_INFLATE_H
#define SHMFLIP_PNG_INFLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct png_inflater;

/* zlib_alone: although libdeflate may be there. NULL: out of memory. Destroying takes NULL. */
struct png_inflater *png_inflater_create(bool zlib_alone);
void png_inflater_destroy(struct png_inflater *inflater);

/* Whether the bytes of packed are one zlib stream, no more and no less, of just so many bytes of data,
 * whose checksum is right. Otherwise the data are undefined. */
bool png_inflate(struct png_inflater *inflater, const uint8_t *packed, size_t packed_bytes,
                 uint8_t *data, size_t data_bytes);

uint32_t png_crc(const struct png_inflater *inflater, const uint8_t *bytes, size_t size);

#endif
