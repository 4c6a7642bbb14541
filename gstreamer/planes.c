/* SPDX-License-Identifier: MIT */
#include "planes.h"

#include <string.h>

void gst_shmflip_planes_pack(const struct shmflip_frame *frame, guint8 *memory,
                             const GstVideoInfo *info)
{
	struct shmflip_layout layout;

	shmflip_init(&layout);
	/* A frame that was acquired has a layout. */
	if (shmflip_format_layout(frame->fourcc, frame->width, frame->height, &layout))
		return;
	for (uint32_t plane = 0; plane < layout.planes; plane++) {
		const guint8 *from = frame->plane[plane].pixels;
		guint8 *to = memory + info->offset[plane];

		for (uint32_t row = 0; row < layout.rows[plane]; row++) {
			memcpy(to, from, layout.row_bytes[plane]);
			from += frame->plane[plane].stride_bytes;
			to += info->stride[plane];
		}
	}
}
