/* SPDX-License-Identifier: MIT */
#include "picture.h"

#include <stdio.h>

struct picture picture_of_frame(const struct shmflip_frame *frame)
{
	struct picture picture = {
		.info = {
			.sequence = frame->sequence,
			.published_ns = frame->published_ns,
			.width = frame->width,
			.height = frame->height,
			.opaque = frame->fourcc == SHMFLIP_XRGB8888,
		},
		.frame = frame,
		.segment = shmflip_frame_segment(frame),
		.pixels = frame->plane[0].pixels,
		.stride_bytes = frame->plane[0].stride_bytes,
	};

	snprintf(picture.info.source, sizeof(picture.info.source), "%s", frame->source);
	return picture;
}

struct picture picture_of_copy(const struct picture_info *info, const uint32_t *pixels)
{
	return (struct picture){
		.info = *info,
		.pixels = (const uint8_t *)pixels,
		.stride_bytes = 4 * info->width,
	};
}

uint32_t picture_alpha_floor(const struct picture_info *info)
{
	return info->opaque ? UINT32_C(0xff000000) : 0;
}
