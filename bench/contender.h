/* SPDX-License-Identifier: MIT
 *
 * A contender shows PNG files with one or more programs. To add one: write a function that
 * assembles its processes, and add a line to the table in contender.c. */
#ifndef SHMFLIP_BENCH_CONTENDER_H
#define SHMFLIP_BENCH_CONTENDER_H

#include "process_group.h"

/* The frames to show, and the programs that may show them. */
struct pipeline_input {
	const char *directory; /* frames are 000000.png and so on; no other *.png */
	const char *channel;   /* directory for channels */
	unsigned frames;       /* how many to show */
	uint32_t width;        /* of every frame */
	uint32_t height;
	const char *producer; /* path of shmflip-producer */
	const char *viewer;   /* path of shmflip-viewer */
};

enum contender_traits {
	CONTENDER_WINDOW = 1 << 0, /* shows frames on a display */
	CONTENDER_UNSEEN = 1 << 1, /* no viewer; else our own reader reads every pixel */
	CONTENDER_LIMIT = 1 << 2,  /* what the machine can do, not a contender: see threads */
};

struct contender {
	const char *name;
	const char *title;
	unsigned traits;
	/* Decoder threads. A limit instead runs as many programs of one thread side by side,
	 * each of which shows all frames. */
	unsigned threads;
	/* Adds its processes to group. Returns 0 or a negative errno. */
	int (*assemble)(const struct contender *contender, const struct pipeline_input *input,
	                struct process_group *group);
};

/* shmflip first; NULL-terminated. */
extern const struct contender *const contenders[];

#endif
