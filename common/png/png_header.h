/* SPDX-License-Identifier: MIT
 *
 * Parses the first 33 bytes of a PNG: the signature and the IHDR chunk. They are enough to size
 * slots, and to reject a frame before decoding. Pure; any thread. */
#ifndef SHMFLIP_PNG_HEADER_H
#define SHMFLIP_PNG_HEADER_H

#include <stddef.h>
#include <stdint.h>

struct shmflip_layout;

#define PNG_SIGNATURE_BYTES 8
#define PNG_HEADER_BYTES 33

extern const uint8_t png_signature[PNG_SIGNATURE_BYTES];

struct png_header {
	uint32_t width;  /* 1 to 2^31 - 1 */
	uint32_t height; /* 1 to 2^31 - 1 */
};

/* Returns the big-endian number at bytes. */
uint32_t png_read_u32(const uint8_t *bytes);

/* Returns 0, or -EBADMSG and sets *reason to a static string. */
int png_header_parse(const uint8_t *png, size_t size, struct png_header *header,
                     const char **reason);

/* How the pixels of a picture lie: like those of every frame in XRGB8888 or ARGB8888. Returns the
 * errors of shmflip_format_layout(). */
int png_layout(uint32_t width, uint32_t height, struct shmflip_layout *layout);

#endif
