/* SPDX-License-Identifier: MIT
 *
 * What the samples of each pixel format mean. Pure; any thread. */
#ifndef SHMFLIP_PIXEL_FORMAT_H
#define SHMFLIP_PIXEL_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

enum pixel_kind {
	PIXEL_RGB,    /* 8 bits for each of 3 or 4 channels, in this or another order */
	PIXEL_GRAY,   /* 8 bits */
	PIXEL_YUV,    /* 8 or 10 bits */
	PIXEL_VALUE,  /* a number: 16 bits or float. Shown by a range and a colour map */
	PIXEL_RGBA16, /* words R G B A. Shown by a range */
};

/* How the samples lie. _8: bytes. _LOW and _HIGH: in the lower or upper 10 bits of words. */
enum pixel_order {
	ORDER_BGRA,
	ORDER_RGBA,
	ORDER_BGR,
	ORDER_RGB,
	ORDER_GRAY_8,
	ORDER_GRAY_16,
	ORDER_FLOAT,
	ORDER_RGBA_16,
	ORDER_YUYV_8,
	ORDER_UYVY_8,
	ORDER_Y_UV_8, /* planes Y, and U V U V at half the width */
	ORDER_Y_VU_8,
	ORDER_Y_UV_HIGH,
	ORDER_Y_U_V_8, /* three planes; U and V at half the width */
	ORDER_Y_U_V_LOW,
	ORDER_YUV444_8, /* three planes; U and V at full width */
	ORDER_YUV444_LOW,
	PIXEL_ORDERS,
};

struct pixel_format {
	uint32_t fourcc; /* enum shmflip_format */
	enum pixel_kind kind;
	enum pixel_order order;
	uint8_t bits;   /* of a sample; 32: float */
	uint8_t planes; /* 1 to 3 */
	bool alpha;     /* false: opaque. A fourth channel is then undefined */
	uint8_t pair;   /* 1: plane 0 has blocks of two pixels */
	uint8_t chroma_shift_x, chroma_shift_y; /* 1: chroma covers two pixels in this direction */
	uint8_t block_bytes[3];                 /* of each plane: for a pixel, pair or chroma */
};

/* NULL: none of enum shmflip_format. */
const struct pixel_format *pixel_format_find(uint32_t fourcc);

/* The formats by number, to walk through all. NULL after the last. */
const struct pixel_format *pixel_format_get(unsigned index);

/* The same format with an undefined sample in place of alpha, or the reverse. The format itself if
 * there is none. */
uint32_t pixel_format_opaque(uint32_t fourcc);
uint32_t pixel_format_with_alpha(uint32_t fourcc);

#endif
