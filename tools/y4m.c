/* SPDX-License-Identifier: MIT
 *
 * YUV4MPEG2, as mjpegtools defines it (yuv4mpeg(5)). The stream cannot name its matrix. Programs
 * then assume BT.601 with limited range: luma 16 to 235, chroma 16 to 240. Coefficients are
 * those of ITU-R BT.601-7, section 2.5, times 2^16. */
#include <errno.h>

#include "format.h"

#define FPS_MILLI_DEFAULT 30000
#define HALF (1 << 15)

int y4m_begin(struct out_buffer *output, const struct shmflip_frame_info *info, uint32_t fps_milli)
{
	return out_buffer_printf(
		output, "YUV4MPEG2 W%u H%u F%u:1000 Ip A1:1 C444 XCOLORRANGE=LIMITED\n",
		info->width, info->height, fps_milli ? fps_milli : FPS_MILLI_DEFAULT);
}

static int over_black(int value, int alpha)
{
	return alpha == 255 ? value : (value * alpha + 127) / 255;
}

static void convert_row(uint8_t *const planes[3], const uint8_t *bgra, uint32_t width,
                        int opaque_alpha)
{
	for (uint32_t x = 0; x < width; x++, bgra += 4) {
		int alpha = bgra[3] | opaque_alpha;
		int b = over_black(bgra[0], alpha);
		int g = over_black(bgra[1], alpha);
		int r = over_black(bgra[2], alpha);

		planes[0][x] = (uint8_t)(16 + ((16829 * r + 33039 * g + 6416 * b + HALF) >> 16));
		planes[1][x] = (uint8_t)(128 + ((-9714 * r - 19070 * g + 28784 * b + HALF) >> 16));
		planes[2][x] = (uint8_t)(128 + ((28784 * r - 24103 * g - 4681 * b + HALF) >> 16));
	}
}

int y4m_frame(struct out_buffer *output, const struct shmflip_frame_info *info,
              const uint8_t *pixels)
{
	size_t plane = (size_t)info->width * info->height;
	int opaque_alpha = info->format == SHMFLIP_FORMAT_XRGB8888 ? 255 : 0;
	uint8_t *room;

	if (out_buffer_printf(output, "FRAME\n"))
		return -ENOMEM;
	room = out_buffer_reserve(output, 3 * plane);
	if (!room)
		return -ENOMEM;
	for (uint32_t y = 0; y < info->height; y++) {
		uint8_t *row = room + (size_t)y * info->width;
		uint8_t *const planes[3] = { row, row + plane, row + 2 * plane };

		convert_row(planes, pixels + (size_t)y * info->stride_bytes, info->width,
		            opaque_alpha);
	}
	return 0;
}
