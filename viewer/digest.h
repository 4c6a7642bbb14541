/* SPDX-License-Identifier: MIT
 *
 * A frame's fingerprint, the same whatever its format and stride: the CRC-32 of its rows as RGBA
 * bytes without padding, where opaque pixels have an alpha of 255. Any thread. */
#ifndef VIEWER_DIGEST_H
#define VIEWER_DIGEST_H

#include <stdint.h>
#include <stdio.h>

#include "shmflip.h"

uint32_t digest_crc(const struct shmflip_frame_info *info, const uint8_t *pixels);

/* Writes "SEQUENCE WIDTH HEIGHT CRC NAME" as a line at once. A frame without a name has -, and
 * control characters in a name become ?. 0 or a negative errno. */
int digest_print(FILE *out, const struct shmflip_frame_info *info, const uint8_t *pixels);

#endif
