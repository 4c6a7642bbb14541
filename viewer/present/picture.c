/* SPDX-License-Identifier: MIT */
#include "picture.h"

#include <stdio.h>

#include "pixel_orientation.h"

#define PIXEL_BYTES 4

static bool is_turned(const struct picture_info *info)
{
	return info->orientation > 1;
}

/* Presenters show pixels of these formats as they are, if they are not to be turned, and their
 * alpha is straight. */
static void show_as_it_is(struct picture *picture)
{
	const struct pixel_source *source = &picture->source;

	picture->stride_bytes = PIXEL_BYTES * picture->info.width;
	if (source->format->order != ORDER_BGRA || source->premultiplied ||
	    is_turned(&picture->info))
		return;
	picture->pixels = source->plane[0].pixels;
	picture->stride_bytes = (uint32_t)source->plane[0].stride_bytes;
}

static void set_shape(struct picture_info *info, const struct pixel_source *source,
                      uint32_t orientation)
{
	info->orientation = orientation;
	info->width = source->width;
	info->height = source->height;
	info->aspect_num = source->aspect_num;
	info->aspect_den = source->aspect_den;
	if (!pixel_orientation_swaps(orientation))
		return;
	info->width = source->height;
	info->height = source->width;
	info->aspect_num = source->aspect_den;
	info->aspect_den = source->aspect_num;
}

int picture_of_frame(struct picture *picture, const struct shmflip_frame *frame, bool turn)
{
	struct picture made = { .frame = frame };
	int error = pixel_source_init(&made.source, frame);

	if (error)
		return error;
	made.info.sequence = frame->sequence;
	made.info.published_ns = frame->published_ns;
	made.info.fourcc = frame->fourcc;
	set_shape(&made.info, &made.source, turn ? made.source.orientation : 0);
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
	picture.pixels = picture.source.plane[0].pixels;
	picture.stride_bytes = PIXEL_BYTES * info->width;
	return picture;
}

struct point picture_find_in_frame(const struct picture_info *info, struct point shown)
{
	struct pixel_area pixel = { (uint32_t)shown.x, (uint32_t)shown.y, 1, 1 };
	uint32_t width = info->width, height = info->height;

	if (pixel_orientation_swaps(info->orientation)) {
		width = info->height;
		height = info->width;
	}
	pixel = pixel_orientation_find(info->orientation, width, height, pixel);
	return (struct point){ (int)pixel.x, (int)pixel.y };
}

uint32_t picture_alpha_floor(const struct picture_info *info)
{
	return info->opaque ? UINT32_C(0xff000000) : 0;
}
