/* SPDX-License-Identifier: MIT
 *
 * Makes bytes of Y, U and V out of every format of video, for raw_yuv.h. Samples of more bits are
 * rounded. Pure; any thread. */
#ifndef SHMFLIP_PRODUCER_INPUT_RAW_UNPACK_H
#define SHMFLIP_PRODUCER_INPUT_RAW_UNPACK_H

#include <stddef.h>
#include <stdint.h>

/* Where the bytes of a row go: as many as there are pixels, and as there are samples of chroma. */
struct raw_row {
	uint8_t *y, *u, *v;
	size_t width;
	size_t chroma_width;
};

/* Unpacks a row. planes: the row of each plane. The format is YUV; or R8 or R16, which have the
 * chroma of gray. */
void raw_unpack_row(uint32_t fourcc, const uint8_t *const planes[3], const struct raw_row *row);

#endif
