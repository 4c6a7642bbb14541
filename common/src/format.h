/* SPDX-License-Identifier: MIT
 *
 * Pixel formats: how many planes, and how much memory for a row. Pure functions. */
#ifndef SHMFLIP_FORMAT_H
#define SHMFLIP_FORMAT_H

#include <stdint.h>

#include "shmflip.h"

/* A plane consists of blocks of samples that lie together. In plane 0 a block has one pixel, or two
 * side by side if the only plane has halved chroma. The other planes have chroma: one block for
 * each pixel, or for two side by side, or for two rows as well. */
struct format {
	struct shmflip_format_info info;
	uint8_t block_bytes;  /* in plane 0 */
	uint8_t chroma_bytes; /* of a block in the other planes */
};

/* NULL: this format is not in the table. */
const struct format *format_find(uint32_t fourcc);

/* What a plane's rows need, without padding; and how many there are. */
uint64_t format_row_bytes(const struct format *format, uint32_t plane, uint32_t width);
uint32_t format_rows(const struct format *format, uint32_t plane, uint32_t height);

/* A stride must be a multiple of this, which is a power of two. */
uint32_t format_stride_unit(const struct format *format, uint32_t plane);

#endif
