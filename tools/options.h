/* SPDX-License-Identifier: MIT
 *
 * The command line of shmflip. */
#ifndef SHMFLIP_TOOLS_OPTIONS_H
#define SHMFLIP_TOOLS_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

struct options {
	const struct command *command;
	const char *dir;     /* NULL: the default directory */
	const char *channel; /* NULL: not given */
	bool json;
	bool watch;
	uint64_t frames; /* 0: all */
	bool every;
	uint32_t rate_num; /* frames per second; 0: as the producer announces */
	uint32_t rate_den;
	int64_t timeout_ns; /* until a producer comes; -1: no limit */
	const struct format *format;
	unsigned jobs;               /* threads that encode PNG */
	const struct matrix *matrix; /* NULL: as the frames' height says */
};

/* A command of shmflip. run returns an exit status. */
struct command {
	const char *name;
	const char *takes; /* letters of its options: see options.c */
	int (*run)(const struct options *options);
};

/* The channel's name. */
const char *options_channel(const struct options *options);

/* Strings stay in argv. Exits after --help and --version, and on a usage error. */
void options_parse(int argc, char **argv, struct options *options);

#endif
