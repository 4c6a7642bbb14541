/* SPDX-License-Identifier: MIT
 *
 * A way from PNG files to whoever looks at them: a function that puts its programs together, and a line of
 * the table in contender.c. */
#ifndef BENCH_CONTENDER_H
#define BENCH_CONTENDER_H

#include "team.h"

/* What is shown. */
struct show {
	const char *folder;  /* 000000.png and so on are the frames, and nothing else is *.png */
	const char *channel; /* a folder for channels */
	unsigned frames;     /* to show of them */
	uint32_t width;      /* of every frame */
	uint32_t height;
	const char *producer; /* where our programs are */
	const char *viewer;
};

enum contender_traits {
	CONTENDER_WINDOW = 1 << 0, /* shows frames on a display; others have them read by a reader
				    * of ours, every pixel, or by nobody */
};

struct contender {
	const char *name;
	const char *title;
	unsigned traits;
	unsigned threads; /* that decode */
	/* 0 or a negative errno */
	int (*assemble)(const struct contender *contender, const struct show *show,
	                struct team *team);
};

/* shmflip first; NULL-terminated. */
extern const struct contender *const contenders[];

#endif
