/* SPDX-License-Identifier: MIT
 *
 * Writes a picture of any format as a PNG: see png_samples.h. Shared by the programs; not part of
 * the library. Any thread. */
#ifndef SHMFLIP_PNG_ENCODE_H
#define SHMFLIP_PNG_ENCODE_H

#include <stdio.h>

struct pixel_source;

/* Compresses for speed. Blocks on the file. Returns 0, or a negative errno, after which part of the
 * file may be written. */
int png_encode(FILE *file, const struct pixel_source *source);

#endif
