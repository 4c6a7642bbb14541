/* SPDX-License-Identifier: MIT
 *
 * Makes the pixels that presenters show of pictures in other formats, or that are to be turned.
 * Others of B, G, R and a fourth byte stay as they are, without a copy.
 *
 * Main thread, unless said otherwise. */
#ifndef SHMFLIP_VIEWER_CONVERSION_H
#define SHMFLIP_VIEWER_CONVERSION_H

#include <stdbool.h>

#include "present/picture.h"
#include "shared_buffers.h"

struct conversion {
	struct shared_buffers buffers;
};

void conversion_init(struct conversion *conversion);
void conversion_finish(struct conversion *conversion);

bool conversion_is_needed(const struct picture *picture);

/* Converts the picture of a frame, if needed, to a buffer that belongs to the frame until
 * conversion_release(). Errors: see shared_buffers_take(). */
int conversion_apply(struct conversion *conversion, struct picture *picture);

/* Call when nobody reads the picture of this frame any more. Any thread. */
void conversion_release(struct conversion *conversion, const struct shmflip_frame *frame);

/* Writes the pixels of a picture's source as bytes B, G, R, A: rows without padding, as they are
 * shown. */
void conversion_write(struct conversion *conversion, const struct picture *picture,
                      uint32_t *pixels);

#endif
