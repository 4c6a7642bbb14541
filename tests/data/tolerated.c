/* SPDX-License-Identifier: MIT */
#include "file_sink.h"
#include "patch.h"

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

int write_tolerated(const struct file_sink *sink)
{
	static const struct patch patches[] = {
		{ "extra-rows.png", extra_rows },
		{ "extra-megabytes.png", extra_megabytes },
		{ "text-bomb.png", text_bomb },
		{ "bad-remark-checksum.png", bad_remark_checksum },
		{ "unknown-remark.png", unknown_remark },
		{ "bytes-after-end.png", bytes_after_end },
	};

	return patch_each(sink, patches, sizeof(patches) / sizeof(patches[0]));
}
