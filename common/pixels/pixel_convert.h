/* SPDX-License-Identifier: MIT
 *
 * Converts pixels of every format to 32-bit pixels: the bytes blue, green, red, and alpha, which is
 * 255 if the format is opaque.
 *
 *   YUV    Each result differs by at most 1 from that of real numbers, clamped to 0 and 255. Chroma
 *          that covers several pixels is repeated, not interpolated.
 *   gray   8 bits: limited range is widened to full range.
 *   RGB    8 bits: as they are, also if the frame says that their range is limited.
 *   value  16 bits and float: by range and colour map, rounded to one of 256 steps.
 *   RGB of 16 bits: by range, each channel rounded to 8 bits. Alpha goes from 0 to white.
 *
 * Alpha is straight in the result. Colours that are multiplied by it are divided first: see
 * pixel_unpremultiply.h.
 *
 * There is a variant in plain C, and one for each instruction set that helps. All give the same
 * bits. Pure; any thread. */
#ifndef SHMFLIP_PIXEL_CONVERT_H
#define SHMFLIP_PIXEL_CONVERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "colour_map.h"
#include "pixel_range.h"
#include "pixel_source.h"

/* How to show 16-bit and float pixels. Others ignore it. */
struct pixel_appearance {
	struct pixel_range range;
	enum colour_map map;   /* of PIXEL_VALUE */
	bool zero_is_no_value; /* of PIXEL_VALUE: 0 gets COLOUR_OF_NO_VALUE. NaN always does */
};

/* The full range, gray, 0 black: what a picture of 16 bits looks like. */
struct pixel_appearance pixel_appearance_full(const struct pixel_source *source);

struct pixel_rows; /* the code for an instruction set */

/* The coefficients of YUV: see pixel_rows.h. */
struct pixel_yuv {
	int16_t black; /* the luma of black */
	int16_t luma;
	int16_t v_red, u_green, v_green, u_blue; /* green: negative */
};

/* Private. Cheap to make: anew for each frame. */
struct pixel_converter {
	struct pixel_source source;
	struct pixel_yuv yuv;
	float low, scale;  /* of values: a step is (value - low) * scale */
	float alpha_scale; /* of 16-bit alpha */
	bool zero_is_no_value;
	bool is_full_16;                        /* 16-bit RGB goes from 0 to 65535, alpha too */
	uint32_t alpha_floor;                   /* 0xff000000: opaque */
	uint32_t colours[COLOUR_MAP_STEPS + 1]; /* the last: no value */
	const struct pixel_rows *rows;
};

/* Chooses the fastest variant. Copies the source, but not the pixels. appearance: NULL is
 * pixel_appearance_full(). */
void pixel_converter_init(struct pixel_converter *converter, const struct pixel_source *source,
                          const struct pixel_appearance *appearance);

/* Converts width x height pixels from x, y on. They lie inside of the source. Writes 4 * width
 * bytes for each row, and nothing in between. out needs no alignment. */
void pixel_convert(const struct pixel_converter *converter, uint32_t x, uint32_t y, uint32_t width,
                   uint32_t height, uint8_t *out, size_t stride_bytes);

/* For tests and benchmarks: the names of the variants that this machine can run. Index 0 is the
 * fastest, and the last is plain C. NULL after the last. */
const char *pixel_variant_name(unsigned index);

/* Makes a converter use that variant. */
void pixel_converter_use(struct pixel_converter *converter, unsigned variant);

#endif
