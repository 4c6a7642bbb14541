/* SPDX-License-Identifier: MIT
 *
 * A frame as a PNG. What the programs share; not part of the library. Any thread. */
#ifndef SHMFLIP_PNG_ENCODE_H
#define SHMFLIP_PNG_ENCODE_H

#include <stdio.h>

#include "shmflip.h"

/* Writes RGB for an opaque frame, else RGBA, compressed for speed. Blocks on the file. 0, or a negative
 * errno: then part of it may have been written. */
int png_encode(FILE *file, const struct shmflip_frame_info *info, const uint8_t *pixels);

#endif
