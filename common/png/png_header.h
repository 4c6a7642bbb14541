/* SPDX-License-Identifier: MIT
 *
 * Parses the first 33 bytes of a PNG: the signature and the IHDR chunk. Chooses the pixel formats
 * that its pixels can have. That is enough to size slots, and to reject a frame before decoding.
 * Pure; any thread. */
#ifndef SHMFLIP_PNG_HEADER_H
#define SHMFLIP_PNG_HEADER_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct shmflip_layout;

#define PNG_SIGNATURE_BYTES 8
#define PNG_HEADER_BYTES 33
#define PNG_CHUNK_HEAD_BYTES 8

extern const uint8_t png_signature[PNG_SIGNATURE_BYTES];

/* Colour types of IHDR. */
enum { PNG_GRAY = 0, PNG_RGB = 2, PNG_PALETTE = 3, PNG_GRAY_ALPHA = 4, PNG_RGB_ALPHA = 6 };

struct png_header {
	uint32_t width;  /* 1 to 2^31 - 1 */
	uint32_t height; /* 1 to 2^31 - 1 */
	uint8_t depth;   /* bits of a sample: 1 to 16 in a valid PNG */
	uint8_t colour_type;
	bool has_colour_key;   /* gray or RGB with a transparent colour */
	uint64_t chunk_offset; /* private: where to continue the search for the colour key */
	unsigned chunks;       /* likewise: that are left to search */
};

/* Returns the big-endian number at bytes. */
uint32_t png_read_u32(const uint8_t *bytes);

/* Writes it there, and returns where the next byte goes. */
static inline uint8_t *png_write_u32(uint8_t *bytes, uint32_t number)
{
	number = htobe32(number);
	memcpy(bytes, &number, sizeof(number));
	return bytes + sizeof(number);
}

/* Finds the colour key only as far as the bytes go. Returns 0, or -EBADMSG and sets *reason to a
 * static string. */
int png_header_parse(const uint8_t *png, size_t size, struct png_header *header,
                     const char **reason);

/* Continues the search with the length and type of a chunk, which are at header->chunk_offset in
 * the file. Returns whether there is more to search. */
bool png_header_add_chunk(struct png_header *header, const uint8_t head[PNG_CHUNK_HEAD_BYTES]);

/* The channel's format that keeps all samples as they are: R8, BG24, R16, XB48 or AB48. 0: none
 * does. Then only our pixels hold the PNG, exactly: XRGB8888 and ARGB8888. */
uint32_t png_header_format(const struct png_header *header);

/* Whether any PNG has this format, by png_header_format() or with alpha left out. */
bool png_has_format(uint32_t fourcc);

/* How the pixels of a picture lie: like those of every frame in XRGB8888 or ARGB8888. Returns the
 * errors of shmflip_format_layout(). */
int png_layout(uint32_t width, uint32_t height, struct shmflip_layout *layout);

#endif
