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

uint32_t digest_crc(const struct shmflip_frame_info *info, const uint8_t *pixels)
{
	uint8_t alpha_floor = info->format == SHMFLIP_FORMAT_XRGB8888 ? 255 : 0;
	uint32_t crc = 0;

	for (uint32_t y = 0; y < info->height; y++)
		crc = row_crc(crc, pixels + (uint64_t)y * info->stride_bytes, info->width,
		              alpha_floor);
	return crc;
}

static void printable_name(char name[SHMFLIP_SOURCE_SIZE], const char *source)
{
	text_copy_plain(name, SHMFLIP_SOURCE_SIZE, *source ? source : "-");
}

int digest_print(FILE *out, const struct shmflip_frame_info *info, const uint8_t *pixels)
{
	char name[SHMFLIP_SOURCE_SIZE];

	printable_name(name, info->source);
	if (fprintf(out, "%" PRIu64 " %" PRIu32 " %" PRIu32 " %08" PRIx32 " %s\n", info->sequence,
	            info->width, info->height, digest_crc(info, pixels), name) < 0 ||
	    fflush(out) != 0)
		return -errno;
	return 0;
}
