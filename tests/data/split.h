/* SPDX-License-Identifier: MIT
 *
 * The same PNG with its image data cut into other pieces. */
#ifndef TESTS_DATA_SPLIT_H
#define TESTS_DATA_SPLIT_H

#include "bytes.h"

enum { SPLIT_SIZES_MAX = 8 };

/* The lengths of the IDAT chunks, over and over until the data is used up; after the last piece
 * come those pieces of length 0 that follow. At least one length is not 0. */
struct split {
	int count;
	uint32_t sizes[SPLIT_SIZES_MAX];
};

/* png: a right one, whose IDATs follow one another. out: where to append. */
void split_idats(const struct bytes *png, const struct split *split, struct bytes *out);

#endif
