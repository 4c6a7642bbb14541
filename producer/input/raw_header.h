/* SPDX-License-Identifier: MIT
 *
 * Describes raw pixels, and parses the first line of a Y4M stream. Each frame of a Y4M also has a
 * line of its own, which raw_stream.c checks. Images with a header each: pnm_header.h. Pure; any
 * thread. */
#ifndef SHMFLIP_PRODUCER_INPUT_RAW_HEADER_H
#define SHMFLIP_PRODUCER_INPUT_RAW_HEADER_H

#include <stdint.h>

#include "frame_rate.h"
#include "raw_format.h"
#include "shmflip.h"

/* A longer header is invalid. */
#define RAW_HEADER_BYTES_MAX 4096

/* The pixels of a frame. */
struct raw_layout {
	const struct raw_format *format;
	uint32_t width;
	uint32_t height;
	uint32_t maximum; /* of a sample, in PNM; above 255: samples of two bytes, the high one
	                   * first. Others: 255 */
	struct shmflip_colour colour; /* as the stream says */
	uint32_t aspect_num;          /* of a pixel. 0: not known: shown as square */
	uint32_t aspect_den;
};

/* Describes frames of which nothing else is known. Returns NULL, or what is wrong: a size that is 0
 * or too large. */
const char *raw_layout_init(struct raw_layout *layout, const struct raw_format *format,
                            uint32_t width, uint32_t height);

/* The size of a row of RGB or gray. */
uint64_t raw_layout_row_bytes(const struct raw_layout *layout);

/* The size of the frame. */
uint64_t raw_layout_bytes(const struct raw_layout *layout);

/* Parses the first line of a Y4M stream. rate: as the line names it. Returns NULL, or what is wrong
 * with the line. */
const char *raw_header_y4m(const char *text, struct raw_layout *layout, struct frame_rate *rate);

#endif
