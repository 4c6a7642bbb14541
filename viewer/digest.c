/* SPDX-License-Identifier: MIT */
#include "digest.h"

#include <errno.h>
#include <inttypes.h>
#include <zlib.h>

#include "pixel_convert.h"
#include "text.h"

#define CHUNK_PIXELS 1024
#define RGBA_BYTES 4
#define RGBA_16_BYTES 8

static uint32_t chunk_of(uint32_t pixels)
{
	return pixels < CHUNK_PIXELS ? pixels : CHUNK_PIXELS;
}

/* ---- As RGBA -------------------------------------------------------------------------------- */

static void swap_red_and_blue(uint8_t *pixels, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++, pixels += RGBA_BYTES) {
		uint8_t blue = pixels[0];

		pixels[0] = pixels[2];
		pixels[2] = blue;
	}
}

static uint32_t crc_of_rgba_row(const struct pixel_converter *converter, uint32_t y, uint32_t crc)
{
	uint8_t rgba[RGBA_BYTES * CHUNK_PIXELS];
	uint32_t width = converter->source.width, pixels;

	for (uint32_t x = 0; x < width; x += pixels) {
		pixels = chunk_of(width - x);
		pixel_convert(converter, x, y, pixels, 1, rgba, sizeof(rgba));
		swap_red_and_blue(rgba, pixels);
		crc = (uint32_t)crc32(crc, rgba, RGBA_BYTES * pixels);
	}
	return crc;
}

/* Of the samples as they are: gray of limited range is not widened, premultiplied alpha stays. */
static uint32_t crc_as_rgba(const struct pixel_source *source)
{
	struct pixel_source samples = *source;
	struct pixel_converter converter;
	uint32_t crc = 0;

	samples.full_range = true;
	samples.premultiplied = false;
	pixel_converter_init(&converter, &samples, NULL);
	for (uint32_t y = 0; y < source->height; y++)
		crc = crc_of_rgba_row(&converter, y, crc);
	return crc;
}

/* ---- As rawvideo ---------------------------------------------------------------------------- */

/* The fourth word is undefined: see pixel_source_copy_row(). */
static uint32_t crc_of_opaque_row(const struct pixel_source *source, uint32_t y, uint32_t crc)
{
	uint8_t rgba[RGBA_16_BYTES * CHUNK_PIXELS];
	struct pixel_source part = *source;

	for (uint32_t x = 0; x < source->width; x += part.width) {
		part.width = chunk_of(source->width - x);
		part.plane[0].pixels = source->plane[0].pixels + (size_t)RGBA_16_BYTES * x;
		part.plane[0].row_bytes = (size_t)RGBA_16_BYTES * part.width;
		pixel_source_copy_row(&part, 0, y, rgba);
		crc = (uint32_t)crc32_z(crc, rgba, part.plane[0].row_bytes);
	}
	return crc;
}

static uint32_t crc_of_row(const struct pixel_source *source, uint32_t plane, uint32_t y,
                           uint32_t crc)
{
	const struct pixel_plane *from = &source->plane[plane];

	if (source->format->kind == PIXEL_RGBA16 && !source->format->alpha)
		return crc_of_opaque_row(source, y, crc);
	return (uint32_t)crc32_z(crc, from->pixels + y * from->stride_bytes, from->row_bytes);
}

static uint32_t crc_as_rawvideo(const struct pixel_source *source)
{
	uint32_t crc = 0;

	for (uint32_t plane = 0; plane < source->format->planes; plane++) {
		for (uint32_t y = 0; y < source->plane[plane].rows; y++)
			crc = crc_of_row(source, plane, y, crc);
	}
	return crc;
}

uint32_t digest_crc(const struct pixel_source *source)
{
	enum pixel_kind kind = source->format->kind;

	return kind == PIXEL_RGB || kind == PIXEL_GRAY ? crc_as_rgba(source)
	                                               : crc_as_rawvideo(source);
}

int digest_print(FILE *out, const struct picture *picture)
{
	const struct picture_info *info = &picture->info;
	char name[sizeof(info->source)];

	text_copy_plain(name, sizeof(name), *info->source ? info->source : "-");
	if (fprintf(out, "%" PRIu64 " %" PRIu32 " %" PRIu32 " %08" PRIx32 " %s\n", info->sequence,
	            picture->source.width, picture->source.height, digest_crc(&picture->source),
	            name) < 0 ||
	    fflush(out) != 0)
		return -errno;
	return 0;
}
