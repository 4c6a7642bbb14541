/* SPDX-License-Identifier: MIT
 *
 * The mean of the blue bytes of each frame, until the stream ends. */
#include <errno.h>
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
	while ((error = shmflip_viewer_acquire(viewer, &frame, -1)) == 0 || error == -EINTR) {
		if (error)
			continue; /* the process was stopped, and continues */
		const struct shmflip_plane *plane = &frame->plane[0];
		uint64_t sum = 0;
		for (uint32_t y = 0; y < frame->height; y++) {
			const uint8_t *row = plane->pixels + (size_t)y * plane->stride_bytes;
			for (uint32_t x = 0; x < frame->width; x++, row += 4)
				sum += *row;
		}
		printf("%llu: %.2f\n", (unsigned long long)frame->sequence,
		       (double)sum / frame->width / frame->height);
		shmflip_frame_release(frame);
	}
	if (error != -ENODATA)
		fprintf(stderr, "%s\n", shmflip_error_detail());
	shmflip_viewer_close(viewer);
	return error != -ENODATA;
}
