/* SPDX-License-Identifier: MIT
 *
 * An encoder turns 32-bit pixels into a PNG in memory, on one thread. Each is a struct of functions
 * in a file of its own; table.def says how to add one. Functions return 0 or a negative errno. */
#ifndef SHMFLIP_BENCH_ENCODER_H
#define SHMFLIP_BENCH_ENCODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct encoder_picture {
	const uint8_t *pixels; /* blue, green, red, and alpha or an undefined byte */
	uint32_t width;
	uint32_t height;
	uint32_t stride_bytes;
	bool opaque;
};

/* Grows, and is kept for the next picture. Zero-initialise. */
struct encoder_output {
	uint8_t *bytes;
	size_t size;
	size_t room;
};

struct encoder {
	const char *name; /* for --encoders */
	const char *title;
	void *(*open)(void); /* returns NULL if out of memory; NULL if there is no state */
	void (*close)(void *state);
	/* Appends a PNG of RGB, or of RGBA if the picture is not opaque. */
	int (*encode)(void *state, const struct encoder_picture *picture,
	              struct encoder_output *output);
};

/* The reference first; NULL-terminated. */
extern const struct encoder *const encoders[];

/* NULL: no encoder has that name. */
const struct encoder *encoder_named(const char *name);

/* What encoders share. The context is a struct encoder_output. Returns 0 or -ENOMEM. */
int encoder_append(void *context, const void *bytes, size_t size);

unsigned encoder_channels(const struct encoder_picture *picture);

/* Writes a row of red, green, blue and, if there is one, alpha. */
void encoder_read_row(const struct encoder_picture *picture, uint32_t y, uint8_t *out);

#endif
