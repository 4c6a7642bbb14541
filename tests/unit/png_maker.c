/* SPDX-License-Identifier: MIT */
#include "png_maker.h"

#include <stdlib.h>
#include <string.h>

#include <zlib.h>

void bytes_add(struct bytes *bytes, const void *data, size_t size)
{
	if (bytes->size + size > bytes->capacity) {
		bytes->capacity = 2 * (bytes->size + size);
		bytes->data = realloc(bytes->data, bytes->capacity);
	}
	if (size)
		memcpy(bytes->data + bytes->size, data, size);
	bytes->size += size;
}

static void bytes_add_number(struct bytes *bytes, uint32_t number)
{
	uint8_t big_endian[4] = { (uint8_t)(number >> 24), (uint8_t)(number >> 16),
		                  (uint8_t)(number >> 8), (uint8_t)number };

	bytes_add(bytes, big_endian, 4);
}

void bytes_finish(struct bytes *bytes)
{
	free(bytes->data);
	*bytes = (struct bytes){ 0 };
}

void add_signature(struct bytes *png)
{
	bytes_add(png, "\x89PNG\r\n\x1a\n", 8);
}

void add_chunk(struct bytes *png, const char *type, const void *data, size_t size)
{
	uLong crc = crc32(0, (const Bytef *)type, 4);

	if (size)
		crc = crc32(crc, data, (uInt)size);
	bytes_add_number(png, (uint32_t)size);
	bytes_add(png, type, 4);
	bytes_add(png, data, size);
	bytes_add_number(png, (uint32_t)crc);
}

void add_header(struct bytes *png, const struct png_spec *spec)
{
	struct bytes header = { 0 };
	uint8_t rest[5] = { spec->depth, spec->colour_type, 0, 0, spec->interlaced };

	bytes_add_number(&header, spec->width);
	bytes_add_number(&header, spec->height);
	bytes_add(&header, rest, sizeof(rest));
	add_chunk(png, "IHDR", header.data, header.size);
	bytes_finish(&header);
}

unsigned channels_of(uint8_t colour_type)
{
	static const unsigned channels[] = { 1, 0, 3, 1, 2, 0, 4 };

	return channels[colour_type];
}

static void add_byte(struct bytes *bytes, unsigned byte)
{
	uint8_t one = (uint8_t)byte;

	bytes_add(bytes, &one, 1);
}

/* Every step_x-th pixel of a row from x on, behind the filter byte 0. */
static void add_row(struct bytes *rows, const struct png_spec *spec, uint32_t y, uint32_t x,
                    uint32_t step_x)
{
	unsigned packed = 0, bits = 0;

	add_byte(rows, 0);
	for (; x < spec->width; x += step_x) {
		for (unsigned c = 0; c < channels_of(spec->colour_type); c++) {
			unsigned value = spec->sample(x, y, c);

			if (spec->depth == 16)
				add_byte(rows, value >> 8);
			packed = spec->depth < 8 ? packed << spec->depth : 0;
			packed |= value & ((1u << spec->depth) - 1);
			bits += spec->depth;
			if (bits % 8 == 0)
				add_byte(rows, packed);
		}
	}
	if (bits % 8)
		add_byte(rows, packed << (8 - bits % 8));
}

struct bytes make_rows(const struct png_spec *spec)
{
	static const uint32_t passes[7][4] = { { 0, 0, 8, 8 }, { 4, 0, 8, 8 }, { 0, 4, 4, 8 },
		                               { 2, 0, 4, 4 }, { 0, 2, 2, 4 }, { 1, 0, 2, 2 },
		                               { 0, 1, 1, 2 } };
	static const uint32_t all[4] = { 0, 0, 1, 1 };
	struct bytes rows = { 0 };

	for (int i = 0; i < (spec->interlaced ? 7 : 1); i++) {
		const uint32_t *pass = spec->interlaced ? passes[i] : all;

		for (uint32_t y = pass[1]; y < spec->height && pass[0] < spec->width; y += pass[3])
			add_row(&rows, spec, y, pass[0], pass[2]);
	}
	return rows;
}

struct bytes compressed(const struct bytes *plain)
{
	uLongf size = compressBound((uLong)plain->size);
	struct bytes packed = { .data = malloc(size) };

	compress(packed.data, &size, plain->data, (uLong)plain->size);
	packed.size = size;
	return packed;
}

struct bytes make_beginning(const struct png_spec *spec)
{
	struct bytes png = { 0 };

	add_signature(&png);
	add_header(&png, spec);
	if (spec->palette.size)
		add_chunk(&png, "PLTE", spec->palette.data, spec->palette.size);
	if (spec->trns.size)
		add_chunk(&png, "tRNS", spec->trns.data, spec->trns.size);
	return png;
}

void add_rows_and_end(struct bytes *png, const struct bytes *rows, size_t chunk_bytes)
{
	struct bytes packed = compressed(rows);

	for (size_t at = 0; at < packed.size; at += chunk_bytes) {
		size_t left = packed.size - at;

		add_chunk(png, "IDAT", packed.data + at, left < chunk_bytes ? left : chunk_bytes);
	}
	add_chunk(png, "IEND", NULL, 0);
	bytes_finish(&packed);
}

struct bytes make_png(const struct png_spec *spec)
{
	struct bytes png = make_beginning(spec);
	struct bytes rows = make_rows(spec);

	add_rows_and_end(&png, &rows, 8192);
	bytes_finish(&rows);
	return png;
}
