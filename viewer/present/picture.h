/* SPDX-License-Identifier: MIT
 *
 * A picture: the pixels of a frame where they lie, or a copy of them in this process's memory. Any
 * thread. */
#ifndef SHMFLIP_VIEWER_PRESENT_PICTURE_H
#define SHMFLIP_VIEWER_PRESENT_PICTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "geometry.h"
#include "pixel_source.h"
#include "shmflip.h"

/* What stays known of a picture after its frame is released. */
struct picture_info {
	uint64_t sequence;    /* the frame's */
	int64_t published_ns; /* likewise */
	uint32_t width;       /* as it is shown: turned */
	uint32_t height;
	uint32_t orientation; /* EXIF's: how the frame's pixels are turned. 0, 1: as they lie */
	uint32_t aspect_num;  /* width : height of a pixel, turned. 0: not known: shown as square */
	uint32_t aspect_den;
	uint32_t fourcc; /* enum shmflip_format. 0: not known */
	bool opaque;     /* the fourth byte of each pixel is undefined; else it is alpha */
	struct shmflip_colour colour;
	char source[SHMFLIP_SOURCE_MAX + 1];
};

/* Points to the pixels of a frame that is held, or of a copy. Does not own them. */
struct picture {
	struct picture_info info;
	struct pixel_source source;            /* the pixels as they came */
	const struct shmflip_frame *frame;     /* NULL: a copy */
	const struct shmflip_segment *segment; /* where pixels lie; NULL: in no segment */
	const uint8_t *pixels; /* bytes B G R, and the fourth: what presenters show. Alpha is
	                        * straight. NULL: the source has another format or premultiplied
	                        * alpha, or is to be turned, and was not converted */
	uint32_t stride_bytes; /* of pixels */
};

/* Fills in the picture of a frame, valid as long as the frame. Reads no pixel. turn: apply the
 * frame's orientation.
 * -ENOTSUP  the format is unknown
 * -EINVAL   the frame lacks planes or rows of its format */
int picture_of_frame(struct picture *picture, const struct shmflip_frame *frame, bool turn);

/* The picture of pixels that this process has copied as they are shown: bytes B G R and a fourth,
 * rows without padding. */
struct picture picture_of_copy(const struct picture_info *info, const uint32_t *pixels);

/* The picture of a source that this process has copied. */
struct picture picture_of_source(const struct picture_info *info,
                                 const struct pixel_source *source);

/* The frame's pixel that is shown as this pixel of the picture. */
struct point picture_find_in_frame(const struct picture_info *info, struct point shown);

/* What makes the pixels of this picture opaque, by bitwise or: 0 if they have alpha. */
uint32_t picture_alpha_floor(const struct picture_info *info);

#endif
