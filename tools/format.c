/* SPDX-License-Identifier: MIT */
#include "format.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "png_encode.h"

/* Formats that differ in alpha only have the same bytes, and the same name of ffmpeg's. */
static int raw_describe(struct video *video, const struct shmflip_frame *frame,
                        const struct matrix *matrix)
{
	const struct shmflip_format_info *info =
		shmflip_format_info(pixel_format_with_alpha(frame->fourcc));

	(void)matrix;
	snprintf(video->pixels, sizeof(video->pixels), "%s", info->ffmpeg);
	return 0;
}

/* As ffmpeg's rawvideo: rows without padding, plane after plane. */
static int raw_frame(struct out_buffer *output, const struct pixel_source *source,
                     const struct video *video)
{
	size_t bytes = 0;
	uint8_t *room;

	(void)video;
	for (uint32_t plane = 0; plane < source->format->planes; plane++)
		bytes += source->plane[plane].row_bytes * source->plane[plane].rows;
	room = out_buffer_reserve(output, bytes);
	if (!room)
		return -ENOMEM;
	for (uint32_t plane = 0; plane < source->format->planes; plane++) {
		for (uint32_t y = 0; y < source->plane[plane].rows; y++) {
			pixel_source_copy_row(source, plane, y, room);
			room += source->plane[plane].row_bytes;
		}
	}
	return 0;
}

static int append(void *output, const void *bytes, size_t size)
{
	uint8_t *room = out_buffer_reserve(output, size);

	if (!room)
		return -ENOMEM;
	memcpy(room, bytes, size);
	return 0;
}

static int png_frame(struct out_buffer *output, const struct pixel_source *source,
                     const struct video *video)
{
	return png_encode(video->encoder, source, append, output);
}

const struct format formats[FORMATS] = {
	[FORMAT_Y4M] = { "y4m", true, y4m_describe, y4m_begin, y4m_frame },
	[FORMAT_RAW] = { "raw", true, raw_describe, NULL, raw_frame },
	[FORMAT_PAM] = { "pam", false, NULL, NULL, pam_frame },
	[FORMAT_PNG] = { "png", false, NULL, NULL, png_frame },
};
