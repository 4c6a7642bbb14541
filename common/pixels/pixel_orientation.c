/* SPDX-License-Identifier: MIT */
#include "pixel_orientation.h"

#include <string.h>

/* A tile, in pixels of the frame. Long rows, because processors read ahead in few rows at once:
 * 64 x 64 pixels take up to four times as long. Few rows: those of a turned picture fill lines of
 * the cache. */
enum { TILE_WIDTH = 1024, TILE_HEIGHT = 16, PIXEL_BYTES = 4 };

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

static struct pixel_area swapped(struct pixel_area area)
{
	return (struct pixel_area){ area.y, area.x, area.height, area.width };
}

struct pixel_area pixel_orientation_find(uint32_t orientation, uint32_t width, uint32_t height,
                                         struct pixel_area picture)
{
	struct pixel_area frame = pixel_orientation_swaps(orientation) ? swapped(picture) : picture;

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

static uint32_t lesser(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* Converts one tile of the frame, and turns it into its place in the picture. */
static void convert_tile(const struct pixel_converter *converter, uint32_t orientation,
                         struct pixel_area picture, uint8_t *out, size_t stride_bytes)
{
	const struct pixel_source *source = &converter->source;
	struct pixel_area frame =
		pixel_orientation_find(orientation, source->width, source->height, picture);
	size_t row_bytes = (size_t)frame.width * PIXEL_BYTES;
	uint8_t tile[TILE_WIDTH * TILE_HEIGHT * PIXEL_BYTES];
	struct walk walk = begin(orientation, tile, row_bytes, frame.width, frame.height);

	pixel_convert(converter, frame.x, frame.y, frame.width, frame.height, tile, row_bytes);
	for (uint32_t y = 0; y < picture.height; y++)
		copy_pixels(walk.first + (ptrdiff_t)y * walk.down, walk.across, picture.width,
		            out + y * stride_bytes);
}

static void convert_tiles(const struct pixel_converter *converter, uint32_t orientation,
                          struct pixel_area picture, struct pixel_area tile, uint8_t *out,
                          size_t stride_bytes)
{
	for (uint32_t y = 0; y < picture.height; y += tile.height) {
		for (uint32_t x = 0; x < picture.width; x += tile.width) {
			struct pixel_area part = { x, y, lesser(tile.width, picture.width - x),
				                   lesser(tile.height, picture.height - y) };

			convert_tile(converter, orientation, part,
			             out + y * stride_bytes + (size_t)x * PIXEL_BYTES,
			             stride_bytes);
		}
	}
}

void pixel_orientation_convert(const struct pixel_converter *converter, uint32_t orientation,
                               uint8_t *out, size_t stride_bytes)
{
	struct pixel_area whole = { 0, 0, converter->source.width, converter->source.height };
	struct pixel_area tile = { 0, 0, TILE_WIDTH, TILE_HEIGHT };

	if (pixel_orientation_swaps(orientation))
		convert_tiles(converter, orientation, swapped(whole), swapped(tile), out,
		              stride_bytes);
	else if (begins_right(orientation) || begins_at_bottom(orientation))
		convert_tiles(converter, orientation, whole, tile, out, stride_bytes);
	else
		pixel_convert(converter, 0, 0, whole.width, whole.height, out, stride_bytes);
}
