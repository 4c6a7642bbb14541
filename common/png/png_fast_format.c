/* SPDX-License-Identifier: MIT */
#include "png_fast_format.h"

#include <string.h>

#include "png_header.h"

/* Offsets from the start of the file: IHDR is the first chunk. */
enum { DEPTH = 24, COLOUR_TYPE, COMPRESSION, FILTER, INTERLACE };

/* The bits of a colour type. */
enum { INDEXED = 1, COLOURED = 2, WITH_ALPHA = 4 };

enum { TYPE = 4, COLOUR_BYTES = 3, COLOURS_MAX = 256 };

/* What has been read so far. */
struct reader {
	struct png_fast_format *format;
	unsigned colour_type;
	bool has_palette; /* libpng ignores that of a picture without indices */
	bool has_transparency;
};

/* PNG specification, 11.2.2. */
static bool is_valid_depth(unsigned depth, unsigned colour_type)
{
	switch (colour_type) {
	case PNG_GRAY:
		return depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
	case PNG_PALETTE:
		return depth == 1 || depth == 2 || depth == 4 || depth == 8;
	case PNG_RGB:
	case PNG_GRAY_ALPHA:
	case PNG_RGB_ALPHA:
		return depth == 8 || depth == 16;
	default:
		return false;
	}
}

static unsigned count_channels(unsigned colour_type)
{
	unsigned colours = colour_type & COLOURED && !(colour_type & INDEXED) ? 3 : 1;

	return colours + (colour_type & WITH_ALPHA ? 1 : 0);
}

static bool read_header(struct reader *reader, const uint8_t *png)
{
	struct png_fast_format *format = reader->format;

	reader->colour_type = png[COLOUR_TYPE];
	format->depth = png[DEPTH];
	format->channels = count_channels(png[COLOUR_TYPE]);
	format->has_alpha = png[COLOUR_TYPE] & WITH_ALPHA;
	format->interlaced = png[INTERLACE];
	format->has_key = false;
	format->colour_count = 0;
	return is_valid_depth(png[DEPTH], png[COLOUR_TYPE]) && png[COMPRESSION] == 0 &&
	       png[FILTER] == 0 && png[INTERLACE] <= 1;
}

static void set_colours(struct png_fast_format *format, const struct png_chunk *chunk)
{
	const uint8_t *rgb = chunk->data;

	format->colour_count = (unsigned)(chunk->length / COLOUR_BYTES);
	for (unsigned i = 0; i < format->colour_count; i++, rgb += COLOUR_BYTES) {
		uint8_t colour[] = { rgb[2], rgb[1], rgb[0], 255 };

		memcpy(format->colours[i], colour, sizeof(colour));
	}
}

static bool read_palette(struct reader *reader, const struct png_chunk *chunk)
{
	bool indexed = reader->colour_type & INDEXED;
	size_t most = indexed ? 1u << reader->format->depth : COLOURS_MAX;

	if (reader->has_palette || reader->has_transparency || !(reader->colour_type & COLOURED) ||
	    chunk->length == 0 || chunk->length % COLOUR_BYTES ||
	    chunk->length / COLOUR_BYTES > most)
		return false;
	reader->has_palette = true;
	if (indexed)
		set_colours(reader->format, chunk);
	return true;
}

static bool set_alphas(struct png_fast_format *format, const struct png_chunk *chunk)
{
	if (chunk->length == 0 || chunk->length > format->colour_count)
		return false;
	for (size_t i = 0; i < chunk->length; i++)
		format->colours[i][3] = chunk->data[i];
	return true;
}

static bool set_key(struct png_fast_format *format, const struct png_chunk *chunk)
{
	if (chunk->length != 2 * (size_t)format->channels)
		return false;
	for (unsigned i = 0; i < 3; i++) {
		const uint8_t *sample = chunk->data + 2 * (size_t)(i % format->channels);

		format->key[i] = (uint16_t)(sample[0] << 8 | sample[1]);
		if (format->key[i] >> format->depth)
			return false;
	}
	format->has_key = true;
	return true;
}

static bool read_transparency(struct reader *reader, const struct png_chunk *chunk)
{
	if (reader->has_transparency || reader->colour_type & WITH_ALPHA)
		return false;
	reader->has_transparency = reader->format->has_alpha = true;
	return reader->colour_type & INDEXED ? set_alphas(reader->format, chunk)
	                                     : set_key(reader->format, chunk);
}

static bool is_lowercase(uint8_t byte)
{
	return byte >= 'a' && byte <= 'z';
}

/* The type of an ancillary chunk begins with a lowercase letter. libpng skips all of them but a
 * tRNS before the pixels. */
static bool is_skipped(const struct png_chunk *chunk)
{
	const uint8_t *type = chunk->bytes + TYPE;

	return is_lowercase(type[0]) && is_lowercase(type[1] | 32) && is_lowercase(type[2] | 32) &&
	       is_lowercase(type[3] | 32);
}

static bool is_regular(const struct png_chunk *chunk)
{
	return chunk->length <= PNG_CHUNK_BYTES_MAX && png_chunk_has_right_crc(chunk);
}

static bool read_chunk(struct reader *reader, const struct png_chunk *chunk)
{
	if (!is_regular(chunk))
		return false;
	if (png_chunk_is(chunk, "PLTE"))
		return read_palette(reader, chunk);
	if (png_chunk_is(chunk, "tRNS"))
		return read_transparency(reader, chunk);
	return is_skipped(chunk);
}

/* Grey below 8 bits is decoded like a palette. */
static void make_grey_palette(struct png_fast_format *format)
{
	format->colour_count = 1u << format->depth;
	for (unsigned i = 0; i < format->colour_count; i++) {
		memset(format->colours[i], (int)(255 * i / (format->colour_count - 1)), 3);
		format->colours[i][3] = 255;
	}
	if (format->has_key)
		format->colours[format->key[0]][3] = 0;
	format->has_key = false;
}

bool png_fast_format_read(struct png_fast_format *format, const uint8_t *png, size_t size,
                          struct png_chunk *idat)
{
	struct reader reader = { .format = format };
	struct png_chunk chunk;
	bool found = png_chunk_parse(&chunk, png + PNG_HEADER_BYTES, png + size);

	if (!read_header(&reader, png))
		return false;
	for (; found && !png_chunk_is(&chunk, "IDAT"); found = png_chunk_parse_next(&chunk)) {
		if (!read_chunk(&reader, &chunk))
			return false;
	}
	if (!found || (reader.colour_type & INDEXED && !reader.has_palette))
		return false;
	if (reader.colour_type == PNG_GRAY && format->depth < 8)
		make_grey_palette(format);
	*idat = chunk;
	return true;
}

bool png_fast_format_ends(const struct png_chunk *after_idats)
{
	struct png_chunk chunk = *after_idats;

	while (is_regular(&chunk)) {
		if (png_chunk_is(&chunk, "IEND"))
			return chunk.length == 0;
		if (!is_skipped(&chunk) || !png_chunk_parse_next(&chunk))
			return false;
	}
	return false;
}
