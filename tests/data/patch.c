/* SPDX-License-Identifier: MIT */
#include "patch.h"

#include "png_case.h"

#include <png.h>

void patch_right(struct bytes *png)
{
	const struct png_case png_case = { .colour_type = PNG_COLOR_TYPE_RGB,
		                           .depth = 8,
		                           .width = PATCH_SIDE,
		                           .height = PATCH_SIDE };

	png_case_write(&png_case, png);
}

struct chunk patch_right_chunk(struct bytes *png, const char *type)
{
	struct chunk chunk = { 0 };

	patch_right(png);
	png_find_chunk(png, type, &chunk);
	return chunk;
}

void patch_right_with(struct bytes *png, const char *before, const char *type, const void *content,
                      size_t length)
{
	struct bytes right = { 0 };
	struct chunk chunk = patch_right_chunk(&right, before);
	size_t start = chunk.content - 8;

	bytes_append(png, right.data, start);
	png_append_chunk(png, type, content, length);
	bytes_append(png, right.data + start, right.size - start);
	bytes_finish(&right);
}

void patch_rows(struct bytes *png, const struct bytes *rows)
{
	struct bytes data = { 0 };

	deflate_append(&data, rows->data, rows->size, 9);
	png_append_chunk(png, "IDAT", data.data, data.size);
	png_append_chunk(png, "IEND", NULL, 0);
	bytes_finish(&data);
}

void patch_zero_rows(struct bytes *png, size_t rows_size)
{
	struct bytes rows = { 0 };

	bytes_append_fill(&rows, 0, rows_size);
	png_append_signature(png);
	png_append_header(png, PATCH_SIDE, PATCH_SIDE, 8, PNG_COLOR_TYPE_RGB);
	patch_rows(png, &rows);
	bytes_finish(&rows);
}

int patch_each(const struct file_sink *sink, const struct patch *patches, size_t count)
{
	int result = 0;

	for (size_t i = 0; i < count && !result; i++) {
		struct bytes png = { 0 };

		patches[i].make(&png);
		result = sink->handle(sink->context, patches[i].name, &png);
		bytes_finish(&png);
	}
	return result;
}
