/* SPDX-License-Identifier: MIT
 *
 * Small pictures for the tests of what the viewer writes. */
#ifndef SHMFLIP_TESTS_DRAWN_PICTURE_H
#define SHMFLIP_TESTS_DRAWN_PICTURE_H

#include "support.h"

#include "present/picture.h"

#define WIDTH 5
#define HEIGHT 3
#define STRIDE 64

static inline struct picture picture_of(const uint8_t *pixels, uint32_t stride_bytes,
                                        uint32_t width, uint32_t height, uint32_t fourcc)
{
	struct picture picture = { .info = { .sequence = 42, .source = "a name.png" } };
	const struct shmflip_frame frame = {
		.fourcc = fourcc,
		.width = width,
		.height = height,
		.planes = 1,
		.plane = { { pixels, stride_bytes, height } },
	};

	assert_int_equal(pixel_source_init(&picture.source, &frame), 0);
	return picture;
}

/* Draws rows with padding, which must be ignored. The fourth bytes, from 0 on, mean nothing
 * in an opaque picture. */
static inline struct picture draw(uint8_t pixels[HEIGHT * STRIDE], bool opaque)
{
	memset(pixels, 0xee, HEIGHT * STRIDE);
	for (unsigned i = 0; i < WIDTH * HEIGHT; i++) {
		uint8_t *pixel = pixels + i / WIDTH * STRIDE + i % WIDTH * 4;

		pixel[0] = (uint8_t)(10 + i);
		pixel[1] = (uint8_t)(100 + i);
		pixel[2] = (uint8_t)(200 + i);
		pixel[3] = (uint8_t)(17 * i);
	}
	return picture_of(pixels, STRIDE, WIDTH, HEIGHT,
	                  opaque ? SHMFLIP_XRGB8888 : SHMFLIP_ARGB8888);
}

#endif
