/* SPDX-License-Identifier: MIT */
#include "pixel_format.h"

#include <stddef.h>

#include "shmflip.h"

/* clang-format off */
static const struct pixel_format formats[] = {
	{ SHMFLIP_XRGB8888, PIXEL_RGB, ORDER_BGRA, 8, 1, false, 0, 0, 0, { 4 } },
	{ SHMFLIP_ARGB8888, PIXEL_RGB, ORDER_BGRA, 8, 1, true, 0, 0, 0, { 4 } },
	{ SHMFLIP_XBGR8888, PIXEL_RGB, ORDER_RGBA, 8, 1, false, 0, 0, 0, { 4 } },
	{ SHMFLIP_ABGR8888, PIXEL_RGB, ORDER_RGBA, 8, 1, true, 0, 0, 0, { 4 } },
	{ SHMFLIP_RGB888, PIXEL_RGB, ORDER_BGR, 8, 1, false, 0, 0, 0, { 3 } },
	{ SHMFLIP_BGR888, PIXEL_RGB, ORDER_RGB, 8, 1, false, 0, 0, 0, { 3 } },
	{ SHMFLIP_R8, PIXEL_GRAY, ORDER_GRAY_8, 8, 1, false, 0, 0, 0, { 1 } },
	{ SHMFLIP_R16, PIXEL_VALUE, ORDER_GRAY_16, 16, 1, false, 0, 0, 0, { 2 } },
	{ SHMFLIP_R32F, PIXEL_VALUE, ORDER_FLOAT, 32, 1, false, 0, 0, 0, { 4 } },
	{ SHMFLIP_XBGR16161616, PIXEL_RGBA16, ORDER_RGBA_16, 16, 1, false, 0, 0, 0, { 8 } },
	{ SHMFLIP_ABGR16161616, PIXEL_RGBA16, ORDER_RGBA_16, 16, 1, true, 0, 0, 0, { 8 } },
	{ SHMFLIP_YUYV, PIXEL_YUV, ORDER_YUYV_8, 8, 1, false, 1, 1, 0, { 4 } },
	{ SHMFLIP_UYVY, PIXEL_YUV, ORDER_UYVY_8, 8, 1, false, 1, 1, 0, { 4 } },
	{ SHMFLIP_NV12, PIXEL_YUV, ORDER_Y_UV_8, 8, 2, false, 0, 1, 1, { 1, 2 } },
	{ SHMFLIP_NV21, PIXEL_YUV, ORDER_Y_VU_8, 8, 2, false, 0, 1, 1, { 1, 2 } },
	{ SHMFLIP_NV16, PIXEL_YUV, ORDER_Y_UV_8, 8, 2, false, 0, 1, 0, { 1, 2 } },
	{ SHMFLIP_YUV420, PIXEL_YUV, ORDER_Y_U_V_8, 8, 3, false, 0, 1, 1, { 1, 1, 1 } },
	{ SHMFLIP_YUV422, PIXEL_YUV, ORDER_Y_U_V_8, 8, 3, false, 0, 1, 0, { 1, 1, 1 } },
	{ SHMFLIP_YUV444, PIXEL_YUV, ORDER_YUV444_8, 8, 3, false, 0, 0, 0, { 1, 1, 1 } },
	{ SHMFLIP_P010, PIXEL_YUV, ORDER_Y_UV_HIGH, 10, 2, false, 0, 1, 1, { 2, 4 } },
	{ SHMFLIP_S010, PIXEL_YUV, ORDER_Y_U_V_LOW, 10, 3, false, 0, 1, 1, { 2, 2, 2 } },
	{ SHMFLIP_S210, PIXEL_YUV, ORDER_Y_U_V_LOW, 10, 3, false, 0, 1, 0, { 2, 2, 2 } },
	{ SHMFLIP_S410, PIXEL_YUV, ORDER_YUV444_LOW, 10, 3, false, 0, 0, 0, { 2, 2, 2 } },
};
/* clang-format on */

enum { FORMATS = sizeof(formats) / sizeof(formats[0]) };

const struct pixel_format *pixel_format_get(unsigned index)
{
	return index < FORMATS ? &formats[index] : NULL;
}

const struct pixel_format *pixel_format_find(uint32_t fourcc)
{
	for (unsigned i = 0; i < FORMATS; i++) {
		if (formats[i].fourcc == fourcc)
			return &formats[i];
	}
	return NULL;
}

/* The format with the same samples that has alpha, or has none. */
static uint32_t find_twin(uint32_t fourcc, bool alpha)
{
	const struct pixel_format *format = pixel_format_find(fourcc);

	for (unsigned i = 0; format && format->alpha != alpha && i < FORMATS; i++) {
		if (formats[i].order == format->order && formats[i].alpha == alpha)
			return formats[i].fourcc;
	}
	return fourcc;
}

uint32_t pixel_format_opaque(uint32_t fourcc)
{
	return find_twin(fourcc, false);
}

uint32_t pixel_format_with_alpha(uint32_t fourcc)
{
	return find_twin(fourcc, true);
}
