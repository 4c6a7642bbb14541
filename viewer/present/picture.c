/* SPDX-License-Identifier: MIT */
#include "picture.h"

#include <stdio.h>

#define PIXEL_BYTES 4

/* Presenters show pixels of these formats as they are. */
static void show_as_it_is(struct picture *picture)
{
	const struct pixel_source *source = &picture->source;

	picture->stride_bytes = PIXEL_BYTES * source->width;
	if (source->format->order != ORDER_BGRA)
		return;
	picture->pixels = source->plane[0].pixels;
	picture->stride_bytes = (uint32_t)source->plane[0].stride_bytes;
}

int picture_of_frame(struct picture *picture, const struct shmflip_frame *frame)
{
	struct picture made = { .frame = frame };
	int error = pixel_source_init(&made.source, frame);

	if (error)
		return error;
	made.info.sequence = frame->sequence;
	made.info.published_ns = frame->published_ns;
	made.info.width = frame->width;
	made.info.height = frame->height;
	made.info.fourcc = frame->fourcc;
	made.info.opaque = !made.source.format->alpha;
	made.info.colour = frame->colour;
	snprintf(made.info.source, sizeof(made.info.source), "%s", frame->source);
	show_as_it_is(&made);
	if (made.pixels)
		made.segment = shmflip_frame_segment(frame);
	*picture = made;
	return 0;
}

struct picture picture_of_source(const struct picture_info *info, const struct pixel_source *source)
{
	struct picture picture = { .info = *info, .source = *source };

	show_as_it_is(&picture);
	return picture;
}

struct picture picture_of_copy(const struct picture_info *info, const uint32_t *pixels)
{
	const struct shmflip_frame frame = {
		.fourcc = info->opaque ? SHMFLIP_XRGB8888 : SHMFLIP_ARGB8888,
		.width = info->width,
		.height = info->height,
		.planes = 1,
		.colour = info->colour,
		.plane = { { .pixels = (const uint8_t *)pixels,
		             .stride_bytes = PIXEL_BYTES * info->width,
		             .rows = info->height } },
	};
	struct picture picture = { .info = *info };

	/* Knows the format, and finds its rows long enough. */
	(void)pixel_source_init(&picture.source, &frame);
	show_as_it_is(&picture);
	return picture;
}

uint32_t picture_alpha_floor(const struct picture_info *info)
{
	return info->opaque ? UINT32_C(0xff000000) : 0;
}
