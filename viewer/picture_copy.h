/* SPDX-License-Identifier: MIT
 *
 * A copy of a picture's pixels as they came, in this process's memory, for the time after its frame
 * is released. Main thread. */
#ifndef SHMFLIP_VIEWER_PICTURE_COPY_H
#define SHMFLIP_VIEWER_PICTURE_COPY_H

#include <stddef.h>

#include "present/picture.h"

struct picture_copy {
	struct picture_info info;
	struct pixel_source source; /* rows without padding */
	uint8_t *bytes;             /* of the source's planes. NULL: there is no copy */
	size_t room_bytes;          /* how many there is room for */
};

/* How much memory a copy needs. */
size_t picture_copy_bytes(const struct pixel_source *source);

/* -ENOMEM: copy is unchanged. */
int picture_copy_init(struct picture_copy *copy, const struct picture_info *info,
                      const struct pixel_source *source);

/* The same, in the memory of an earlier copy or of a zero-initialised one. -ENOMEM: there is no
 * copy. */
int picture_copy_replace(struct picture_copy *copy, const struct picture_info *info,
                         const struct pixel_source *source);

void picture_copy_finish(struct picture_copy *copy);

#endif
