/* SPDX-License-Identifier: MIT
 *
 * The command line of shmflip-producer, read once at the start. */
#ifndef SHMFLIP_PRODUCER_OPTIONS_H
#define SHMFLIP_PRODUCER_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "input/raw_output.h"

#define LOOP_FOREVER UINT64_MAX

struct options {
	const char *channel;    /* NULL: default */
	const char *dir;        /* NULL: the library's default */
	const char *stats_path; /* NULL: none; "-": stdout */
	char **sources;
	int source_count; /* at least 1 */
	uint64_t loops;   /* how often to start over, or LOOP_FOREVER */
	struct frame_rate rate;
	bool rate_given;
	struct frame_rate stream_rate; /* that the source names: viewers are told, if rate is 0 */
	uint32_t slots;                /* to begin with */
	bool slots_given;              /* else the producer may take more */
	unsigned jobs;                 /* at least 1, and less than slots */
	uint32_t policy;               /* enum shmflip_policy */
	unsigned wait_viewers;         /* 0: start at once */
	uint32_t max_width;            /* 0: as the inputs need */
	uint32_t max_height;
	struct raw_layout raw;      /* of bare pixels on stdin; format NULL: none */
	struct frame_rate raw_rate; /* that --raw names */
	struct pixels pixels;       /* of frames in the channel */
	float value_scale;          /* of struct shmflip_frame; 0: not known */
	float value_offset;
	struct shmflip_colour colour; /* matrix and range of video in a stream; 0: not given */
	mode_t mode;
	bool group_given;
	gid_t group;
	int64_t lease_ms; /* as in struct shmflip_producer_options */
	bool stop_on_error;
	bool reopen; /* the source is a FIFO: wait for its next writer */
	bool preload;
	bool flatten;
	uint32_t background; /* 0xRRGGBB */
	bool quiet;
	bool verbose;
};

/* Exits after --help and --version, and on a usage error. The strings are argv's. */
void options_parse(struct options *options, int argc, char **argv);

/* The channel's name. */
const char *options_channel(const struct options *options);

/* Whether the source is a stream: stdin ("-"), or a FIFO. */
bool options_is_stream(const struct options *options);

#endif
