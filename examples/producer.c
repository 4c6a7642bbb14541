/* SPDX-License-Identifier: MIT
 *
 * A ramp of gray that moves up, 25 frames a second, for ten seconds. */
#include <shmflip.h>
#include <stdio.h>
#include <time.h>

int main(void)
{
	struct shmflip_producer_options options;
	struct shmflip_stream stream;
	struct shmflip_producer *producer;
	struct shmflip_frame *frame;

	shmflip_init(&options);
	options.channel = "camera";
	shmflip_init(&stream);
	stream.width = 640, stream.height = 480;
	stream.rate_num = 25, stream.rate_den = 1;
	if (shmflip_producer_open(&options, &stream, &producer) < 0)
		return fprintf(stderr, "%s\n", shmflip_error_detail()), 1;
	for (int i = 0; i < 250; i++) {
		nanosleep(&(struct timespec){ .tv_nsec = 40000000 }, NULL);
		if (shmflip_producer_loan(producer, &frame, 20) < 0) {
			/* viewers hold every slot */
			shmflip_producer_count_dropped(producer);
			continue;
		}
		uint8_t *pixels = shmflip_frame_writable(frame, 0);
		size_t stride = frame->plane[0].stride_bytes;
		for (uint32_t y = 0; y < frame->height; y++)
			memset(pixels + y * stride, (int)y + i, stride);
		frame->presentation_ns = i * 40000000LL;
		if (shmflip_frame_publish(frame) < 0)
			fprintf(stderr, "%s\n", shmflip_error_detail());
		shmflip_frame_release(frame);
	}
	shmflip_producer_close(producer);
	return 0;
}
