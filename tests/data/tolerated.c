/* SPDX-License-Identifier: MIT */
#include "file_sink.h"
#include "patch.h"

#include <png.h>

enum { MEGABYTE = 1 << 20 };

static void extra_rows(struct bytes *png)
{
	patch_make_zero_rows(png, PATCH_ROWS + 5 * PATCH_ROW);
}

static void extra_megabytes(struct bytes *png)
{
	patch_make_zero_rows(png, (size_t)8 * MEGABYTE);
}

static void text_bomb(struct bytes *png)
{
	static const uint8_t start[] = "Comment\0"; /* keyword, its end, compression method */
	struct bytes text = { 0 };
	struct bytes content = { 0 };

	bytes_add_fill(&text, ' ', (size_t)8 * MEGABYTE);
	bytes_add(&content, start, sizeof(start));
	bytes_add_compressed(&content, text.data, text.size, 9);
	patch_make_with_extra(png, "IDAT", "zTXt", content.data, content.size);
	bytes_finish(&content);
	bytes_finish(&text);
}

static void bad_remark_checksum(struct bytes *png)
{
	struct chunk chunk;

	patch_make_with_extra(png, "IDAT", "tEXt", "Comment\0tweet", 13);
	png_find_chunk(png, "tEXt", &chunk);
	png->data[png_chunk_end(&chunk) - 1] ^= 1;
}

static void unknown_remark(struct bytes *png)
{
	patch_make_with_extra(png, "IDAT", "biRd", "chirp", 5);
}

static void bytes_after_end(struct bytes *png)
{
	patch_make_valid(png);
	bytes_add(png, "and then some", 13);
}

static void missing_end(struct bytes *png)
{
	struct chunk chunk = patch_make_and_find(png, "IEND");

	png->size = chunk.content - 8;
}

static void missing_adler(struct bytes *png)
{
	struct bytes valid = { 0 };
	struct chunk chunk = patch_make_and_find(&valid, "IDAT");

	bytes_add(png, valid.data, chunk.content - 8);
	png_add_chunk(png, "IDAT", valid.data + chunk.content, chunk.length - 4);
	png_add_chunk(png, "IEND", NULL, 0);
	bytes_finish(&valid);
}

/* Equal rows of noise: the data refer back by 301 bytes, the zlib header announces 256. */
static void small_window(struct bytes *png)
{
	enum { WIDTH = 300, HEIGHT = 8 };
	struct bytes rows = { 0 };
	struct chunk chunk;

	bytes_add_fill(&rows, 0, (size_t)HEIGHT * (1 + WIDTH));
	for (size_t i = 0; i < rows.size; i++)
		if (i % (1 + WIDTH))
			rows.data[i] = (uint8_t)((uint32_t)(i % (1 + WIDTH)) * 2654435761u >> 13);
	png_add_signature(png);
	png_add_header(png, WIDTH, HEIGHT, 8, PNG_COLOR_TYPE_GRAY, false);
	patch_add_rows(png, &rows);
	png_find_chunk(png, "IDAT", &chunk);
	png->data[chunk.content] = 0x08;
	png->data[chunk.content + 1] = 31 - 0x0800 % 31;
	png_update_crc(png, &chunk);
	bytes_finish(&rows);
}

int write_tolerated(const struct file_sink *sink)
{
	static const struct patch patches[] = {
		{ "extra-rows.png", extra_rows },
		{ "extra-megabytes.png", extra_megabytes },
		{ "text-bomb.png", text_bomb },
		{ "bad-remark-checksum.png", bad_remark_checksum },
		{ "unknown-remark.png", unknown_remark },
		{ "bytes-after-end.png", bytes_after_end },
		{ "missing-end.png", missing_end },
		{ "missing-adler.png", missing_adler },
		{ "small-window.png", small_window },
	};

	return patch_each(sink, patches, sizeof(patches) / sizeof(patches[0]));
}
