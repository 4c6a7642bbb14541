/* SPDX-License-Identifier: MIT
 *
 * Writes a picture of any format as a PNG: see png_samples.h. Compresses for speed: see png_band.h
 * and png_deflate.h. Shared by the programs; not part of the library. */
#ifndef SHMFLIP_PNG_ENCODE_H
#define SHMFLIP_PNG_ENCODE_H

#include "png_encoder.h"

struct pixel_source;

/* Calls write for each part of the file, in this thread; a part has at most 450 KiB, or twice a
 * longer row. The bytes of the file do not depend on the number of jobs. Returns 0, -ENOMEM, or the
 * error of write, after which part of the file is written.
 *   -EFBIG  PNG has no pictures with so many rows or columns, or a row has more than 1 GiB; nothing
 *           is written */
int png_encode(struct png_encoder *encoder, const struct pixel_source *source,
               png_write_function *write, void *context);

#endif
