/* SPDX-License-Identifier: MIT
 *
 * A scratch folder for `shmflip-bench pipeline`: frames as numbered links to files, over and over; in
 * one/ just the first. */
#ifndef BENCH_FARM_H
#define BENCH_FARM_H

#include "pictures.h"

enum { FARM_PATH_SIZE = 64 };

struct farm {
	char root[FARM_PATH_SIZE];
	char one[FARM_PATH_SIZE];
	char many[FARM_PATH_SIZE];
	char channel[FARM_PATH_SIZE];
	unsigned frames; /* in many */
};

/* 0, or a negative errno after a message. */
int farm_make(struct farm *farm, const struct pictures *pictures, unsigned frames);
void farm_remove(struct farm *farm);

#endif
