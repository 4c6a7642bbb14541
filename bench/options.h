/* SPDX-License-Identifier: MIT
 *
 * The command line of shmflip-bench. */
#ifndef SHMFLIP_BENCH_OPTIONS_H
#define SHMFLIP_BENCH_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "decoder/decoder.h"
#include "encoder/encoder.h"
#include "statistics.h"
#include "touch.h"
#include "transport/transport.h"

enum { LIST_MAX = 32 };

struct size {
	uint32_t width;
	uint32_t height;
};

struct options {
	const struct command *command;
	int argc; /* the command line, to report it */
	char **argv;

	/* Every command */
	bool quick;
	unsigned rounds;
	int64_t seconds_ns; /* duration of each measurement */
	const char *json_path;
	const char *plot_path;

	/* transports */
	struct size sizes[LIST_MAX];
	unsigned size_count;
	const struct transport *transports[LIST_MAX];
	unsigned transport_count;
	enum touch touches[TOUCH_KINDS];
	unsigned touch_count;
	unsigned cores[2];
	unsigned cores_count;
	uint32_t rates_milli[LIST_MAX];
	unsigned rate_count;
	unsigned receivers[LIST_MAX];
	unsigned receivers_count;
	unsigned slots;  /* of shmflip's channel */
	uint32_t fourcc; /* of frames; 0: not given */

	/* decode, encode: those compared, the reference first */
	const struct codec *codecs[LIST_MAX];
	unsigned codec_count;

	/* decode, encode, pipeline: FILE|DIR... */
	char **paths;
	unsigned path_count;
};

/* A command of shmflip-bench. Each has a file of its own and a line in main.c. */
struct command {
	const char *name;
	const char *summary; /* for the list of commands */
	const char *help;    /* for COMMAND --help: what follows "[options]", and its own options */
	unsigned accepts;    /* enum option_group */
	/* decode, encode: which there are */
	const struct codec *const *codecs;
	int64_t seconds_ns;                        /* default of --seconds */
	int (*run)(const struct options *options); /* returns the exit status */
};

enum option_group {
	OPTIONS_TRANSPORTS = 1 << 0,
	OPTIONS_DECODE = 1 << 1,
	OPTIONS_PIPELINE = 1 << 2,
	OPTIONS_ENCODE = 1 << 3,
};

/* Exit status in addition to those of cli.h: no failure, but the figures are not reliable. */
enum { EXIT_NOT_VALID = 3 };

/* Sets *options from the command line. Exits after --help and --version, and on a usage error. */
void options_parse(struct options *options, int argc, char **argv,
                   const struct command *const *commands);

#endif
