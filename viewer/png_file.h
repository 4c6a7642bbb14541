/* SPDX-License-Identifier: MIT
 *
 * A picture as a PNG file. Any thread. Blocks on the disk. */
#ifndef SHMFLIP_VIEWER_PNG_FILE_H
#define SHMFLIP_VIEWER_PNG_FILE_H

#include <stdbool.h>

#include "pixel_source.h"
#include "png_encode.h"

/* Writes to .NAME.part beside the path, and renames that once it is complete. So a process that is
 * killed leaves no part of a file under the path. After a failure, the path is as it was.
 * Returns 0 or a negative errno.
 *   -EEXIST  replace is false, and the path exists, or another process writes to it */
int png_file_write(struct png_encoder *encoder, const char *path, bool replace,
                   const struct pixel_source *source);

#endif
