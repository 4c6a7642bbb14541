/* SPDX-License-Identifier: MIT
 *
 * Compresses the filtered rows of a PNG to one block of deflate, for speed: png_matches.h finds
 * what repeats, and a Huffman code of the block's own writes it. Data that repeat little are
 * counted only in samples, which spares a pass over all bytes.
 *
 * Blocks of different data can be made by different threads and joined: each begins and ends at a
 * whole byte, and no match reaches into an earlier block.
 *
 * The same data always give the same bytes. Pure; any thread. */
#ifndef SHMFLIP_PNG_DEFLATE_H
#define SHMFLIP_PNG_DEFLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "png_matches.h"

struct png_deflate_room {
	struct png_match_table table;
	struct png_match matches[]; /* png_matches_max() of the largest data */
};

/* How much memory compressed data of this size may need. */
size_t png_deflate_max(size_t size);

/* size: at least 1. is_last: nothing follows. Returns how many bytes it wrote. */
size_t png_deflate(struct png_deflate_room *room, const uint8_t *data, size_t size, bool is_last,
                   uint8_t *out);

#endif
