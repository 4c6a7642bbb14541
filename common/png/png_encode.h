/* SPDX-License-Identifier: MIT
 *
 * Writes a frame as a PNG. Shared by the programs; not part of the library. Any thread. */
#ifndef SHMFLIP_PNG_ENCODE_H
#define SHMFLIP_PNG_ENCODE_H

#include <stdio.h>

#include "shmflip.h"

/* Writes RGB for an opaque frame, else RGBA, compressed for speed. Blocks on the file. Returns
 * 0, or a negative errno, after which part of the file may be written. */
int png_encode(FILE *file, const struct shmflip_frame_info *info, const uint8_t *pixels);

#endif
