/* SPDX-License-Identifier: MIT
 *
 * What a PNG says of itself in its first 33 bytes: the signature and the IHDR chunk. Enough to size
 * slots and to turn a frame down before anything of it is decoded. Pure; any thread. */
#ifndef SHMFLIP_PNG_HEADER_H
#define SHMFLIP_PNG_HEADER_H

#include <stddef.h>
#include <stdint.h>

#define PNG_SIGNATURE_BYTES 8
#define PNG_HEADER_BYTES 33

extern const uint8_t png_signature[PNG_SIGNATURE_BYTES];

struct png_header {
	uint32_t width;  /* 1 to 2^31 - 1 */
	uint32_t height; /* 1 to 2^31 - 1 */
};

/* The big-endian number at bytes. */
uint32_t png_read_u32(const uint8_t *bytes);

/* 0, or -EBADMSG with the reason, a static string, in *reason. */
int png_header_parse(const uint8_t *png, size_t size, struct png_header *header,
                     const char **reason);

#endif
