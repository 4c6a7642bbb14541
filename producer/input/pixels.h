/* SPDX-License-Identifier: MIT
 *
 * The one rule for --pixels: whether a frame's samples stay what they are in the channel, or become
 * our pixels of blue, green, red and one more byte. It holds for raw frames and for PNGs. Pure; any
 * thread. */
#ifndef SHMFLIP_PRODUCER_INPUT_PIXELS_H
#define SHMFLIP_PRODUCER_INPUT_PIXELS_H

#include <stdbool.h>
#include <stdint.h>

#include "shmflip.h"

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

/* Chooses the format of a frame. own: the channel's format for the samples as they are; 0: there is
 * none. exact: our pixels hold all of them. *fourcc: XRGB8888 stands for ours. Returns false if the
 * user wants another format than the frame has. */
bool pixels_choose(const struct pixels *pixels, uint32_t own, bool exact, uint32_t *fourcc);

/* Whether own matters for that choice. */
bool pixels_need_own(const struct pixels *pixels, bool exact);

#endif
