/* SPDX-License-Identifier: MIT
 *
 * Numbers of struct shmflip_colour. */
#ifndef SHMFLIP_H273_H
#define SHMFLIP_H273_H

#include <stdint.h>

enum { RANGE_LIMITED = 1, RANGE_FULL = 2 };

/* ITU-T H.273's, of primaries, transfer and matrix. Like 0: not known. */
enum { CODE_UNSPECIFIED = 2 };

/* 0: not known, whichever of the two says so. */
static inline uint8_t known_code(uint8_t code)
{
	return code == CODE_UNSPECIFIED ? 0 : code;
}

#endif
