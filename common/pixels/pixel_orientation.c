/* SPDX-License-Identifier: MIT */
#include "pixel_orientation.h"

#include <string.h>

/* Pixels. The rows of a square's other side lie in lines of the cache that its next row needs,
 * too. */
enum { SQUARE = 16, PIXEL_BYTES = 4 };

bool pixel_orientation_swaps(uint32_t orientation)
{
	return orientation >= 5 && orientation <= 8;
}

/* Whether the picture's first pixel lies at the right of the frame. */
static bool begins_right(uint32_t orientation)
{
	return orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
}

/* Whether the picture's first pixel lies at the bottom of the frame. */
static bool begins_at_bottom(uint32_t orientation)
{
	return orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
}

struct pixel_area pixel_orientation_find(uint32_t orientation, uint32_t width, uint32_t height,
                                         struct pixel_area picture)
{
	struct pixel_area frame = picture;

	if (pixel_orientation_swaps(orientation))
		frame = (struct pixel_area){ picture.y, picture.x, picture.height, picture.width };
	if (begins_right(orientation))
		frame.x = width - frame.width - frame.x;
	if (begins_at_bottom(orientation))
		frame.y = height - frame.height - frame.y;
	return frame;
}

/* Where the pixels of a picture lie in a frame. */
struct walk {
	const uint8_t *first;
	ptrdiff_t across; /* to the next pixel of a row */
	ptrdiff_t down;   /* to the next row */
};

static struct walk begin(uint32_t orientation, const uint8_t *in, size_t stride, uint32_t width,
                         uint32_t height)
{
	struct walk walk = { in, PIXEL_BYTES, (ptrdiff_t)stride };

	if (begins_right(orientation)) {
		walk.first += (size_t)(width - 1) * PIXEL_BYTES;
		walk.across = -walk.across;
	}
	if (begins_at_bottom(orientation)) {
		walk.first += (size_t)(height - 1) * stride;
		walk.down = -walk.down;
	}
	if (pixel_orientation_swaps(orientation)) {
		ptrdiff_t across = walk.across;

		walk.across = walk.down;
		walk.down = across;
	}
	return walk;
}

static void copy_pixels(const uint8_t *in, ptrdiff_t across, uint32_t count, uint8_t *out)
{
	for (; count > 0; count--, in += across, out += PIXEL_BYTES)
		memcpy(out, in, PIXEL_BYTES);
}

static void copy_row(const uint8_t *in, ptrdiff_t across, uint32_t width, uint8_t *out)
{
	if (across == PIXEL_BYTES)
		memcpy(out, in, (size_t)width * PIXEL_BYTES);
	else
		copy_pixels(in, across, width, out);
}

static uint32_t lesser(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* In squares: a row of the picture is a column of the frame. */
static void copy_columns(struct walk walk, uint32_t width, uint32_t height, uint8_t *out,
                         size_t out_stride)
{
	for (uint32_t y = 0; y < height; y += SQUARE) {
		uint32_t rows = lesser(SQUARE, height - y);

		for (uint32_t x = 0; x < width; x += SQUARE) {
			uint32_t columns = lesser(SQUARE, width - x);

			for (uint32_t i = y; i < y + rows; i++)
				copy_pixels(walk.first + i * walk.down + x * walk.across,
				            walk.across, columns,
				            out + i * out_stride + (size_t)x * PIXEL_BYTES);
		}
	}
}

void pixel_orientation_turn(uint32_t orientation, const uint8_t *in, size_t in_stride,
                            uint32_t width, uint32_t height, uint8_t *out, size_t out_stride)
{
	struct walk walk = begin(orientation, in, in_stride, width, height);

	if (pixel_orientation_swaps(orientation)) {
		copy_columns(walk, height, width, out, out_stride);
		return;
	}
	for (uint32_t y = 0; y < height; y++)
		copy_row(walk.first + (ptrdiff_t)y * walk.down, walk.across, width,
		         out + y * out_stride);
}
