/* SPDX-License-Identifier: MIT
 *
 * Floats as they lie in pixels. Pure; any thread. */
#ifndef SHMFLIP_READ_FLOAT_H
#define SHMFLIP_READ_FLOAT_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

/* The little-endian float at four bytes, which need no alignment. */
static inline float read_float(const uint8_t *bytes)
{
	uint32_t word;
	float value;

	memcpy(&word, bytes, sizeof(word));
	word = le32toh(word);
	memcpy(&value, &word, sizeof(value));
	return value;
}

#endif
