/* SPDX-License-Identifier: MIT
 *
 * What it costs to convert a frame of each pixel format to B G R A, and how accurate that is.
 *
 *   pixel-cost [--rounds N] [--size WxH] [FOURCC...]
 *
 * All contenders convert the same picture twice in each round, by turns. Prints medians of the
 * second conversion's processor time, and the largest error against real numbers for colours that
 * RGB has. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pixel_contender.h"

enum { CONTENDERS_MAX = 8, ROUNDS_MAX = 1000, CELL = 11 };

#define NS_PER_S 1000000000LL
#define NS_PER_MS 1e6

struct result {
	bool able;
	int error;
	double ns[ROUNDS_MAX];
};

static double cpu_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)(now.tv_sec * NS_PER_S + now.tv_nsec);
}

static int compare(const void *a, const void *b)
{
	const double *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

static double median(double *values, unsigned count)
{
	qsort(values, count, sizeof(*values), compare);
	return values[count / 2];
}

static void measure(struct pixel_run runs[], struct result results[], unsigned rounds)
{
	for (unsigned round = 0; round < rounds; round++)
		for (unsigned i = 0; pixel_contender_get(i); i++) {
			double start;

			if (!results[i].able)
				continue;
			pixel_contender_get(i)->convert(&runs[i]); /* the caches are its own now */
			start = cpu_ns();
			pixel_contender_get(i)->convert(&runs[i]);
			results[i].ns[round] = cpu_ns() - start;
		}
}

static void print_result(struct result *result, unsigned rounds)
{
	char text[32] = "-";

	if (result->able)
		snprintf(text, sizeof(text), "%.2f (%d)", median(result->ns, rounds) / NS_PER_MS,
		         result->error);
	printf("%*s", CELL, text);
}

static void run_format(const struct pixel_format *format, uint32_t width, uint32_t height,
                       unsigned rounds)
{
	static struct pixel_run runs[CONTENDERS_MAX];
	static struct result results[CONTENDERS_MAX];
	struct pixel_picture picture;
	size_t stride_bytes = (size_t)4 * width;
	uint8_t *out = malloc(stride_bytes * height);

	pixel_picture_init(&picture, format->fourcc, width, height);
	for (unsigned i = 0; pixel_contender_get(i); i++) {
		runs[i] = (struct pixel_run){ .picture = &picture,
			                      .out = out,
			                      .stride_bytes = stride_bytes };
		results[i].able = pixel_contender_get(i)->prepare(pixel_contender_get(i), &runs[i]);
		if (!results[i].able)
			continue;
		pixel_contender_get(i)->convert(&runs[i]);
		results[i].error = pixel_picture_error(&picture, out, stride_bytes);
	}
	measure(runs, results, rounds);
	printf("%-6.4s", (const char *)&format->fourcc);
	for (unsigned i = 0; pixel_contender_get(i); i++) {
		print_result(&results[i], rounds);
		if (results[i].able)
			pixel_contender_get(i)->finish(&runs[i]);
	}
	printf("\n");
	fflush(stdout);
	free(out);
	pixel_picture_finish(&picture);
}

static bool is_wanted(const struct pixel_format *format, char **names)
{
	for (char **name = names; *name; name++) {
		if (strncmp(*name, (const char *)&format->fourcc, 4) == 0)
			return true;
	}
	return !*names;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "rounds", required_argument, NULL, 'r' },
		{ "size", required_argument, NULL, 's' },
		{ 0 },
	};
	unsigned width = 1920, height = 1080;
	int option, rounds = 25;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'r')
			rounds = atoi(optarg);
		else if (option != 's' || sscanf(optarg, "%ux%u", &width, &height) != 2)
			return 2;
	}
	if (rounds < 1 || rounds > ROUNDS_MAX || width - 1 >= 1U << 15 || height - 1 >= 1U << 15) {
		fprintf(stderr, "pixel-cost: use --rounds 1 to %d, and --size 1x1 to 32768x32768\n",
		        ROUNDS_MAX);
		return 2;
	}
	printf("ms of processor time per frame of %ux%u (largest error); medians of %d rounds\n",
	       width, height, rounds);
	printf("%-6s", "");
	for (unsigned i = 0; pixel_contender_get(i); i++)
		printf("%*s", CELL, pixel_contender_get(i)->name);
	printf("\n");
	for (unsigned i = 0; pixel_format_get(i); i++) {
		if (is_wanted(pixel_format_get(i), argv + optind))
			run_format(pixel_format_get(i), width, height, (unsigned)rounds);
	}
	return 0;
}
