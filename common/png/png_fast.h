/* SPDX-License-Identifier: MIT
 *
 * The short way for what frames nearly always are: not interlaced, at most 8 bits a sample, no colour key,
 * and nothing wrong. All compressed data are inflated in one go into the far end of the very memory that
 * the pixels fill from the front, and unfiltered from there: see png_unfilter.h. Whatever is out of the
 * ordinary it declines, so that libpng alone decides what is damaged, and says how.
 *
 * An object serves one thread at a time, and keeps memory from picture to picture: that of the compressed
 * data, and of a row. Does not block. */
#ifndef SHMFLIP_PNG_FAST_H
#define SHMFLIP_PNG_FAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct png_fast;

/* What stands before the first IDAT, all of it known to be right. */
struct png_fast_format {
	uint32_t width;
	uint32_t height;
	uint32_t stride_bytes;
	unsigned depth;          /* bits of a sample: at most 8 */
	unsigned channels;       /* of the file */
	unsigned colour_count;   /* of a palette, which grey of few bits is too; 0: there is none */
	uint8_t colours[256][4]; /* blue, green, red, alpha */
};

struct png_fast_result {
	const uint8_t *rest; /* behind the last IDAT */
	bool opaque;         /* every alpha is 255 */
};

/* Made of what is fastest here, or, for tests and benchmarks, with zlib although libdeflate may be there, and
 * with another instruction set than the best: the index for png_unfilter_get(). NULL: out of memory, or
 * no such instruction set. Destroying takes NULL. */
struct png_fast *png_fast_create(bool zlib_alone, unsigned unfilter);
void png_fast_destroy(struct png_fast *fast);

/* How many bytes it wants for a picture of this size: those of shmflip_frame_size() and a few rows more;
 * UINT64_MAX when there is no such picture. */
uint64_t png_fast_buffer_size(uint32_t width, uint32_t height);

/* Decodes the IDATs from the first one on, and finds what follows the last. False: declined, and the
 * pixels_size bytes of pixels are undefined. */
bool png_fast_decode(struct png_fast *fast, const struct png_fast_format *kind, const uint8_t *idat,
                     const uint8_t *end, uint8_t *pixels, uint64_t pixels_size,
                     struct png_fast_result *result);

#endif
