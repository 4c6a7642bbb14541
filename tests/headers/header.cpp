/* SPDX-License-Identifier: MIT
 *
 * The public header as C++17: every macro, and a program that never runs. */
#include "shmflip.h"

static_assert(SHMFLIP_VERSION >= 0x000200, "the version is a number");
static_assert(SHMFLIP_NO_TIME < 0 && SHMFLIP_METADATA_USER > SHMFLIP_METADATA_HDR, "constants");

static void fill(shmflip_frame *frame)
{
	const shmflip_metadata item = { SHMFLIP_METADATA_USER, 3, "abc" };

	if (uint8_t *row = shmflip_frame_writable(frame, 0))
		memset(row, 0, frame->plane[0].stride_bytes);
	frame->flags = SHMFLIP_FRAME_LAST | SHMFLIP_FRAME_CORRUPT;
	frame->presentation_ns = SHMFLIP_NO_TIME;
	if (shmflip_frame_add_metadata(frame, &item) == 0 && shmflip_frame_publish(frame) == 0)
		frame = nullptr;
	shmflip_frame_release(frame);
}

static int produce()
{
	shmflip_producer_options options;
	shmflip_stream stream;
	shmflip_producer *producer;
	shmflip_frame *frame;

	shmflip_init(&options);
	shmflip_init(&stream);
	options.policy = SHMFLIP_POLICY_LOSSLESS;
	stream.fourcc = SHMFLIP_R8;
	stream.width = stream.height = 64;
	if (shmflip_producer_open(&options, &stream, &producer))
		return 1;
	if (shmflip_producer_loan(producer, &frame, -1) == 0)
		fill(frame);
	shmflip_producer_close(producer);
	return 0;
}

static int view()
{
	shmflip_viewer_options options;
	shmflip_viewer *viewer;
	shmflip_counts counts;
	const shmflip_frame *frame;
	uint32_t bytes;

	shmflip_init(&options);
	shmflip_init(&counts);
	options.view = SHMFLIP_VIEW_EVERY;
	options.flags = SHMFLIP_VIEWER_PREFAULT | SHMFLIP_VIEWER_ANY_FORMAT;
	if (shmflip_viewer_open(&options, &viewer))
		return 1;
	if (shmflip_viewer_acquire(viewer, &frame, -1) == 0) {
		if (shmflip_frame_metadata(frame, SHMFLIP_METADATA_ICC, &bytes) && bytes > 0)
			shmflip_frame_release(frame);
	}
	shmflip_viewer_close(viewer);
	return 0;
}

int main(int count, char **)
{
	return count > 1000 ? produce() : count > 2000 ? view() : 0;
}
