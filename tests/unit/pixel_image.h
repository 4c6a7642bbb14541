/* SPDX-License-Identifier: MIT
 *
 * Pictures of any format, in memory whose last row ends where no page follows: a read behind it is
 * a SIGSEGV. Links no library, because ./dev arm runs the tests of pixels under emulation. */
#ifndef SHMFLIP_TESTS_PIXEL_IMAGE_H
#define SHMFLIP_TESTS_PIXEL_IMAGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "pixel_convert.h"

struct pixel_image {
	struct shmflip_frame frame;
	uint8_t *pixels[3];
	uint8_t *map[3];
	size_t map_bytes[3];
};

static uint32_t image_random_state = 1;

static inline uint32_t image_random(void)
{
	image_random_state ^= image_random_state << 13;
	image_random_state ^= image_random_state >> 17;
	image_random_state ^= image_random_state << 5;
	return image_random_state;
}

static inline uint8_t *image_map(size_t bytes, uint8_t **map, size_t *map_bytes)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), used = (bytes + page - 1) / page * page;

	*map_bytes = used + page;
	*map = mmap(NULL, *map_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_true(*map != MAP_FAILED);
	assert_int_equal(mprotect(*map + used, page, PROT_NONE), 0);
	return *map + used - bytes;
}

/* Rows are padding bytes longer than needed, but for the last one of each plane. The fields colour
 * and value_* are the caller's. */
static inline void image_init(struct pixel_image *image, uint32_t fourcc, uint32_t width,
                              uint32_t height, uint32_t padding)
{
	const struct pixel_format *format = pixel_format_find(fourcc);

	memset(image, 0, sizeof(*image));
	image->frame.fourcc = fourcc;
	image->frame.width = width;
	image->frame.height = height;
	image->frame.planes = format->planes;
	for (unsigned i = 0; i < format->planes; i++) {
		unsigned half_x = i ? format->chroma_shift_x : format->pair;
		uint32_t rows = i && format->chroma_shift_y ? (height + 1) / 2 : height;
		uint32_t row = (half_x ? (width + 1) / 2 : width) * format->block_bytes[i];
		size_t bytes = (size_t)(row + padding) * (rows - 1) + row;

		image->pixels[i] = image_map(bytes, &image->map[i], &image->map_bytes[i]);
		image->frame.plane[i].pixels = image->pixels[i];
		image->frame.plane[i].stride_bytes = row + padding;
		image->frame.plane[i].rows = rows;
		for (size_t byte = 0; byte < bytes; byte++)
			image->pixels[i][byte] = (uint8_t)(image_random() >> 24);
	}
}

static inline void image_finish(struct pixel_image *image)
{
	for (unsigned i = 0; i < image->frame.planes; i++)
		munmap(image->map[i], image->map_bytes[i]);
}

static inline void image_source(const struct pixel_image *image, struct pixel_source *source)
{
	assert_int_equal(pixel_source_init(source, &image->frame), 0);
}

static inline uint8_t *image_at(const struct pixel_image *image, unsigned plane, uint32_t y,
                                size_t byte)
{
	return image->pixels[plane] + (size_t)y * image->frame.plane[plane].stride_bytes + byte;
}

#endif
