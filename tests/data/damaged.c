/* SPDX-License-Identifier: MIT */
#include "file_sink.h"
#include "patch.h"

#include <png.h>
#include <string.h>

static void empty(struct bytes *png)
{
	(void)png;
}

static void text(struct bytes *png)
{
	const char content[] = "This is not a PNG, whatever its name says.\n";

	bytes_add(png, content, sizeof(content) - 1);
}

static void gif(struct bytes *png)
{
	static const uint8_t pixel[] = {
		'G', 'I', 'F', '8', '9', 'a', 1, 0, 1, 0, 0x80, 0, 0, 255,  255, 255, 0,   0,
		0,   ',', 0,   0,   0,   0,   1, 0, 1, 0, 0,    2, 2, 0x44, 1,   0,   ';',
	};

	bytes_add(png, pixel, sizeof(pixel));
}

/* What Xcode makes of a PNG: a chunk before IHDR, and no zlib header. */
static void cgbi(struct bytes *png)
{
	struct bytes valid = { 0 };
	struct chunk chunk = patch_make_and_find(&valid, "IHDR");

	bytes_add(png, valid.data, chunk.content - 8);
	png_add_chunk(png, "CgBI", "\x50\0\x20\2", 4);
	bytes_add(png, valid.data + chunk.content - 8, png_chunk_end(&chunk) + 8 - chunk.content);
	png_find_chunk(&valid, "IDAT", &chunk);
	png_add_chunk(png, "IDAT", valid.data + chunk.content + 2, chunk.length - 6);
	png_add_chunk(png, "IEND", NULL, 0);
	bytes_finish(&valid);
}

/* The first bytes of a JPEG. */
static void jpeg(struct bytes *png)
{
	bytes_add(png, "\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0", 20);
}

static void truncated_signature(struct bytes *png)
{
	patch_make_valid(png);
	png->size = 5;
}

static void truncated_header(struct bytes *png)
{
	patch_make_valid(png);
	png->size = 20;
}

static void truncated(struct bytes *png)
{
	struct chunk chunk = patch_make_and_find(png, "IDAT");

	png->size = chunk.content + chunk.length / 2;
}

static void bad_signature(struct bytes *png)
{
	patch_make_valid(png);
	png->data[6] = '\r';
}

static void bad_header_checksum(struct bytes *png)
{
	struct chunk chunk = patch_make_and_find(png, "IHDR");

	png->data[png_chunk_end(&chunk) - 1] ^= 1;
}

static void bad_data_checksum(struct bytes *png)
{
	struct chunk chunk = patch_make_and_find(png, "IDAT");

	png->data[png_chunk_end(&chunk) - 1] ^= 1;
}

static void bad_adler(struct bytes *png)
{
	struct chunk chunk = patch_make_and_find(png, "IDAT");

	png->data[chunk.content + chunk.length - 1] ^= 1;
	png_update_crc(png, &chunk);
}

static void bad_zlib_header(struct bytes *png)
{
	struct chunk chunk = patch_make_and_find(png, "IDAT");

	png->data[chunk.content] = 0xff;
	png_update_crc(png, &chunk);
}

static void bad_deflate(struct bytes *png)
{
	struct chunk chunk = patch_make_and_find(png, "IDAT");

	memset(png->data + chunk.content + chunk.length / 3, 0xff, chunk.length / 3);
	png_update_crc(png, &chunk);
}

static void bad_filter(struct bytes *png)
{
	struct bytes rows = { 0 };

	bytes_add_fill(&rows, 0, PATCH_ROWS);
	rows.data[(size_t)7 * PATCH_ROW] = 5;
	png_add_signature(png);
	png_add_header(png, PATCH_SIDE, PATCH_SIDE, 8, PNG_COLOR_TYPE_RGB, false);
	patch_add_rows(png, &rows);
	bytes_finish(&rows);
}

static void missing_rows(struct bytes *png)
{
	patch_make_zero_rows(png, PATCH_ROWS - 3 * PATCH_ROW);
}

static void missing_data(struct bytes *png)
{
	png_add_signature(png);
	png_add_header(png, PATCH_SIDE, PATCH_SIDE, 8, PNG_COLOR_TYPE_RGB, false);
	png_add_chunk(png, "IEND", NULL, 0);
}

