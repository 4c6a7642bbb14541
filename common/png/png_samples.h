/* SPDX-License-Identifier: MIT
 *
 * The samples of the PNG that shows a picture of any format, and what its chunks say of them:
 *
 *   gray   8 and 16 bits: gray, as they are.
 *   RGB    8 bits: RGB or, of formats with alpha, RGBA, as they are. 16 bits likewise.
 *   float  gray of 16 bits: 0 to 1 becomes 0 to 65535. Values below and NaN become 0, values above
 *          65535.
 *   YUV    8 and 10 bits: RGB of 8 bits of full range.
 *
 * White is the largest sample of a PNG. So if white is another value, samples of 16 bits become
 * sample * 65535 / white, rounded, unless they are gray and the frame says what they measure.
 * Samples of limited range stay as they are: cICP says so. Alpha of a PNG is straight. Colours that
 * are multiplied by it are divided, and rounded to the nearest: see pixel_unpremultiply.h.
 *
 * Pure; any thread. */
#ifndef SHMFLIP_PNG_SAMPLES_H
#define SHMFLIP_PNG_SAMPLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pixel_convert.h"
#include "png_filter.h"

enum { PNG_CICP_BYTES = 4, PNG_EXIF_BYTES = 26 };

struct png_samples {
	unsigned depth;               /* bits of a sample: 8 or 16 */
	unsigned channels;            /* of a pixel. 1: gray, 3: RGB, 4: RGBA */
	unsigned significant_bits;    /* for sBIT. 0: all */
	bool has_cicp;                /* the frame says something of its colour */
	uint8_t cicp[PNG_CICP_BYTES]; /* the data of the chunk */
	bool has_exif;                /* the picture is to be shown turned or mirrored */
	uint8_t exif[PNG_EXIF_BYTES];

	struct pixel_converter converter;         /* has a copy of the source */
	const struct png_filter_variant *variant; /* of the instruction set */

	/* Private. */
	uint32_t white;
};

/* The pixels of the source must live as long as the samples are used. */
void png_samples_init(struct png_samples *samples, const struct pixel_source *source);

unsigned png_samples_pixel_bytes(const struct png_samples *samples);

/* Without the byte that names the row's filter. */
size_t png_samples_row_bytes(const struct png_samples *samples);

/* Writes a row as a PNG has it: words begin with their upper byte. */
void png_samples_row(const struct png_samples *samples, uint32_t y, uint8_t *out);

#endif
