/* SPDX-License-Identifier: MIT
 *
 * frame-reader CHANNEL: writes each frame of a stream as it lies in the slot, in any format. For
 * each frame, a line: format, a tab, width, height, primaries, transfer, matrix, range, siting,
 * white, pixel aspect of the frame's stream, whether that stream has the frame's format and colour,
 * how many bytes of padding are not 0, bits, orientation, and the values' scale and offset. After
 * the line, the rows of each plane without padding.
 *
 * frame-reader CHANNEL count: only takes the frames. */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "shmflip.h"

static uint64_t count_padding(const struct shmflip_frame *frame,
                              const struct shmflip_layout *layout)
{
	uint64_t count = 0;

	for (uint32_t plane = 0; plane < frame->planes; plane++) {
		const struct shmflip_plane *at = &frame->plane[plane];

		for (uint32_t y = 0; y < at->rows; y++)
			for (uint32_t x = layout->row_bytes[plane]; x < at->stride_bytes; x++)
				count += at->pixels[(size_t)y * at->stride_bytes + x] != 0;
	}
	return count;
}

static void write_planes(const struct shmflip_frame *frame, const struct shmflip_layout *layout)
{
	for (uint32_t plane = 0; plane < frame->planes; plane++) {
		const struct shmflip_plane *at = &frame->plane[plane];

		for (uint32_t y = 0; y < at->rows; y++)
			fwrite(at->pixels + (size_t)y * at->stride_bytes, 1,
			       layout->row_bytes[plane], stdout);
	}
}

static int write_frame(const struct shmflip_frame *frame)
{
	const struct shmflip_format_info *info = shmflip_format_info(frame->fourcc);
	const struct shmflip_colour *colour = &frame->colour;
	struct shmflip_layout layout;
	bool same;

	shmflip_init(&layout);
	if (!info || shmflip_format_layout(frame->fourcc, frame->width, frame->height, &layout))
		return -EINVAL;
	same = frame->stream->fourcc == frame->fourcc &&
	       memcmp(&frame->stream->colour, colour, sizeof(*colour)) == 0;
	printf("%s\t%u %u %u %u %u %u %u %u %u:%u %d %" PRIu64, info->name, frame->width,
	       frame->height, colour->primaries, colour->transfer, colour->matrix, colour->range,
	       colour->siting, colour->white, frame->stream->aspect_num, frame->stream->aspect_den,
	       same, count_padding(frame, &layout));
	printf(" %u %u %.7g %.7g\n", colour->bits, frame->orientation, (double)frame->value_scale,
	       (double)frame->value_offset);
	write_planes(frame, &layout);
	return 0;
}

int main(int argc, char **argv)
{
	struct shmflip_viewer_options options;
	const struct shmflip_frame *frame;
	struct shmflip_viewer *viewer;
	int error;

	shmflip_init(&options);
	options.channel = argc > 1 ? argv[1] : NULL;
	options.view = SHMFLIP_VIEW_EVERY;
	options.flags = SHMFLIP_VIEWER_ANY_FORMAT;
	error = shmflip_viewer_open(&options, &viewer);
	if (error) {
		fprintf(stderr, "frame-reader: %s\n", shmflip_error_detail());
		return 1;
	}
	while ((error = shmflip_viewer_acquire(viewer, &frame, -1)) == 0) {
		error = argc > 2 ? 0 : write_frame(frame);
		shmflip_frame_release(frame);
		if (error)
			break;
	}
	if (error != -ENODATA)
		fprintf(stderr, "frame-reader: %s\n", shmflip_error_detail());
	shmflip_viewer_close(viewer);
	return error != -ENODATA || fflush(stdout);
}
