/* SPDX-License-Identifier: MIT */
#include "picture_copy.h"

#include <errno.h>
#include <stdlib.h>

static size_t plane_bytes(const struct pixel_plane *plane)
{
	return plane->row_bytes * plane->rows;
}

size_t picture_copy_bytes(const struct pixel_source *source)
{
	size_t bytes = plane_bytes(&source->plane[0]);

	for (unsigned i = 1; i < source->format->planes; i++)
		bytes += plane_bytes(&source->plane[i]);
	return bytes;
}

static void copy_plane(const struct pixel_source *source, unsigned plane, uint8_t *out)
{
	for (uint32_t y = 0; y < source->plane[plane].rows;
	     y++, out += source->plane[plane].row_bytes)
		pixel_source_copy_row(source, plane, y, out);
}

int picture_copy_init(struct picture_copy *copy, const struct picture_info *info,
                      const struct pixel_source *source)
{
	struct picture_copy made = { .info = *info, .source = *source };
	uint8_t *out = made.bytes = malloc(picture_copy_bytes(source));

	if (!made.bytes)
		return -ENOMEM;
	for (unsigned i = 0; i < source->format->planes; i++) {
		copy_plane(source, i, out);
		made.source.plane[i].pixels = out;
		made.source.plane[i].stride_bytes = made.source.plane[i].row_bytes;
		out += plane_bytes(&source->plane[i]);
	}
	*copy = made;
	return 0;
}

void picture_copy_finish(struct picture_copy *copy)
{
	free(copy->bytes);
	copy->bytes = NULL;
}
