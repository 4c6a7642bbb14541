/* SPDX-License-Identifier: MIT
 *
 * The mean of the blue bytes of each frame, until the stream ends. */
#include <errno.h>
#include <inttypes.h>
#include <shmflip.h>
#include <stdio.h>

int main(void)
{
	struct shmflip_viewer_options options;
	struct shmflip_viewer *viewer;
	const struct shmflip_frame *frame;
	int error;

	shmflip_init(&options);
	options.channel = "camera";
	if (shmflip_viewer_open(&options, &viewer) < 0)
		return fprintf(stderr, "%s\n", shmflip_error_detail()), 1;
	for (;;) {
		error = shmflip_viewer_acquire(viewer, &frame, -1);
		if (error == -EINTR)
			continue; /* it was stopped, and continues */
		if (error)
			break;
		const uint8_t *pixels = frame->plane[0].pixels;
		size_t stride = frame->plane[0].stride_bytes;
		double sum = 0;
		for (uint32_t y = 0; y < frame->height; y++)
			for (uint32_t x = 0; x < frame->width; x++)
				sum += pixels[y * stride + (size_t)x * 4];
		sum /= (double)frame->width * frame->height;
		printf("%" PRIu64 ": %.2f\n", frame->sequence, sum);
		shmflip_frame_release(frame);
	}
	if (error != -ENODATA)
		fprintf(stderr, "%s\n", shmflip_error_detail());
	shmflip_viewer_close(viewer);
	return error != -ENODATA;
}
