/* SPDX-License-Identifier: MIT
 *
 * The compressed data of a PNG in one piece, out of however many IDAT chunks, whose checksums are tried. One
 * chunk's data stay where they are, more are copied together. The memory for that is kept for the next
 * picture, and is freed by the caller. Does not block. */
#ifndef SHMFLIP_PNG_CHUNKS_H
#define SHMFLIP_PNG_CHUNKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "png_inflate.h"

struct png_chunks {
	const struct png_inflater *inflater; /* for its checksums */
	const uint8_t *data;                 /* result: of the picture or of joined */
	size_t bytes;
	const uint8_t *rest; /* result: what follows the last IDAT */
	uint8_t *joined;
	size_t joined_capacity;
};

/* Where the first IDAT begins; NULL: nowhere before the file or its chunks end. */
const uint8_t *png_chunks_find_data(const uint8_t *png, size_t size);

/* Takes the IDATs from the first one on. False: one is longer than chunk_bytes_max, or has a wrong CRC, or
 * no chunk follows. */
bool png_chunks_gather(struct png_chunks *chunks, const uint8_t *first, const uint8_t *end,
                       size_t chunk_bytes_max);

#endif
