/* SPDX-License-Identifier: MIT
 *
 * For tests of png_decode: decodes with libpng and with the fast path, in every variant that this
 * machine has. All must give the same pixels and the same verdict, and write nothing outside the
 * picture. */
#ifndef SHMFLIP_TEST_PNG_DECODING_H
#define SHMFLIP_TEST_PNG_DECODING_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "png_decode.h"
#include "png_fast.h"
#include "png_header.h"
#include "png_inflate.h"
#include "png_maker.h"
#include "png_unfilter.h"
#include "shmflip.h"

enum { UNTOUCHED = 0x5a, GUARD_BYTES = 256 };

static inline uint16_t noise(uint32_t x, uint32_t y, unsigned channel)
{
	uint32_t value = (x * 73 + y * 1009 + channel * 5303 + 17) * 2654435761u;

	return (uint16_t)(value >> 16);
}

/* One per instruction set that this machine has, and one per other way to inflate; then NULL. */
static struct png_fast *fast_paths[16];

static inline int create_fast_paths(void **state)
{
	unsigned count = 0;

	(void)state;
	for (; png_unfilter_get(count); count++)
		fast_paths[count] = png_fast_create(0, count);
	assert_null(png_fast_create(0, count));
	for (unsigned i = 1; png_inflater_name(i); i++)
		fast_paths[count++] = png_fast_create(i, 0);
	return 0;
}

static inline unsigned fast_path_count(void)
{
	unsigned count = 0;

	while (fast_paths[count])
		count++;
	return count;
}

static inline int destroy_fast_paths(void **state)
{
	(void)state;
	for (int i = 0; fast_paths[i]; i++)
		png_fast_destroy(fast_paths[i]);
	return 0;
}

static inline int decode_once(const struct bytes *png, const struct png_decode_options *options,
                              struct bytes *pixels, struct png_decoded *picture)
{
	int error;

	pixels->size = options->pixels_size + GUARD_BYTES;
	pixels->data = malloc(pixels->size);
	memset(pixels->data, UNTOUCHED, pixels->size);
	error = png_decode(png->data, png->size, options, pixels->data, picture);
	for (size_t i = options->pixels_size; i < pixels->size; i++)
		assert_int_equal(pixels->data[i], UNTOUCHED);
	return error;
}

static inline size_t pixel_bytes(uint32_t format)
{
	switch (format) {
	case SHMFLIP_R8:
		return 1;
	case SHMFLIP_R16:
		return 2;
	case SHMFLIP_BGR888:
		return 3;
	case SHMFLIP_XRGB8888:
	case SHMFLIP_ARGB8888:
		return 4;
	default:
		return 8;
	}
}

static inline void assert_same(const struct png_decoded *picture, const struct bytes *pixels,
                               const struct png_decoded *other, const struct bytes *other_pixels)
{
	assert_int_equal(other->width, picture->width);
	assert_int_equal(other->height, picture->height);
	assert_int_equal(other->stride_bytes, picture->stride_bytes);
	assert_int_equal(other->format, picture->format);
	for (uint32_t y = 0; y < picture->height; y++) {
		size_t row = (size_t)y * picture->stride_bytes;

		assert_memory_equal(other_pixels->data + row, pixels->data + row,
		                    pixel_bytes(picture->format) * picture->width);
	}
}

/* How many variants decoded the last picture by the fast path. */
static unsigned fast_count;

/* The fast path must give the same result and message, in the memory that it asks for. */
static inline void check_fast(const struct bytes *png, struct png_decode_options options, int error,
                              const struct png_decoded *picture, const struct bytes *pixels)
{
	if (error != -EMSGSIZE && picture->stride_bytes)
		options.pixels_size =
			png_fast_buffer_size(options.fourcc ? options.fourcc : SHMFLIP_XRGB8888,
		                             picture->width, picture->height);
	fast_count = 0;
	for (int i = 0; fast_paths[i]; i++) {
		struct png_decoded other;
		struct bytes other_pixels;

		options.fast = fast_paths[i];
		assert_int_equal(decode_once(png, &options, &other_pixels, &other), error);
		assert_string_equal(other.message, picture->message);
		if (!error)
			assert_same(picture, pixels, &other, &other_pixels);
		fast_count += !error && other.fast;
		bytes_finish(&other_pixels);
	}
}

static inline int decode_and_compare(const struct bytes *png,
                                     const struct png_decode_options *options, struct bytes *pixels,
                                     struct png_decoded *picture)
{
	int error = decode_once(png, options, pixels, picture);

	assert_false(!error && picture->fast);
	check_fast(png, *options, error, picture, pixels);
	return error;
}

static inline int decode(const struct bytes *png, struct png_decoded *picture)
{
	struct png_decode_options options = { .pixels_size = 1 << 16 };
	struct bytes pixels;
	int error = decode_and_compare(png, &options, &pixels, picture);

	bytes_finish(&pixels);
	return error;
}

#endif
