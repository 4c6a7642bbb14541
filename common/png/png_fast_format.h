/* SPDX-License-Identifier: MIT
 *
 * The chunks around the IDATs, for the fast path. Declines all that libpng would reject or
 * warn of, so that libpng alone says what is wrong. Pure; any thread. */
#ifndef SHMFLIP_PNG_FAST_FORMAT_H
#define SHMFLIP_PNG_FAST_FORMAT_H

#include "png_chunks.h"
#include "png_fast.h"

/* libpng warns of longer chunks, except IDATs. */
enum { PNG_CHUNK_BYTES_MAX = 1000000 };

/* Reads all chunks before the first IDAT of a PNG that png_header_parse() accepts, and sets
 * everything but width, height, stride_bytes and fourcc. Returns false if it declines. */
bool png_fast_format_read(struct png_fast_format *format, const uint8_t *png, size_t size,
                          struct png_chunk *idat);

/* Returns whether the chunks after the IDATs are regular, and end with IEND. */
bool png_fast_format_ends(const struct png_chunk *after_idats);

#endif
