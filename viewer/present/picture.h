/* SPDX-License-Identifier: MIT
 *
 * A picture: the pixels of a frame where they lie, or a copy of them in this process's memory. Any
 * thread. */
#ifndef SHMFLIP_VIEWER_PRESENT_PICTURE_H
#define SHMFLIP_VIEWER_PRESENT_PICTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "shmflip.h"

/* What stays known of a picture after its frame is released. */
struct picture_info {
	uint64_t sequence;    /* the frame's */
	int64_t published_ns; /* likewise */
	uint32_t width;
	uint32_t height;
	bool opaque; /* the fourth byte of each pixel is undefined; else it is alpha */
	char source[SHMFLIP_SOURCE_MAX + 1];
};

/* Points to the pixels of a frame that is held, or of a copy. Does not own them. */
struct picture {
	struct picture_info info;
	const struct shmflip_frame *frame;     /* NULL: a copy */
	const struct shmflip_segment *segment; /* where the frame lies; NULL: a copy */
	const uint8_t *pixels;                 /* bytes B G R, and the fourth */
	uint32_t stride_bytes;
};

/* The picture of a frame, valid as long as the frame. Reads no pixel. */
struct picture picture_of_frame(const struct shmflip_frame *frame);

/* The picture of pixels that this process has copied: rows without padding. */
struct picture picture_of_copy(const struct picture_info *info, const uint32_t *pixels);

/* What makes the pixels of this picture opaque, by bitwise or: 0 if they have alpha. */
uint32_t picture_alpha_floor(const struct picture_info *info);

#endif
