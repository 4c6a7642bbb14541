/* SPDX-License-Identifier: MIT
 *
 * What stands before raw pixels: the headers of PGM, PPM and PAM, and of Y4M, whose frames have a line
 * of their own each. Pure; any thread. */
#ifndef SHMFLIP_PRODUCER_INPUT_RAW_HEADER_H
#define SHMFLIP_PRODUCER_INPUT_RAW_HEADER_H

#include <stdbool.h>
#include <stdint.h>

#include "raw_format.h"
#include "raw_yuv.h"

/* A header that is longer is none. */
#define RAW_HEADER_BYTES_MAX 4096

/* What the pixels of a frame look like. */
struct raw_layout {
	const struct raw_format *format;
	uint32_t width;
	uint32_t height;
	uint32_t maximum; /* of a sample; above 255 samples have two bytes, the higher first */
	bool no_chroma;   /* there is only the first of three planes */
	struct raw_yuv yuv;
};

/* Frames of 8 bits, video of limited range. NULL, or what is wrong: too large to count. Video of more
 * than 576 rows is taken for BT.709, else for BT.601. */
const char *raw_layout_init(struct raw_layout *layout, const struct raw_format *format,
                            uint32_t width, uint32_t height);

/* Of a packed row. */
uint64_t raw_layout_row_bytes(const struct raw_layout *layout);

/* Of the whole frame. */
uint64_t raw_layout_bytes(const struct raw_layout *layout);

/* Whether this is a whole header of a PGM, PPM or PAM. */
bool raw_header_pnm_is_whole(const char *text);

/* Takes such a header apart. NULL, or what is wrong with it. */
const char *raw_header_pnm(const char *text, struct raw_layout *layout);

/* Takes the first line of a Y4M stream apart. fps_milli: frames in 1000 seconds; 0: not said. NULL, or
 * what is wrong with it. */
const char *raw_header_y4m(const char *text, struct raw_layout *layout, uint32_t *fps_milli);

#endif
