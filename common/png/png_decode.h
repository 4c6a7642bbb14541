/* SPDX-License-Identifier: MIT
 *
 * Decodes a whole PNG in memory to pixels, straight into their final rows: 32-bit pixels of the
 * bytes blue, green, red, and alpha or 255, for which 16 bits are rounded to 8; or the samples as
 * they are, in the channel's byte order. Reads every kind of PNG, and applies no gamma. No input
 * makes it write outside the given memory. Does not block; any thread.
 *
 * A picture is damaged if pixels are missing or their checksums are wrong. Faults that do not
 * touch the pixels only cause a warning: a wrong CRC of an ancillary chunk, data after the last
 * row, a missing end (of the compressed data, their checksum, or IEND). A zlib header that
 * announces too small a window is no fault: browsers and ffmpeg ignore it too. */
#ifndef SHMFLIP_PNG_DECODE_H
#define SHMFLIP_PNG_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct png_fast;

struct png_decode_options {
	uint32_t fourcc; /* 0, XRGB8888: 32-bit pixels. Else that of png_header_format(), or XB48 in
	                  * place of AB48, which makes alpha undefined */
	bool flatten;    /* blend transparent pixels onto background */
	uint32_t background;   /* 0xRRGGBB */
	uint64_t pixels_size;  /* bytes that may be written: best png_fast_buffer_size() */
	struct png_fast *fast; /* the fast path, see png_fast.h; NULL: libpng alone */
};

struct png_decoded {
	uint32_t width;
	uint32_t height;
	uint32_t stride_bytes; /* as from shmflip_format_layout() */
	uint32_t format;       /* enum shmflip_format: ARGB8888 and ABGR16161616 only if some pixel
	                        * is not opaque */
	char message[96];      /* of a failure, or the first warning; "": none */
	bool fast;             /* decoded by the fast path */
};

/* Returns 0 if the picture is whole. After a failure only message is valid, and the pixels are
 * undefined.
 *
 *   -EBADMSG   damaged
 *   -EMSGSIZE  larger than pixels_size
 *   -EINVAL    the PNG does not have the format
 *   -ENOMEM    out of memory */
int png_decode(const uint8_t *png, size_t size, const struct png_decode_options *options,
               uint8_t *pixels, struct png_decoded *picture);

#endif
