/* SPDX-License-Identifier: MIT
 *
 * A whole PNG in memory to 32-bit pixels, row by row straight to where they belong: the bytes blue,
 * green, red, and alpha or 255. Every kind of PNG there is; 16 bits are rounded to 8; no gamma.
 * Whatever the bytes say, no more than the given memory is written. Does not block; any thread.
 *
 * Damaged is a picture that lacks pixels or whose checksums are wrong. What does not touch the
 * pixels is passed over with a warning: a bad CRC of an ancillary chunk, data after the last row. */
#ifndef SHMFLIP_PNG_DECODE_H
#define SHMFLIP_PNG_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct png_fast;

struct png_decode_options {
	bool flatten;          /* blend what is transparent onto background */
	uint32_t background;   /* 0xRRGGBB */
	uint64_t pixels_size;  /* bytes that may be written: best png_fast_buffer_size() */
	struct png_fast *fast; /* the fast path, see png_fast.h; NULL: libpng alone */
};

struct png_decoded {
	uint32_t width;
	uint32_t height;
	uint32_t stride_bytes; /* as shmflip_frame_size() has it */
	uint32_t format;       /* enum shmflip_format: ARGB8888 only if some pixel is not opaque */
	char message[96];      /* of a failure, or the first warning; "": none */
	bool fast;             /* decoded by the fast path */
};

/* 0, and the picture is whole. -EBADMSG: damaged. -EMSGSIZE: larger than pixels_size. -ENOMEM.
 * After a failure only message means anything, and the pixels are undefined. */
int png_decode(const uint8_t *png, size_t size, const struct png_decode_options *options,
               uint8_t *pixels, struct png_decoded *picture);

#endif
