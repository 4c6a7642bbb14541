/* SPDX-License-Identifier: MIT
 *
 * What a frame costs in C, for python_cost.py to compare with.
 *
 *   frame-cost DIR WIDTH HEIGHT SLOTS MS
 *
 * Prints two medians in nanoseconds: of loan, publish and release, and of acquire and release. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "shmflip.h"

enum { SAMPLES_MAX = 1 << 16 };

#define NS_PER_S 1000000000LL
#define NS_PER_MS 1000000LL

static struct shmflip_producer *producer;
static struct shmflip_viewer *viewer;
static volatile uint8_t pixel;

static void check(int error, const char *what)
{
	if (!error)
		return;
	fprintf(stderr, "frame-cost: %s: %s (%s)\n", what, shmflip_error_detail(),
	        strerror(-error));
	exit(1);
}

static void open_channel(const char *dir, uint32_t width, uint32_t height, uint32_t slots)
{
	struct shmflip_producer_options producer_options;
	struct shmflip_viewer_options viewer_options;
	struct shmflip_stream stream;

	shmflip_init(&producer_options);
	producer_options.dir = dir;
	producer_options.policy = SHMFLIP_POLICY_LOSSLESS;
	shmflip_init(&stream);
	stream.width = width;
	stream.height = height;
	stream.slots = slots;
	check(shmflip_producer_open(&producer_options, &stream, &producer), "open the producer");
	shmflip_init(&viewer_options);
	viewer_options.dir = dir;
	viewer_options.view = SHMFLIP_VIEW_EVERY;
	check(shmflip_viewer_open(&viewer_options, &viewer), "open the viewer");
	check(shmflip_viewer_attach(viewer, 0), "attach");
}

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

static void publish(void)
{
	struct shmflip_frame *frame;

	check(shmflip_producer_loan(producer, &frame, 0), "loan");
	shmflip_frame_writable(frame, 0)[0] = 1;
	check(shmflip_frame_publish(frame), "publish");
	shmflip_frame_release(frame);
}

static void take(void)
{
	const struct shmflip_frame *frame;

	check(shmflip_viewer_acquire(viewer, &frame, 0), "acquire");
	pixel = frame->plane[0].pixels[0];
	shmflip_frame_release(frame);
}

/* Returns how long each of some calls took. The first one fills the caches. */
static double time_calls(void (*call)(void), uint32_t count)
{
	int64_t start_ns;

	call();
	start_ns = now_ns();
	for (uint32_t i = 1; i < count; i++)
		call();
	return (double)(now_ns() - start_ns) / (count - 1);
}

static int compare(const void *a, const void *b)
{
	const double *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

static double median(double *values, size_t count)
{
	qsort(values, count, sizeof(*values), compare);
	return values[count / 2];
}

int main(int argc, char **argv)
{
	static double published[SAMPLES_MAX], taken[SAMPLES_MAX];
	uint32_t slots;
	size_t count = 0;
	int64_t end_ns;

	if (argc != 6) {
		fprintf(stderr, "usage: frame-cost DIR WIDTH HEIGHT SLOTS MS\n");
		return 2;
	}
	slots = (uint32_t)strtoul(argv[4], NULL, 10);
	open_channel(argv[1], (uint32_t)strtoul(argv[2], NULL, 10),
	             (uint32_t)strtoul(argv[3], NULL, 10), slots);
	end_ns = now_ns() + strtoll(argv[5], NULL, 10) * NS_PER_MS;
	while (count < SAMPLES_MAX && now_ns() < end_ns) {
		published[count] = time_calls(publish, slots - 1);
		taken[count] = time_calls(take, slots - 1);
		count++;
	}
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
	printf("%.0f %.0f\n", median(published, count), median(taken, count));
	return 0;
}
