/* SPDX-License-Identifier: MIT
 *
 * A checksum of a picture that does not depend on its format and stride: the CRC-32 of its rows as
 * RGBA bytes without padding. Pixels of an opaque picture have an alpha of 255. Any thread. */
#ifndef SHMFLIP_VIEWER_DIGEST_H
#define SHMFLIP_VIEWER_DIGEST_H

#include <stdint.h>
#include <stdio.h>

#include "present/picture.h"

uint32_t digest_crc(const struct picture *picture);

/* Writes the line "SEQUENCE WIDTH HEIGHT CRC NAME" and flushes it. A missing name is written as -,
 * and control characters in a name as ?. Returns 0 or a negative errno. */
int digest_print(FILE *out, const struct picture *picture);

#endif
