/* SPDX-License-Identifier: MIT
 *
 * What converts pixels to B G R A: our variants, libyuv, and swscale. */
#ifndef SHMFLIP_TESTS_PIXEL_CONTENDER_H
#define SHMFLIP_TESTS_PIXEL_CONTENDER_H

#include <stdbool.h>

#include "pixel_convert.h"
#include "pixel_picture.h"

/* A conversion that is ready to run, again and again. */
struct pixel_run {
	const struct pixel_picture *picture;
	struct pixel_converter converter; /* of ours */
	void *scaler;                     /* of swscale */
	uint8_t *out;
	size_t stride_bytes;
};

struct pixel_contender {
	const char *name;
	/* Returns false if it cannot convert this format. */
	bool (*prepare)(const struct pixel_contender *contender, struct pixel_run *run);
	void (*convert)(struct pixel_run *run);
	void (*finish)(struct pixel_run *run);
	int number; /* our variant, or flags of swscale */
};

/* By number; NULL after the last. */
const struct pixel_contender *pixel_contender_get(unsigned index);

#endif
