/* SPDX-License-Identifier: MIT */
#include "png_colour.h"

#include "h273.h"
#include "png_chunks.h"

enum { CICP_BYTES = 4, DEPTH_MAX = 16 };

/* Primaries, transfer, matrix, and 1 for full range. */
static const char *parse_cicp(const uint8_t *data, size_t length, struct shmflip_colour *colour)
{
	if (length != CICP_BYTES || data[3] > 1)
		return "cICP is damaged: colour is unknown";
	if (data[2])
		return "cICP names a matrix, but PNGs are RGB: colour is unknown";
	colour->primaries = known_code(data[0]);
	colour->transfer = known_code(data[1]);
	colour->range = data[3] ? RANGE_FULL : RANGE_LIMITED;
	return NULL;
}

/* One byte for each sample of a pixel: of a palette, for those of its colours. */
static void parse_sbit(const uint8_t *data, size_t length, const struct png_header *header,
                       struct shmflip_colour *colour)
{
	/* By colour type. */
	static const uint8_t samples[] = { 1, 0, 3, 3, 2, 0, 4 };
	static const uint8_t colours[] = { 1, 0, 3, 3, 1, 0, 3 };
	uint8_t depth = header->colour_type == PNG_PALETTE ? 8 : header->depth, bits = 0;

	if (depth > DEPTH_MAX || header->colour_type >= sizeof(samples) ||
	    length != samples[header->colour_type])
		return;
	for (size_t i = 0; i < length; i++) {
		if (data[i] == 0 || data[i] > depth)
			return;
		if (i < colours[header->colour_type] && data[i] > bits)
			bits = data[i];
	}
	colour->bits = bits;
}

const char *png_colour_read(const uint8_t *png, size_t size, const struct png_header *header,
                            struct shmflip_colour *colour)
{
	const uint8_t *data;
	size_t length;

	*colour = (struct shmflip_colour){ 0 };
	data = png_chunks_find(png, size, "sBIT", &length);
	if (data)
		parse_sbit(data, length, header, colour);
	data = png_chunks_find(png, size, "cICP", &length);
	return data ? parse_cicp(data, length, colour) : NULL;
}
