/* SPDX-License-Identifier: MIT */
#include "digest.h"

#include <errno.h>
#include <inttypes.h>
#include <zlib.h>

#include "text.h"

#define CHUNK_PIXELS 1024

static void to_rgba(uint8_t *rgba, const uint8_t *bgra, uint32_t pixels, uint8_t alpha_floor)
{
	for (uint32_t i = 0; i < pixels; i++, rgba += 4, bgra += 4) {
		rgba[0] = bgra[2];
		rgba[1] = bgra[1];
		rgba[2] = bgra[0];
		rgba[3] = bgra[3] | alpha_floor;
	}
}

static uint32_t row_crc(uint32_t crc, const uint8_t *row, uint32_t width, uint8_t alpha_floor)
{
	uint8_t rgba[4 * CHUNK_PIXELS];

	while (width > 0) {
		uint32_t pixels = width < CHUNK_PIXELS ? width : CHUNK_PIXELS;

		to_rgba(rgba, row, pixels, alpha_floor);
		crc = (uint32_t)crc32(crc, rgba, 4 * pixels);
		row += (size_t)4 * pixels;
		width -= pixels;
	}
	return crc;
}

uint32_t digest_crc(const struct picture *picture)
{
	uint8_t alpha_floor = picture_alpha_floor(&picture->info) >> 24;
	uint32_t crc = 0;

	const struct pixel_plane *plane = &picture->source.plane[0];

	for (uint32_t y = 0; y < picture->source.height; y++)
		crc = row_crc(crc, plane->pixels + y * plane->stride_bytes, picture->source.width,
		              alpha_floor);
	return crc;
}

int digest_print(FILE *out, const struct picture *picture)
{
	const struct picture_info *info = &picture->info;
	char name[sizeof(info->source)];

	text_copy_plain(name, sizeof(name), *info->source ? info->source : "-");
	if (fprintf(out, "%" PRIu64 " %" PRIu32 " %" PRIu32 " %08" PRIx32 " %s\n", info->sequence,
	            picture->source.width, picture->source.height, digest_crc(picture), name) < 0 ||
	    fflush(out) != 0)
		return -errno;
	return 0;
}
