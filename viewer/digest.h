/* SPDX-License-Identifier: MIT
 *
 * A checksum of a frame's pixels as they came, whatever their strides: a CRC-32. Any thread.
 *
 *   RGB and gray of 8 bits  of the rows as RGBA bytes. So it does not depend on the format. Opaque
 *                           pixels have an alpha of 255, and gray ones three times the same sample
 *   others                  of the bytes that ffmpeg's rawvideo has: the rows of each plane */
#ifndef SHMFLIP_VIEWER_DIGEST_H
#define SHMFLIP_VIEWER_DIGEST_H

#include <stdint.h>
#include <stdio.h>

#include "present/picture.h"

uint32_t digest_crc(const struct pixel_source *source);

/* Writes the line "SEQUENCE WIDTH HEIGHT CRC NAME" and flushes it. A missing name is written as -,
 * and control characters in a name as ?. Returns 0 or a negative errno. */
int digest_print(FILE *out, const struct picture *picture);

#endif
