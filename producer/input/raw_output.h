/* SPDX-License-Identifier: MIT
 *
 * Decides which format raw pixels have in the channel: as they come, or ours. Pure; any thread. */
#ifndef SHMFLIP_PRODUCER_INPUT_RAW_OUTPUT_H
#define SHMFLIP_PRODUCER_INPUT_RAW_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "pixels.h"
#include "raw_header.h"

/* What becomes of a frame. */
struct raw_output {
	uint32_t fourcc; /* of ours, that with an undefined byte: see raw_pixels.h */
	bool kept;       /* the samples stay what they are */
	struct shmflip_colour colour;
};

/* Returns NULL, or why the frame cannot be as the user wants it: a static string. */
const char *raw_output_choose(const struct raw_layout *layout, const struct pixels *pixels,
                              struct raw_output *output);

#endif
