/* SPDX-License-Identifier: MIT
 *
 * Reads the pixels of an announced frame to their destination. Those that stay as they come are
 * read straight there, and so are ours. Others pass through a buffer that converts a few rows at a
 * time as they arrive. Only video that is converted needs the whole frame in memory first. Blocks
 * until bytes arrive. One thread. */
#ifndef SHMFLIP_PRODUCER_INPUT_RAW_PIXELS_H
#define SHMFLIP_PRODUCER_INPUT_RAW_PIXELS_H

#include <stdbool.h>
#include <stdint.h>

#include "raw_stream.h"

struct raw_target {
	uint8_t *pixels;                     /* of plane 0 */
	const struct shmflip_layout *layout; /* of frames of the stream's output */
	bool flatten;                        /* blend transparent pixels onto background */
	uint32_t background;
	uint32_t
		fourcc; /* result: of the output, or that of the same bytes with or without alpha */
};

/* Reads the pixels of the announced frame.
 * -EBADMSG  truncated
 * -EINTR    interrupted or cancelled
 * -ENOMEM
 * or the error of read(2). */
int raw_pixels_read(struct raw_stream *stream, struct raw_target *target);

#endif
