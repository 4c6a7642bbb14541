/* SPDX-License-Identifier: MIT */
#include "patch.h"

#include "png_case.h"

#include <png.h>

void patch_make_valid(struct bytes *png)
{
	const struct png_case png_case = { .colour_type = PNG_COLOR_TYPE_RGB,
		                           .depth = 8,
		                           .width = PATCH_SIDE,
		                           .height = PATCH_SIDE };

	png_case_write(&png_case, png);
}

struct chunk patch_make_and_find(struct bytes *png, const char *type)
{
	struct chunk chunk = { 0 };

	patch_make_valid(png);
	png_find_chunk(png, type, &chunk);
	return chunk;
}

void patch_make_with_extra(struct bytes *png, const char *before, const char *type,
                           const void *content, size_t length)
{
	struct bytes valid = { 0 };
	struct chunk chunk = patch_make_and_find(&valid, before);
	size_t start = chunk.content - 8;

	bytes_add(png, valid.data, start);
	png_add_chunk(png, type, content, length);
	bytes_add(png, valid.data + start, valid.size - start);
	bytes_finish(&valid);
}

void patch_add_rows(struct bytes *png, const struct bytes *rows)
{
	struct bytes data = { 0 };

	bytes_add_compressed(&data, rows->data, rows->size, 9);
	png_add_chunk(png, "IDAT", data.data, data.size);
	png_add_chunk(png, "IEND", NULL, 0);
	bytes_finish(&data);
}

void patch_make_zeros(struct bytes *png, uint32_t width, uint32_t height, uint8_t depth,
                      uint8_t colour_type, size_t rows_bytes)
{
	struct bytes rows = { 0 };

	bytes_add_fill(&rows, 0, rows_bytes);
	png_add_signature(png);
	png_add_header(png, width, height, depth, colour_type, false);
	patch_add_rows(png, &rows);
	bytes_finish(&rows);
}

void patch_make_zero_rows(struct bytes *png, size_t rows_bytes)
{
	patch_make_zeros(png, PATCH_SIDE, PATCH_SIDE, 8, PNG_COLOR_TYPE_RGB, rows_bytes);
}

int patch_each(const struct file_sink *sink, const struct patch *patches, size_t count)
{
	int status = 0;

	for (size_t i = 0; i < count && !status; i++) {
		struct bytes png = { 0 };

		patches[i].make(&png);
		status = sink->handle(sink->context, patches[i].name, &png);
		bytes_finish(&png);
	}
	return status;
}
