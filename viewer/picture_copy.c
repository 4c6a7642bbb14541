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

static int make_room(struct picture_copy *copy, size_t bytes)
{
	if (bytes <= copy->room_bytes)
		return 0;
	picture_copy_finish(copy);
	copy->bytes = malloc(bytes);
	if (!copy->bytes)
		return -ENOMEM;
	copy->room_bytes = bytes;
	return 0;
}

int picture_copy_replace(struct picture_copy *copy, const struct picture_info *info,
                         const struct pixel_source *source)
{
	int error = make_room(copy, picture_copy_bytes(source));
	uint8_t *out = copy->bytes;

	if (error)
		return error;
	copy->info = *info;
	copy->source = *source;
	for (unsigned i = 0; i < source->format->planes; i++) {
		copy_plane(source, i, out);
		copy->source.plane[i].pixels = out;
		copy->source.plane[i].stride_bytes = copy->source.plane[i].row_bytes;
		out += plane_bytes(&source->plane[i]);
	}
	return 0;
}

int picture_copy_init(struct picture_copy *copy, const struct picture_info *info,
                      const struct pixel_source *source)
{
	struct picture_copy made = { 0 };
	int error = picture_copy_replace(&made, info, source);

	if (!error)
		*copy = made;
	return error;
}

void picture_copy_finish(struct picture_copy *copy)
{
	free(copy->bytes);
	copy->bytes = NULL;
	copy->room_bytes = 0;
}
