/* SPDX-License-Identifier: MIT
 *
 * Frames as PNG files in a directory, named by sequence number: 00000001.png. Each producer numbers
 * from 1, so from the second producer on names contain its number: p2-00000001.png. Existing files
 * are replaced. A file gets its name once it is complete.
 *
 * Any thread. Blocks on the disk. Functions return 0 or a negative errno. */
#ifndef SHMFLIP_VIEWER_RECORD_H
#define SHMFLIP_VIEWER_RECORD_H

#include <stdint.h>

#include "pixel_source.h"
#include "png_encode.h"

/* Creates the directory if it is missing. Its parent must exist. */
int record_prepare(const char *dir);

/* producer: 1 for the first that this process saw. A failure leaves no part of the file behind. */
int record_frame(struct png_encoder *encoder, const char *dir, uint64_t producer, uint64_t sequence,
                 const struct pixel_source *source);

#endif
