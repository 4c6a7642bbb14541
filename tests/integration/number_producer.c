/* SPDX-License-Identifier: MIT
 *
 * A producer for tests of viewers. All pixels of frame n are n, so the pixels of a window tell
 * which frame it shows, and whether it shows all of it. Needs no files and decodes nothing.
 *
 *   number-producer CHANNEL WIDTH HEIGHT FPS FRAMES [OPTION=VALUE...]
 *
 * FPS 0: as fast as viewers take the frames. Prints how many it published; also after SIGTERM,
 * SIGINT.
 *
 *   slots=N      default 2
 *   lossless=1   policy lossless instead of latest
 *   still=1      fill each slot only once, to measure viewers
 *   step=1       wait for a line on stdin before each frame but the first
 *   wide=N       from frame N on, rows are 65536 pixels apart
 *   alpha=1      half transparent frames
 *   wait=N       wait for N viewers first */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "shmflip.h"

#define PIXEL_BYTES 4
#define WIDE_STRIDE (65536 * PIXEL_BYTES)
#define NS_PER_S 1000000000LL
#define CHECK_STOP_MS 100 /* how often a wait checks whether to stop */

struct plan {
	const char *channel;
	uint32_t width;
	uint32_t height;
	double fps;
	uint64_t frames;
	uint64_t wide;
	uint32_t slots;
	unsigned wait;
	bool lossless;
	bool still;
	bool step;
	bool alpha;
};

static volatile sig_atomic_t stopped;

static void stop(int number)
{
	(void)number;
	stopped = 1;
}

static void set_option(struct plan *plan, const char *text)
{
	const char *value = strchr(text, '=');
	unsigned number = value ? (unsigned)atoi(value + 1) : 1;

	if (strncmp(text, "slots", 5) == 0)
		plan->slots = number;
	else if (strncmp(text, "lossless", 8) == 0)
		plan->lossless = number;
	else if (strncmp(text, "still", 5) == 0)
		plan->still = number;
	else if (strncmp(text, "step", 4) == 0)
		plan->step = number;
	else if (strncmp(text, "alpha", 5) == 0)
		plan->alpha = number;
	else if (strncmp(text, "wide", 4) == 0)
		plan->wide = number;
	else if (strncmp(text, "wait", 4) == 0)
		plan->wait = number;
	else
		fprintf(stderr, "number-producer: no option %s\n", text);
}

static int create(const struct plan *plan, struct shmflip_producer **producer)
{
	uint32_t stride_bytes;
	uint64_t slot_bytes;

	shmflip_frame_size(plan->width, plan->height, &stride_bytes, &slot_bytes);
	if (plan->wide)
		slot_bytes = (uint64_t)WIDE_STRIDE * plan->height;
	const struct shmflip_producer_options options = {
		.channel = plan->channel,
		.slots = plan->slots,
		.slot_bytes = slot_bytes,
		.policy = plan->lossless ? SHMFLIP_POLICY_LOSSLESS : SHMFLIP_POLICY_LATEST,
		.fps_milli = (uint32_t)(plan->fps * 1000),
	};

	return shmflip_producer_create(&options, producer);
}

static void fill(uint8_t *pixels, const struct shmflip_frame_info *info, uint32_t value)
{
	uint32_t alpha = info->format == SHMFLIP_FORMAT_ARGB8888 ? 0x80000000 : 0xff000000;

	for (uint32_t y = 0; y < info->height; y++) {
		uint32_t *row = (uint32_t *)(pixels + (uint64_t)y * info->stride_bytes);

		for (uint32_t x = 0; x < info->width; x++)
			row[x] = alpha | value;
	}
}

static int publish(const struct plan *plan, struct shmflip_producer *producer, uint64_t number)
{
	struct shmflip_frame_info info = {
		.width = plan->width,
		.height = plan->height,
		.format = plan->alpha ? SHMFLIP_FORMAT_ARGB8888 : SHMFLIP_FORMAT_XRGB8888,
		.flags = number == plan->frames ? SHMFLIP_FRAME_LAST : 0,
	};
	uint64_t size_bytes;
	struct shmflip_loan loan;
	int error;

	shmflip_frame_size(plan->width, plan->height, &info.stride_bytes, &size_bytes);
	if (plan->wide && number >= plan->wide)
		info.stride_bytes = WIDE_STRIDE;
	do
		error = shmflip_producer_loan(producer, &loan, CHECK_STOP_MS);
	while ((error == -EAGAIN || error == -EINTR) && !stopped);
	if (error)
		return error;
	if (!plan->still || number <= plan->slots)
		fill(loan.pixels, &info, (uint32_t)number & 0xffffff);
	return shmflip_producer_publish(producer, &loan, &info);
}

static void sleep_until(int64_t at_ns)
{
	const struct timespec at = { at_ns / NS_PER_S, at_ns % NS_PER_S };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR && !stopped)
		;
}

static uint64_t run(const struct plan *plan, struct shmflip_producer *producer)
{
	struct timespec now;
	uint64_t number = 0;
	char line[16];

	while (plan->wait && !stopped &&
	       shmflip_producer_wait_viewers(producer, plan->wait, CHECK_STOP_MS) < 0)
		;
	clock_gettime(CLOCK_MONOTONIC, &now);
	int64_t start_ns = now.tv_sec * NS_PER_S + now.tv_nsec;
	while (number < plan->frames && !stopped) {
		if (plan->step && number > 0 && !fgets(line, sizeof(line), stdin))
			break;
		if (plan->fps > 0)
			sleep_until(start_ns + (int64_t)((double)number * NS_PER_S / plan->fps));
		if (publish(plan, producer, number + 1) < 0)
			break;
		number++;
	}
	return number;
}

int main(int argc, char **argv)
{
	const struct sigaction action = { .sa_handler = stop };
	struct plan plan = { .slots = 2 };
	struct shmflip_producer *producer;

	if (argc < 6) {
		fprintf(stderr, "usage: number-producer CHANNEL WIDTH HEIGHT FPS FRAMES "
		                "[OPTION=VALUE...]\n");
		return 2;
	}
	plan.channel = argv[1];
	plan.width = (uint32_t)atoi(argv[2]);
	plan.height = (uint32_t)atoi(argv[3]);
	plan.fps = atof(argv[4]);
	plan.frames = strtoull(argv[5], NULL, 10);
	for (int i = 6; i < argc; i++)
		set_option(&plan, argv[i]);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	if (create(&plan, &producer) < 0) {
		fprintf(stderr, "number-producer: %s\n", shmflip_error_detail());
		return 1;
	}
	printf("%llu\n", (unsigned long long)run(&plan, producer));
	shmflip_producer_destroy(producer);
	return 0;
}
