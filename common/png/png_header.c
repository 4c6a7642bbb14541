/* SPDX-License-Identifier: MIT */
#include "png_header.h"

#include <errno.h>
#include <string.h>

#include "png_sums.h"
#include "shmflip.h"

/* Offsets from the start of the file. */
enum { LENGTH = 8, TYPE = 12, WIDTH = 16, HEIGHT = 20, DEPTH = 24, COLOUR_TYPE = 25, CRC = 29 };
enum { IHDR_DATA_BYTES = 13, SIDE_MAX = INT32_MAX };

/* A chunk has a length, type, data and CRC. Only a hostile PNG has so many before its pixels. */
enum { CHUNK_BYTES = 12, CHUNKS_MAX = 1000 };

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
	if (png_crc32(PNG_CRC32_START, png + TYPE, CRC - TYPE) != png_read_u32(png + CRC))
		return "damaged: bad CRC of IHDR";
	return NULL;
}

bool png_header_add_chunk(struct png_header *header, const uint8_t head[PNG_CHUNK_HEAD_BYTES])
{
	if (header->chunks == 0 || memcmp(head + 4, "IDAT", 4) == 0)
		return false;
	header->has_colour_key = memcmp(head + 4, "tRNS", 4) == 0;
	header->chunk_offset += CHUNK_BYTES + (uint64_t)png_read_u32(head);
	header->chunks--;
	return !header->has_colour_key;
}

/* Only gray and RGB have a colour key. */
static void find_colour_key(const uint8_t *png, size_t size, struct png_header *header)
{
	bool may_have = header->colour_type == PNG_GRAY || header->colour_type == PNG_RGB;

	header->chunk_offset = PNG_HEADER_BYTES;
	header->chunks = may_have ? CHUNKS_MAX : 0;
	while (size >= PNG_CHUNK_HEAD_BYTES &&
	       header->chunk_offset <= size - PNG_CHUNK_HEAD_BYTES &&
	       png_header_add_chunk(header, png + header->chunk_offset))
		continue;
}

int png_header_parse(const uint8_t *png, size_t size, struct png_header *header,
                     const char **reason)
{
	const char *fault = find_fault(png, size);

	if (!fault) {
		uint32_t width = png_read_u32(png + WIDTH), height = png_read_u32(png + HEIGHT);

		if (width - 1 < SIDE_MAX && height - 1 < SIDE_MAX) {
			*header = (struct png_header){ .width = width,
				                       .height = height,
				                       .depth = png[DEPTH],
				                       .colour_type = png[COLOUR_TYPE] };
			find_colour_key(png, size, header);
			return 0;
		}
		fault = "damaged: impossible size";
	}
	*reason = fault;
	return -EBADMSG;
}

static uint32_t format_of_16_bits(const struct png_header *header)
{
	switch (header->colour_type) {
	case PNG_GRAY:
		return header->has_colour_key ? SHMFLIP_ABGR16161616 : SHMFLIP_R16;
	case PNG_RGB:
		return header->has_colour_key ? SHMFLIP_ABGR16161616 : SHMFLIP_XBGR16161616;
	case PNG_GRAY_ALPHA:
	case PNG_RGB_ALPHA:
		return SHMFLIP_ABGR16161616;
	default:
		return 0;
	}
}

uint32_t png_header_format(const struct png_header *header)
{
	if (header->depth == 16)
		return format_of_16_bits(header);
	if (header->depth > 8 || header->has_colour_key)
		return 0;
	if (header->colour_type == PNG_GRAY)
		return SHMFLIP_R8;
	return header->colour_type == PNG_RGB ? SHMFLIP_BGR888 : 0;
}

bool png_has_format(uint32_t fourcc)
{
	return fourcc == SHMFLIP_R8 || fourcc == SHMFLIP_BGR888 || fourcc == SHMFLIP_R16 ||
	       fourcc == SHMFLIP_XBGR16161616 || fourcc == SHMFLIP_ABGR16161616;
}

int png_layout(uint32_t width, uint32_t height, struct shmflip_layout *layout)
{
	shmflip_init(layout);
	return shmflip_format_layout(SHMFLIP_XRGB8888, width, height, layout);
}
