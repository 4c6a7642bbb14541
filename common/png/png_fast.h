/* SPDX-License-Identifier: MIT
 *
 * The fast path, for every kind of PNG that is not damaged. It inflates the compressed data in
 * bands, into the far end of the memory that the pixels fill from the front, and unfilters each
 * band while it is in the cache: see png_unfilter.h. It declines all that is irregular, so that
 * libpng alone decides what is damaged, and how.
 *
 * An object serves one thread at a time. It keeps memory from picture to picture: for the
 * compressed data, for some rows, and for the inflated data of interlaced pictures. Does not
 * block. */
#ifndef SHMFLIP_PNG_FAST_H
#define SHMFLIP_PNG_FAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct png_chunk;
struct png_fast;

/* What the chunks before the first IDAT say, all of it checked. */
struct png_fast_format {
	uint32_t width;
	uint32_t height;
	uint32_t stride_bytes;
	uint32_t fourcc;   /* of the pixels, as in png_decode_options; XRGB8888 may have alpha */
	unsigned depth;    /* bits per sample */
	unsigned channels; /* of the file */
	bool has_alpha;    /* some pixels may be transparent */
	bool interlaced;
	bool has_key;    /* pixels of one colour are transparent; not if colour_count is set */
	uint16_t key[3]; /* red, green, blue, in samples of the file */
	unsigned colour_count;   /* of the palette or of grey below 8 bits; 0: neither */
	uint8_t colours[256][4]; /* blue, green, red, alpha */
};

/* inflater: the index for png_inflater_name(). unfilter: the index for png_unfilter_get(). 0 is the
 * fastest. Returns NULL if memory runs out or there is no such variant. */
struct png_fast *png_fast_create(unsigned inflater, unsigned unfilter);
/* Accepts NULL. */
void png_fast_destroy(struct png_fast *fast);

/* Returns how many bytes a picture of this size needs in one of the formats of png_decode(): those
 * of its layout, a few rows, and about 33 KiB. UINT64_MAX if the size is invalid. */
uint64_t png_fast_buffer_size(uint32_t fourcc, uint32_t width, uint32_t height);

/* Decodes all IDATs, starting with the first, and checks what follows. *opaque: every alpha is
 * full. Returns false if it declines; the pixels_size bytes of pixels are then undefined. */
bool png_fast_decode(struct png_fast *fast, const struct png_fast_format *format,
                     const struct png_chunk *idat, uint8_t *pixels, uint64_t pixels_size,
                     bool *opaque);

#endif
