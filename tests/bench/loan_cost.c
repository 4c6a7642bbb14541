/* SPDX-License-Identifier: MIT
 *
 * What a frame costs its producer: the time from before the loan to after the release.
 *
 *   loan-cost [--json] [--rounds N] [--ms N]
 *
 * Measures each case for N ms in each round, by turns, and prints medians of the rounds'
 * medians. */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "shmflip.h"

enum { WIDTH = 1920, HEIGHT = 1080, SAMPLES_MAX = 1 << 16, ROUNDS_MAX = 1000 };

/* So many slots are left to the producer by a viewer that lags. */
#define SLOTS_FREE 3

#define NS_PER_S 1000000000LL
#define NS_PER_MS 1000000LL

static const struct kind {
	const char *name;
	bool writes; /* the producer writes all pixels */
	bool lags;   /* a viewer that wants every frame is slots - SLOTS_FREE frames behind */
} kinds[] = {
	{ "bare", false, false },
	{ "written", true, false },
	{ "lagging", false, true },
};

static const uint32_t slot_counts[] = { 4, 16, 64 };

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))
#define SLOT_COUNTS (sizeof(slot_counts) / sizeof(slot_counts[0]))

struct channel {
	const struct kind *kind;
	uint32_t slots;
	struct shmflip_producer *producer;
	struct shmflip_viewer *viewer; /* NULL: none */
	uint64_t published;
};

/* ---- shmflip ------------------------------------------------------------------------------ */

static void check(int error, const char *what)
{
	if (!error)
		return;
	fprintf(stderr, "loan-cost: %s: %s (%s)\n", what, shmflip_error_detail(), strerror(-error));
	exit(1);
}

static void open_producer(struct channel *channel, const char *dir)
{
	struct shmflip_producer_options options;
	struct shmflip_stream stream;

	shmflip_init(&options);
	options.dir = dir;
	options.policy = SHMFLIP_POLICY_LOSSLESS;
	shmflip_init(&stream);
	stream.width = WIDTH;
	stream.height = HEIGHT;
	stream.slots = channel->slots;
	check(shmflip_producer_open(&options, &stream, &channel->producer), "open the producer");
}

static void open_viewer(struct channel *channel, const char *dir)
{
	struct shmflip_viewer_options options;

	shmflip_init(&options);
	options.dir = dir;
	options.view = SHMFLIP_VIEW_EVERY;
	check(shmflip_viewer_open(&options, &channel->viewer), "open the viewer");
	check(shmflip_viewer_attach(channel->viewer, 0), "attach");
}

/* What is measured. */
static void hand_over(struct channel *channel)
{
	struct shmflip_frame *frame;

	check(shmflip_producer_loan(channel->producer, &frame, 0), "loan");
	if (channel->kind->writes)
		memset(shmflip_frame_writable(frame, 0), (int)channel->published,
		       (size_t)frame->plane[0].stride_bytes * frame->plane[0].rows);
	check(shmflip_frame_publish(frame), "publish");
	shmflip_frame_release(frame);
}

static void view(struct channel *channel)
{
	const struct shmflip_frame *frame;

	check(shmflip_viewer_acquire(channel->viewer, &frame, 0), "acquire");
	shmflip_frame_release(frame);
}

static void close_channel(struct channel *channel)
{
	shmflip_viewer_close(channel->viewer);
	shmflip_producer_close(channel->producer);
}

/* ---- Measuring ---------------------------------------------------------------------------- */

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	const double *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

static double median(double *values, size_t count)
{
	qsort(values, count, sizeof(*values), compare);
	return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

/* Returns how long a frame took. */
static int64_t step(struct channel *channel)
{
	int64_t start_ns = now_ns(), took_ns;

	hand_over(channel);
	took_ns = now_ns() - start_ns;
	channel->published++;
	if (channel->viewer && channel->published > channel->slots - SLOTS_FREE)
		view(channel);
	return took_ns;
}

/* Returns the median time per frame. */
static double measure(const struct kind *kind, uint32_t slots, const char *dir, int64_t ms)
{
	static double samples[SAMPLES_MAX];
	struct channel channel = { .kind = kind, .slots = slots };
	size_t count = 0;
	int64_t end_ns;

	open_producer(&channel, dir);
	if (kind->lags)
		open_viewer(&channel, dir);
	for (uint32_t i = 0; i < 2 * slots; i++)
		step(&channel);
	end_ns = now_ns() + ms * NS_PER_MS;
	while (count < SAMPLES_MAX && (count < 2 * slots || now_ns() < end_ns))
		samples[count++] = (double)step(&channel);
	close_channel(&channel);
	return median(samples, count);
}

/* ---- Results ------------------------------------------------------------------------------ */

static double results[KINDS][SLOT_COUNTS][ROUNDS_MAX];

static void run(const char *dir, unsigned rounds, int64_t ms)
{
	for (unsigned round = 0; round < rounds; round++)
		for (size_t kind = 0; kind < KINDS; kind++)
			for (size_t i = 0; i < SLOT_COUNTS; i++)
				results[kind][i][round] =
					measure(&kinds[kind], slot_counts[i], dir, ms);
}

static void print_table(unsigned rounds)
{
	printf("us per frame of %dx%d (median of %u rounds)\n%-8s", WIDTH, HEIGHT, rounds, "slots");
	for (size_t i = 0; i < SLOT_COUNTS; i++)
		printf("%10u", slot_counts[i]);
	printf("\n");
	for (size_t kind = 0; kind < KINDS; kind++) {
		printf("%-8s", kinds[kind].name);
		for (size_t i = 0; i < SLOT_COUNTS; i++)
			printf("%10.2f", median(results[kind][i], rounds) / 1e3);
		printf("\n");
	}
}

static void print_json(unsigned rounds)
{
	const char *separator = "[";

	for (size_t kind = 0; kind < KINDS; kind++)
		for (size_t i = 0; i < SLOT_COUNTS; i++) {
			printf("%s{\"case\": \"%s\", \"slots\": %u, \"frame_ns\": %.0f}", separator,
			       kinds[kind].name, slot_counts[i], median(results[kind][i], rounds));
			separator = ",\n ";
		}
	printf("]\n");
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "rounds", required_argument, NULL, 'r' },
		{ "ms", required_argument, NULL, 'm' },
		{ 0 },
	};
	char dir[] = "/tmp/loan-cost-XXXXXX";
	int option, rounds = 5, ms = 50;
	bool json = false;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'j')
			json = true;
		else if (option == 'r')
			rounds = atoi(optarg);
		else if (option == 'm')
			ms = atoi(optarg);
		else
			return 2;
	}
	if (rounds < 1 || rounds > ROUNDS_MAX || ms < 1 || !mkdtemp(dir)) {
		fprintf(stderr,
		        "loan-cost: use --rounds 1 to %d, --ms 1 or more, and a /tmp that "
		        "can be written\n",
		        ROUNDS_MAX);
		return 2;
	}
	run(dir, (unsigned)rounds, ms);
	rmdir(dir);
	if (json)
		print_json((unsigned)rounds);
	else
		print_table((unsigned)rounds);
	return 0;
}
