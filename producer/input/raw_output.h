/* SPDX-License-Identifier: MIT
 *
 * Decides which format raw pixels have in the channel: as they come, or ours. Pure; any thread. */
#ifndef SHMFLIP_PRODUCER_INPUT_RAW_OUTPUT_H
#define SHMFLIP_PRODUCER_INPUT_RAW_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "raw_header.h"

/* What the user wants. */
struct pixels {
	enum {
		PIXELS_BGRA,  /* ours */
		PIXELS_AUTO,  /* ours if they hold the frame exactly, else as it comes */
		PIXELS_FILE,  /* as it comes if the channel has a format for it */
		PIXELS_FORMAT /* this format, if the frame has its bytes */
	} choice;
	uint32_t fourcc; /* of PIXELS_FORMAT */
};

/* What becomes of a frame. */
struct raw_output {
	uint32_t fourcc; /* of ours, that with an undefined byte: see raw_pixels.h */
	bool kept;       /* the samples stay what they are */
	struct shmflip_colour colour;
};

/* Returns NULL, or why the frame cannot be as the user wants it: a static string. */
const char *raw_output_choose(const struct raw_layout *layout, const struct pixels *pixels,
                              struct raw_output *output);

/* The same format with an undefined sample in place of alpha; or the format itself. */
uint32_t raw_output_opaque(uint32_t fourcc);

#endif
