/* SPDX-License-Identifier: MIT */
#include "planes.h"

#include <string.h>

gsize gst_shmflip_plane_bytes(const struct shmflip_layout *layout, guint plane, gsize stride)
{
	return stride * (layout->rows[plane] - 1) + layout->row_bytes[plane];
}

void gst_shmflip_plane_copy(const struct shmflip_layout *layout, guint plane, guint8 *to,
                            gsize to_stride, const guint8 *from, gsize from_stride)
{
	if (to_stride == from_stride) {
		memcpy(to, from, gst_shmflip_plane_bytes(layout, plane, from_stride));
		return;
	}
	for (guint row = 0; row < layout->rows[plane]; row++)
		memcpy(to + row * to_stride, from + row * from_stride, layout->row_bytes[plane]);
}
