/* SPDX-License-Identifier: MIT */
#include "png_maker.h"

#include <zlib.h>

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

/* Adds the filter byte 0 and every step_x-th pixel of a row from x on. */
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
	struct bytes packed = { 0 };

	bytes_add_compressed(&packed, plain->data, plain->size, Z_DEFAULT_COMPRESSION);
	return packed;
}

void add_header(struct bytes *png, const struct png_spec *spec)
{
	png_add_header(png, spec->width, spec->height, spec->depth, spec->colour_type,
	               spec->interlaced);
}

void add_palette(struct bytes *png, const struct png_spec *spec)
{
	if (spec->palette.size)
		png_add_chunk(png, "PLTE", spec->palette.data, spec->palette.size);
	if (spec->trns.size)
		png_add_chunk(png, "tRNS", spec->trns.data, spec->trns.size);
}

struct bytes make_beginning(const struct png_spec *spec)
{
	struct bytes png = { 0 };

	png_add_signature(&png);
	add_header(&png, spec);
	add_palette(&png, spec);
	return png;
}

void add_rows_and_end(struct bytes *png, const struct bytes *rows, size_t chunk_bytes)
{
	struct bytes packed = compressed(rows);

	for (size_t at = 0; at < packed.size; at += chunk_bytes) {
		size_t size = packed.size - at;

		png_add_chunk(png, "IDAT", packed.data + at,
		              size < chunk_bytes ? size : chunk_bytes);
	}
	png_add_chunk(png, "IEND", NULL, 0);
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
