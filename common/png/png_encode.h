/* SPDX-License-Identifier: MIT
 *
 * Writes a picture as a PNG. Shared by the programs; not part of the library. Any thread. */
#ifndef SHMFLIP_PNG_ENCODE_H
#define SHMFLIP_PNG_ENCODE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct png_source {
	const uint8_t *pixels; /* bytes B G R, and a fourth */
	uint32_t stride_bytes;
	uint32_t width;
	uint32_t height;
	bool opaque; /* the fourth byte is undefined; else it is alpha */
};

/* Writes RGB for an opaque picture, else RGBA, compressed for speed. Blocks on the file. Returns
 * 0, or a negative errno, after which part of the file may be written. */
int png_encode(FILE *file, const struct png_source *source);

#endif
