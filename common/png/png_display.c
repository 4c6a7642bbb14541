/* SPDX-License-Identifier: MIT */
#include "png_display.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "png_chunks.h"
#include "png_header.h"

/* The data of EXIF are a TIFF: a header with the offset of the first directory, which has entries
 * of a tag, a type, a count and a value. */
enum { TIFF_HEADER_BYTES = 8, TIFF_MAGIC = 42, ENTRY_BYTES = 12, SHORT = 3, ORIENTATION = 0x112 };

enum { PHYS_BYTES = 9, METRE = 1 };

struct tiff {
	const uint8_t *bytes;
	size_t size;
	bool is_big_endian;
};

static uint32_t read_number(const struct tiff *tiff, size_t at, size_t bytes)
{
	uint32_t number = 0;

	for (size_t i = 0; i < bytes; i++)
		number = number << 8 | tiff->bytes[at + (tiff->is_big_endian ? i : bytes - 1 - i)];
	return number;
}

static bool has_tiff_header(struct tiff *tiff)
{
	if (tiff->size < TIFF_HEADER_BYTES || tiff->bytes[0] != tiff->bytes[1] ||
	    (tiff->bytes[0] != 'I' && tiff->bytes[0] != 'M'))
		return false;
	tiff->is_big_endian = tiff->bytes[0] == 'M';
	return read_number(tiff, 2, 2) == TIFF_MAGIC;
}

/* 0: no valid orientation. */
static uint32_t parse_exif(const uint8_t *data, size_t size)
{
	struct tiff tiff = { .bytes = data, .size = size };
	size_t at, count;

	if (!has_tiff_header(&tiff))
		return 0;
	at = read_number(&tiff, 4, 4);
	if (at > size - 2)
		return 0;
	count = read_number(&tiff, at, 2);
	for (at += 2; count > 0 && size - at >= ENTRY_BYTES; count--, at += ENTRY_BYTES) {
		uint32_t value = read_number(&tiff, at + 8, 2);

		if (read_number(&tiff, at, 2) == ORIENTATION)
			return read_number(&tiff, at + 2, 2) == SHORT &&
			                       read_number(&tiff, at + 4, 4) == 1 && value <= 8
			               ? value
			               : 0;
	}
	return 0;
}

static uint32_t greatest_common_divisor(uint32_t a, uint32_t b)
{
	while (b) {
		uint32_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/* The rule of viewer/present/geometry.h: a smaller difference comes from rounding. */
static bool is_square(uint32_t across, uint32_t down)
{
	return fabs((double)down / across - 1) < 1.0 / 200;
}

/* Pixels for each metre, or for a unit that is not named. A wide pixel has fewer across. */
static void parse_phys(const uint8_t *data, size_t size, struct png_display *display)
{
	uint32_t across, down, divisor;

	if (size != PHYS_BYTES || data[8] > METRE)
		return;
	across = png_read_u32(data);
	down = png_read_u32(data + 4);
	if (!across || !down || is_square(across, down))
		return;
	divisor = greatest_common_divisor(across, down);
	display->aspect_num = down / divisor;
	display->aspect_den = across / divisor;
}

static bool is_wanted(const struct png_chunk *chunk, const char *type, bool *seen)
{
	if (*seen || !png_chunk_is(chunk, type))
		return false;
	*seen = true;
	return png_chunk_has_right_crc(chunk);
}

void png_display_read(const uint8_t *png, size_t size, struct png_display *display)
{
	bool seen_exif = false, seen_phys = false, found;
	struct png_chunk chunk;

	*display = (struct png_display){ 0 };
	found = size >= PNG_SIGNATURE_BYTES &&
	        png_chunk_parse(&chunk, png + PNG_SIGNATURE_BYTES, png + size);
	for (; found; found = png_chunk_parse_next(&chunk)) {
		if (is_wanted(&chunk, "eXIf", &seen_exif))
			display->orientation = parse_exif(chunk.data, chunk.length);
		else if (is_wanted(&chunk, "pHYs", &seen_phys))
			parse_phys(chunk.data, chunk.length, display);
	}
}
