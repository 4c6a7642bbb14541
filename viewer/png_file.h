/* SPDX-License-Identifier: MIT
 *
 * A picture as a PNG file. Any thread. Blocks on the disk. */
#ifndef SHMFLIP_VIEWER_PNG_FILE_H
#define SHMFLIP_VIEWER_PNG_FILE_H

#include <stdbool.h>

#include "pixel_source.h"
#include "png_encode.h"

/* Writes the file. A file that was opened is removed after a failure, also one that was replaced.
 * Returns 0 or a negative errno.
 *   -EEXIST  the path exists, and replace is false */
int png_file_write(struct png_encoder *encoder, const char *path, bool replace,
                   const struct pixel_source *source);

#endif
