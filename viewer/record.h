/* SPDX-License-Identifier: MIT
 *
 * Frames as PNG files in a directory, named by sequence number: 00000001.png. Numbers start over with
 * each producer, so from the second producer on the names say which: p2-00000001.png. Earlier files
 * of these names are replaced. A file is complete as soon as it has its name.
 *
 * Blocks on the disk. Errors: 0 or a negative errno. */
#ifndef VIEWER_RECORD_H
#define VIEWER_RECORD_H

#include "shmflip.h"

/* Makes the directory if it is missing; its parent must be there. */
int record_prepare(const char *dir);

/* producer: 1 for the first that this program saw. After a failure no part of the file is left. */
int record_frame(const char *dir, uint64_t producer, const struct shmflip_frame_info *info,
                 const uint8_t *pixels);

#endif
