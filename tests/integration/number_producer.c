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
 *   alpha=2      likewise, with premultiplied alpha: all pixels are #204080
 *   unknown=1    frames have a pixel format that no program knows: DRM's XR30
 *   undefined=1  the fourth byte of opaque pixels is 0 instead of 255
 *   end=1        at the end, end the stream but keep the channel until SIGTERM; end=2: as failed
 *   rich=1       say everything about the stream and its frames that there is to say
 *   rich=2       likewise, with codes that mean nothing
 *   wait=N       wait for N viewers first
 *   mode=OCTAL   who may view: see struct shmflip_producer_options */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "shmflip.h"

#define PIXEL_BYTES 4
#define XR30 0x30335258
#define PREMULTIPLIED 0x204080
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
	mode_t mode;
	bool lossless;
	bool still;
	bool step;
	unsigned alpha;
	bool undefined;
	bool unknown;
	unsigned rich;
	unsigned end;
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
	else if (strncmp(text, "undefined", 9) == 0)
		plan->undefined = number;
	else if (strncmp(text, "unknown", 7) == 0)
		plan->unknown = number;
	else if (strncmp(text, "rich", 4) == 0)
		plan->rich = number;
	else if (strncmp(text, "end", 3) == 0)
		plan->end = number;
	else if (strncmp(text, "wide", 4) == 0)
		plan->wide = number;
	else if (strncmp(text, "wait", 4) == 0)
		plan->wait = number;
	else if (strncmp(text, "mode", 4) == 0)
		plan->mode = value ? (mode_t)strtoul(value + 1, NULL, 8) : 0;
	else
		fprintf(stderr, "number-producer: no option %s\n", text);
}

static const struct shmflip_metadata rich_metadata[] = {
	{ SHMFLIP_METADATA_ICC, 5, "12345" },
	{ SHMFLIP_METADATA_USER + 1, 2, "ab" },
};

static void describe_richly(struct shmflip_stream *stream, bool nothing)
{
	stream->rate_num = 30000;
	stream->rate_den = 1001;
	stream->aspect_num = 16;
	stream->aspect_den = 15;
	stream->colour =
		(struct shmflip_colour){ .primaries = 1, .transfer = 13, .range = 2, .bits = 6 };
	if (nothing)
		stream->colour = (struct shmflip_colour){
			.primaries = 2, .transfer = 2, .matrix = 2, .bits = 255
		};
	stream->metadata = rich_metadata;
	stream->metadata_count = sizeof(rich_metadata) / sizeof(rich_metadata[0]);
}

static int open_producer(const struct plan *plan, struct shmflip_producer **producer)
{
	struct shmflip_producer_options options;
	struct shmflip_stream stream;

	shmflip_init(&options);
	options.channel = plan->channel;
	options.policy = plan->lossless ? SHMFLIP_POLICY_LOSSLESS : SHMFLIP_POLICY_LATEST;
	options.mode = plan->mode;
	shmflip_init(&stream);
	stream.fourcc = plan->alpha ? SHMFLIP_ARGB8888 : SHMFLIP_XRGB8888;
	stream.width = plan->width;
	stream.height = plan->height;
	stream.slots = plan->slots;
	stream.slot_bytes = plan->wide ? (uint64_t)WIDE_STRIDE * plan->height : 0;
	stream.rate_num = (uint32_t)(plan->fps * 1000);
	stream.rate_den = stream.rate_num ? 1000 : 0;
	if (plan->rich)
		describe_richly(&stream, plan->rich == 2);
	return shmflip_producer_open(&options, &stream, producer);
}

static void fill(struct shmflip_frame *frame, uint32_t fourth, uint32_t value)
{
	uint8_t *pixels = shmflip_frame_writable(frame, 0);

	for (uint32_t y = 0; y < frame->height; y++) {
		uint32_t *row = (uint32_t *)(pixels + (uint64_t)y * frame->plane[0].stride_bytes);

		for (uint32_t x = 0; x < frame->width; x++)
			row[x] = fourth << 24 | value;
	}
}

/* Notes the slot. Returns whether it was noted before. */
static bool is_filled(const struct shmflip_frame *frame)
{
	static const uint8_t *slots[SHMFLIP_SLOTS_MAX];
	static unsigned count;

	for (unsigned i = 0; i < count && i < SHMFLIP_SLOTS_MAX; i++) {
		if (slots[i] == frame->plane[0].pixels)
			return true;
	}
	slots[count++ % SHMFLIP_SLOTS_MAX] = frame->plane[0].pixels;
	return false;
}

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

static void describe_frame(const struct plan *plan, struct shmflip_frame *frame, uint64_t number)
{
	frame->flags = number == plan->frames && !plan->end ? SHMFLIP_FRAME_LAST : 0;
	if (plan->alpha == 2)
		frame->flags |= SHMFLIP_FRAME_PREMULTIPLIED;
	if (plan->wide && number >= plan->wide)
		frame->plane[0].stride_bytes = WIDE_STRIDE;
	if (plan->rich) {
		frame->captured_ns = now_ns() - 50 * NS_PER_S / 1000;
		frame->duration_ns = NS_PER_S / 4;
		frame->value_scale = 0.25F;
		frame->value_offset = -1;
	}
}

static int publish(const struct plan *plan, struct shmflip_producer *producer, uint64_t number)
{
	uint32_t fourth = plan->alpha ? 0x80 : plan->undefined ? 0 : 0xff;
	struct shmflip_frame *frame;
	int error;

	do
		error = shmflip_producer_loan(producer, &frame, CHECK_STOP_MS);
	while ((error == -EAGAIN || error == -EINTR) && !stopped);
	if (error)
		return error;
	describe_frame(plan, frame, number);
	if (!plan->still || !is_filled(frame))
		fill(frame, fourth, plan->alpha == 2 ? PREMULTIPLIED : (uint32_t)number & 0xffffff);
	if (plan->unknown)
		frame->fourcc = XR30;
	error = shmflip_frame_publish(frame);
	shmflip_frame_release(frame);
	return error;
}

static void sleep_until(int64_t at_ns)
{
	const struct timespec at = { at_ns / NS_PER_S, at_ns % NS_PER_S };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR && !stopped)
		;
}

static uint64_t run(const struct plan *plan, struct shmflip_producer *producer)
{
	uint64_t number = 0;
	int64_t start_ns;
	char line[16];

	while (plan->wait && !stopped &&
	       shmflip_producer_wait_viewers(producer, plan->wait, CHECK_STOP_MS) < 0)
		;
	start_ns = now_ns();
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

/* Ends the stream before the channel. */
static void end(const struct plan *plan, struct shmflip_producer *producer)
{
	if (shmflip_producer_end(producer, plan->end == 2))
		fprintf(stderr, "number-producer: %s\n", shmflip_error_detail());
	while (!stopped)
		nanosleep(&(struct timespec){ .tv_nsec = CHECK_STOP_MS * 1000000L }, NULL);
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
	if (open_producer(&plan, &producer) < 0) {
		fprintf(stderr, "number-producer: %s\n", shmflip_error_detail());
		return 1;
	}
	printf("%llu\n", (unsigned long long)run(&plan, producer));
	fflush(stdout);
	if (plan.end && !stopped)
		end(&plan, producer);
	shmflip_producer_close(producer);
	return 0;
}
