/* SPDX-License-Identifier: MIT
 *
 * A way from PNG files to whoever looks at them: a function that puts its programs together, and a line of
 * the table in contender.c. */
#ifndef BENCH_CONTENDER_H
#define BENCH_CONTENDER_H

#include "process_group.h"

/* What is shown. */
struct pipeline_input {
	const char *directory; /* 000000.png and so on are the frames, and nothing else is *.png */
	const char *channel;   /* a directory for channels */
	unsigned frames;       /* to show of them */
	uint32_t width;        /* of every frame */
	uint32_t height;
	const char *producer; /* where our programs are */
	const char *viewer;
};

enum contender_traits {
	CONTENDER_WINDOW = 1 << 0, /* shows frames on a display */
	CONTENDER_UNSEEN = 1 << 1, /* nobody looks; others have a reader of ours read every pixel */
	CONTENDER_LIMIT = 1 << 2,  /* no contender: what the machine can do, see below */
};

struct contender {
	const char *name;
	const char *title;
	unsigned traits;
	/* That decode. A limit runs as many programs of one thread instead, side by side, and each of
	 * them shows all frames. */
	unsigned threads;
	/* 0 or a negative errno */
	int (*assemble)(const struct contender *contender, const struct pipeline_input *input,
	                struct process_group *group);
};

/* shmflip first; NULL-terminated. */
extern const struct contender *const contenders[];

#endif
