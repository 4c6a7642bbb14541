/* SPDX-License-Identifier: MIT */
#include "png_header.h"

#include <errno.h>
#include <string.h>
#include <zlib.h>

#include "shmflip.h"

/* Offsets from the start of the file. */
enum { LENGTH = 8, TYPE = 12, WIDTH = 16, HEIGHT = 20, CRC = 29 };
enum { IHDR_DATA_BYTES = 13, SIDE_MAX = INT32_MAX };

const uint8_t png_signature[PNG_SIGNATURE_BYTES] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };

uint32_t png_read_u32(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
	       bytes[3];
}

static const char *find_fault(const uint8_t *png, size_t size)
{
	if (size == 0)
		return "empty";
	if (memcmp(png, png_signature, size < PNG_SIGNATURE_BYTES ? size : PNG_SIGNATURE_BYTES))
		return "not a PNG";
	if (size < PNG_HEADER_BYTES)
		return "truncated";
	if (png_read_u32(png + LENGTH) != IHDR_DATA_BYTES || memcmp(png + TYPE, "IHDR", 4))
		return "damaged: does not begin with IHDR";
	if (crc32(0, png + TYPE, CRC - TYPE) != png_read_u32(png + CRC))
		return "damaged: bad CRC of IHDR";
	return NULL;
}

int png_header_parse(const uint8_t *png, size_t size, struct png_header *header,
                     const char **reason)
{
	const char *fault = find_fault(png, size);

	if (!fault) {
		uint32_t width = png_read_u32(png + WIDTH), height = png_read_u32(png + HEIGHT);

		if (width - 1 < SIDE_MAX && height - 1 < SIDE_MAX) {
			header->width = width;
			header->height = height;
			return 0;
		}
		fault = "damaged: impossible size";
	}
	*reason = fault;
	return -EBADMSG;
}

int png_layout(uint32_t width, uint32_t height, struct shmflip_layout *layout)
{
	shmflip_init(layout);
	return shmflip_format_layout(SHMFLIP_XRGB8888, width, height, layout);
}