static void missing_palette(struct bytes *png)
{
	patch_make_zeros(png, PATCH_SIDE, PATCH_SIDE, 8, PNG_COLOR_TYPE_PALETTE,
	                 (size_t)PATCH_SIDE * (1 + PATCH_SIDE));
}

static void make_with_header(struct bytes *png, uint32_t width, uint32_t height, uint8_t depth,
                             uint8_t colour_type)
{
	patch_make_zeros(png, width, height, depth, colour_type, PATCH_ROWS);
}

static void huge_size(struct bytes *png)
{
	make_with_header(png, 100000, 100000, 8, PNG_COLOR_TYPE_RGB);
}

static void largest_size(struct bytes *png)
{
	make_with_header(png, INT32_MAX, INT32_MAX, 16, PNG_COLOR_TYPE_RGB_ALPHA);
}

static void zero_width(struct bytes *png)
{
	make_with_header(png, 0, PATCH_SIDE, 8, PNG_COLOR_TYPE_RGB);
}

static void zero_height(struct bytes *png)
{
	make_with_header(png, PATCH_SIDE, 0, 8, PNG_COLOR_TYPE_RGB);
}

static void bad_colour_type(struct bytes *png)
{
	make_with_header(png, PATCH_SIDE, PATCH_SIDE, 8, 5);
}

static void bad_depth(struct bytes *png)
{
	make_with_header(png, PATCH_SIDE, PATCH_SIDE, 4, PNG_COLOR_TYPE_RGB);
}

static void header_twice(struct bytes *png)
{
	struct bytes valid = { 0 };
	struct chunk chunk = patch_make_and_find(&valid, "IHDR");

	patch_make_with_extra(png, "IDAT", "IHDR", valid.data + chunk.content, chunk.length);
	bytes_finish(&valid);
}

static void unknown_critical(struct bytes *png)
{
	patch_make_with_extra(png, "IDAT", "BIRD", "chirp", 5);
}

/* IDAT claims a length of 2^31 - 1, in a file of a few hundred bytes. */
static void endless_chunk(struct bytes *png)
{
	struct chunk chunk = patch_make_and_find(png, "IDAT");

	memcpy(png->data + chunk.content - 8, "\x7f\xff\xff\xff", 4);
}

/* A kilobyte that announces 64 MB of pixels and holds half of them. */
static void bomb(struct bytes *png)
{
	enum { BOMB_SIDE = 4000, BOMB_ROW = 1 + BOMB_SIDE / 8 };

	patch_make_zeros(png, BOMB_SIDE, BOMB_SIDE, 1, PNG_COLOR_TYPE_GRAY,
	                 (size_t)BOMB_ROW * BOMB_SIDE / 2);
}

int write_damaged(const struct file_sink *sink)
{
	static const struct patch patches[] = {
		{ "empty.png", empty },
		{ "text.png", text },
		{ "gif.png", gif },
		{ "jpeg.png", jpeg },
		{ "cgbi.png", cgbi },
		{ "truncated-signature.png", truncated_signature },
		{ "truncated-header.png", truncated_header },
		{ "truncated.png", truncated },
		{ "bad-signature.png", bad_signature },
		{ "bad-header-checksum.png", bad_header_checksum },
		{ "bad-data-checksum.png", bad_data_checksum },
		{ "bad-adler.png", bad_adler },
		{ "bad-zlib-header.png", bad_zlib_header },
		{ "bad-deflate.png", bad_deflate },
		{ "bad-filter.png", bad_filter },
		{ "bad-colour-type.png", bad_colour_type },
		{ "bad-depth.png", bad_depth },
		{ "missing-rows.png", missing_rows },
		{ "missing-data.png", missing_data },
		{ "missing-palette.png", missing_palette },
		{ "huge-100000x100000.png", huge_size },
		{ "huge-2147483647x2147483647.png", largest_size },
		{ "zero-width.png", zero_width },
		{ "zero-height.png", zero_height },
		{ "header-twice.png", header_twice },
		{ "unknown-critical.png", unknown_critical },
		{ "endless-chunk.png", endless_chunk },
		{ "bomb-4000x4000.png", bomb },
	};

	return patch_each(sink, patches, sizeof(patches) / sizeof(patches[0]));
}
