/* SPDX-License-Identifier: MIT */
#include "format.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pixel_source.h"
#include "png_encode.h"

static const uint8_t *row_of(const struct shmflip_frame *frame, uint32_t y)
{
	return frame->plane[0].pixels + (size_t)y * frame->plane[0].stride_bytes;
}

/* Pixels as in memory, without the padding between rows: ffmpeg calls it bgra, or bgr0. */
static int raw_frame(struct out_buffer *output, const struct shmflip_frame *frame,
                     const struct video *video)
{
	size_t row_bytes = (size_t)frame->width * 4;
	uint8_t *room = out_buffer_reserve(output, row_bytes * frame->height);

	(void)video;
	if (!room)
		return -ENOMEM;
	for (uint32_t y = 0; y < frame->height; y++)
		memcpy(room + y * row_bytes, row_of(frame, y), row_bytes);
	return 0;
}

static void swizzle(uint8_t *out, const uint8_t *bgra, uint32_t width, unsigned depth)
{
	for (uint32_t x = 0; x < width; x++, out += depth, bgra += 4) {
		out[0] = bgra[2];
		out[1] = bgra[1];
		out[2] = bgra[0];
		if (depth == 4)
			out[3] = bgra[3];
	}
}

static int pam_frame(struct out_buffer *output, const struct shmflip_frame *frame,
                     const struct video *video)
{
	bool opaque = frame->fourcc == SHMFLIP_XRGB8888;
	unsigned depth = opaque ? 3 : 4;
	size_t row_bytes = (size_t)frame->width * depth;
	uint8_t *room;
	int error =
		out_buffer_printf(output,
	                          "P7\nWIDTH %u\nHEIGHT %u\nDEPTH %u\nMAXVAL 255\nTUPLTYPE %s\n"
	                          "ENDHDR\n",
	                          frame->width, frame->height, depth, opaque ? "RGB" : "RGB_ALPHA");

	(void)video;
	if (error)
		return error;
	room = out_buffer_reserve(output, row_bytes * frame->height);
	if (!room)
		return -ENOMEM;
	for (uint32_t y = 0; y < frame->height; y++)
		swizzle(room + y * row_bytes, row_of(frame, y), frame->width, depth);
	return 0;
}

static int png_frame(struct out_buffer *output, const struct shmflip_frame *frame,
                     const struct video *video)
{
	struct pixel_source source;
	char *bytes = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&bytes, &size);
	uint8_t *room;
	int error;

	(void)video;
	if (!file)
		return -ENOMEM;
	error = pixel_source_init(&source, frame);
	if (!error)
		error = png_encode(file, &source);
	if (fclose(file) != 0 && !error)
		error = -ENOMEM;
	room = error ? NULL : out_buffer_reserve(output, size);
	if (room)
		memcpy(room, bytes, size);
	free(bytes);
	return room ? 0 : -ENOMEM;
}

const struct format formats[FORMATS] = {
	[FORMAT_Y4M] = { "y4m", true, y4m_begin, y4m_frame },
	[FORMAT_RAW] = { "raw", true, NULL, raw_frame },
	[FORMAT_PAM] = { "pam", false, NULL, pam_frame },
	[FORMAT_PNG] = { "png", false, NULL, png_frame },
};
