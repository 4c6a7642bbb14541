/* SPDX-License-Identifier: MIT
 *
 * Makes the pixels that presenters show of pictures in other formats, with premultiplied alpha, or
 * that are to be turned. Others of B, G, R and a fourth byte stay as they are, without a copy.
 *
 * Main thread, unless said otherwise. */
#ifndef SHMFLIP_VIEWER_CONVERSION_H
#define SHMFLIP_VIEWER_CONVERSION_H

#include <stdbool.h>

#include "appearance.h"
#include "present/picture.h"
#include "shared_buffers.h"

struct conversion {
	struct appearance appearance;
	struct shared_buffers buffers;
};

void conversion_init(struct conversion *conversion, const struct appearance *appearance);
void conversion_finish(struct conversion *conversion);

bool conversion_is_needed(const struct picture *picture);

/* Converts the picture of a frame, if needed, to a buffer that belongs to the frame until
 * conversion_release(). Errors: see shared_buffers_take(). */
int conversion_apply(struct conversion *conversion, struct picture *picture);

/* Call when no presenter reads the picture of this frame any more. Any thread. */
void conversion_release(struct conversion *conversion, const struct shmflip_frame *frame);

/* Converts a picture that is shown again, or before the last one, to memory of the caller: rows as
 * they are shown, without padding. */
void conversion_write(struct conversion *conversion, const struct picture *picture,
                      uint32_t *pixels);

/* Converts one pixel of a source, with its full range: what colour it has as a picture. Colours
 * that are multiplied by alpha stay so. */
uint32_t conversion_of_pixel(const struct pixel_source *source, uint32_t x, uint32_t y);

#endif
