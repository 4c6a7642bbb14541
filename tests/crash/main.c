/* SPDX-License-Identifier: MIT
 *
 * crash PART [options]: one part of the campaign of kills. See usage(), and campaign.sh, which runs them. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "death_latency.h"
#include "key_collisions.h"
#include "process.h"
#include "sandbox.h"
#include "steps.h"
#include "storm.h"

struct options {
	struct storm_options plan;
	struct steps_share share;
};

static void usage(void)
{
	fprintf(stderr, "usage: crash storm  [--kills N] [--frames N] [--seconds S] [--seed N] "
	                "[--moves N]\n"
	                "       crash steps  [--stride N] [--last N] [--share I/N] [--only CASE]\n"
	                "       crash latency [--kills N]\n"
	                "in an IPC namespace of its own: see campaign.sh\n");
	exit(2);
}

static void parse(int argc, char **argv, struct options *options)
{
	static const struct option long_options[] = {
		{ "kills", required_argument, NULL, 'k' },
		{ "frames", required_argument, NULL, 'f' },
		{ "seconds", required_argument, NULL, 's' },
		{ "seed", required_argument, NULL, 'r' },
		{ "stride", required_argument, NULL, 't' },
		{ "share", required_argument, NULL, 'i' },
		{ "moves", required_argument, NULL, 'm' },
		{ "last", required_argument, NULL, 'l' },
		{ "patience", required_argument, NULL, 'p' },
		{ "only", required_argument, NULL, 'o' },
		{ 0 },
	};
	struct steps_share *share = &options->share;
	int option;

	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		if (option == 'k')
			options->plan.kills = strtoull(optarg, NULL, 10);
		else if (option == 'f')
			options->plan.frames = strtoull(optarg, NULL, 10);
		else if (option == 's')
			options->plan.seconds = strtoll(optarg, NULL, 10);
		else if (option == 'r')
			options->plan.seed = strtoull(optarg, NULL, 10);
		else if (option == 'm')
			options->plan.moves = (uint32_t)strtoul(optarg, NULL, 10);
		else if (option == 't')
			share->stride = (unsigned)strtoul(optarg, NULL, 10);
		else if (option == 'l')
			share->last = (unsigned)strtoul(optarg, NULL, 10);
		else if (option == 'p')
			patience_ms = (int)strtol(optarg, NULL, 10);
		else if (option == 'o')
			share->only = optarg;
		else if (option != 'i' || sscanf(optarg, "%u/%u", &share->index, &share->of) != 2)
			usage();
	}
	if (share->stride == 0 || share->of == 0 || share->index >= share->of || optind != argc - 1)
		usage();
}

int main(int argc, char **argv)
{
	struct options options = { .plan = { .kills = 100, .seed = 1 },
		                   .share = { .stride = 1, .of = 1 } };
	const char *part;

	parse(argc, argv, &options);
	part = argv[optind];
	process_init();
	sandbox_open();
	if (strcmp(part, "storm") == 0)
		storm(&options.plan);
	else if (strcmp(part, "steps") == 0)
		steps(&options.share);
	else if (strcmp(part, "latency") == 0)
		death_latency((unsigned)options.plan.kills);
	else if (strcmp(part, "collisions") == 0)
		key_collisions();
	else
		usage();
	return 0;
}
