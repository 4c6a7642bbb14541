/* SPDX-License-Identifier: MIT
 *
 * crash PART [OPTION...]: runs one part of the campaign. README.md explains the parts; campaign.sh
 * runs them all. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "death_latency.h"
#include "descriptor.h"
#include "key_collisions.h"
#include "process.h"
#include "sandbox.h"
#include "steps.h"
#include "storm.h"

struct options {
	struct storm_options storm; /* kills: also of latency; seed, seconds, too: of descriptor */
	struct steps_share steps;
};

static void usage(void)
{
	fprintf(stderr,
	        "usage: crash storm [--kills N] [--frames N] [--seconds S] [--seed N]\n"
	        "                   [--configures N] [--ends N]\n"
	        "       crash steps [--stride N] [--last N] [--share I/N] [--only CASE]\n"
	        "       crash latency [--kills N]\n"
	        "       crash collisions\n"
	        "       crash descriptor [--kills N] [--seconds S] [--seed N]\n"
	        "each with [--timeout MS], in an IPC namespace of its own: see README.md\n");
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
		{ "configures", required_argument, NULL, 'c' },
		{ "ends", required_argument, NULL, 'e' },
		{ "last", required_argument, NULL, 'l' },
		{ "timeout", required_argument, NULL, 'p' },
		{ "only", required_argument, NULL, 'o' },
		{ 0 },
	};
	struct storm_options *storm_options = &options->storm;
	struct steps_share *share = &options->steps;
	int option;

	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		if (option == 'k')
			storm_options->kills = strtoull(optarg, NULL, 10);
		else if (option == 'f')
			storm_options->frames = strtoull(optarg, NULL, 10);
		else if (option == 's')
			storm_options->seconds = strtoll(optarg, NULL, 10);
		else if (option == 'r')
			storm_options->seed = strtoull(optarg, NULL, 10);
		else if (option == 'c')
			storm_options->configures = (uint32_t)strtoul(optarg, NULL, 10);
		else if (option == 'e')
			storm_options->ends = (uint32_t)strtoul(optarg, NULL, 10);
		else if (option == 't')
			share->stride = (unsigned)strtoul(optarg, NULL, 10);
		else if (option == 'l')
			share->last = (unsigned)strtoul(optarg, NULL, 10);
		else if (option == 'p')
			process_timeout_ms = (int)strtol(optarg, NULL, 10);
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
	struct options options = { .storm = { .kills = 100, .seed = 1 },
		                   .steps = { .stride = 1, .of = 1 } };
	const char *part;

	parse(argc, argv, &options);
	part = argv[optind];
	process_init();
	sandbox_open();
	if (strcmp(part, "storm") == 0)
		storm(&options.storm);
	else if (strcmp(part, "steps") == 0)
		steps(&options.steps);
	else if (strcmp(part, "latency") == 0)
		death_latency((unsigned)options.storm.kills);
	else if (strcmp(part, "collisions") == 0)
		key_collisions();
	else if (strcmp(part, "descriptor") == 0)
		descriptor(options.storm.seed, options.storm.kills, options.storm.seconds);
	else
		usage();
	return 0;
}
