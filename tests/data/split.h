/* SPDX-License-Identifier: MIT
 *
 * Splits the image data of a PNG into other pieces. */
#ifndef SHMFLIP_TESTS_DATA_SPLIT_H
#define SHMFLIP_TESTS_DATA_SPLIT_H

#include "bytes.h"

enum { SPLIT_SIZES_MAX = 8 };

/* The lengths of the IDAT chunks, repeated until the data are used up. If lengths of 0 follow
 * the last piece, these empty pieces are added too. At least one length is not 0. */
struct split {
	int count;
	uint32_t sizes[SPLIT_SIZES_MAX];
};

/* Adds the result to out. png must be valid. */
void split_idats(const struct bytes *png, const struct split *split, struct bytes *out);

#endif
