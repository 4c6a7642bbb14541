/* SPDX-License-Identifier: MIT
 *
 * Makes random deflate streams (RFC 1951) that no encoder would make: codes of up to 15 bits, far
 * distances, matches that overlap, empty blocks, and, if asked to, codes that are incomplete or
 * over-subscribed. A seed always gives the same stream. */
#ifndef SHMFLIP_TESTS_DEFLATE_MAKER_H
#define SHMFLIP_TESTS_DEFLATE_MAKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../data/bytes.h"
#include "random_code.h"

struct deflate_style {
	uint32_t data_bytes_max;
	bool invalid; /* some code, symbol, length or distance is invalid */
};

/* Adds a deflate stream. */
void deflate_make(struct bytes *bytes, struct random *random, const struct deflate_style *style);

#endif
