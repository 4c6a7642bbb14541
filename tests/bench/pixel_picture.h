/* SPDX-License-Identifier: MIT
 *
 * A picture of random colours in any format, and what they are in real numbers. */
#ifndef SHMFLIP_TESTS_PIXEL_PICTURE_H
#define SHMFLIP_TESTS_PIXEL_PICTURE_H

#include <stdint.h>

#include "pixel_source.h"

/* One colour covers a square of so many pixels, so that it does not matter how chroma is
 * interpolated in its middle. */
enum { PICTURE_SQUARE = 16 };

struct pixel_picture {
	struct shmflip_frame frame;
	struct pixel_source source;
	uint8_t *memory;
};

/* BT.709 of limited range; packed YUV: BT.601, because libyuv has no other. Exits on failure. */
void pixel_picture_init(struct pixel_picture *picture, uint32_t fourcc, uint32_t width,
                        uint32_t height);
void pixel_picture_finish(struct pixel_picture *picture);

/* The largest difference between pixels B G R A and real numbers, rounded. */
int pixel_picture_error(const struct pixel_picture *picture, const uint8_t *pixels,
                        size_t stride_bytes);

#endif
