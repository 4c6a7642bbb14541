/* SPDX-License-Identifier: MIT
 *
 * A way from a PNG in memory to 32-bit pixels: a table of functions, in a file of its own, and a line
 * in table.c. All of them on one thread. Errors are negative errno. */
#ifndef BENCH_DECODER_H
#define BENCH_DECODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct png_file {
	char *path;
	char *kind; /* the directory it lies in: what files are summed up by */
	uint8_t *png;
	size_t png_bytes;
	uint32_t width;
	uint32_t height;
	uint32_t stride_bytes; /* of the pixels that are to be made */
	uint64_t pixel_bytes;
	uint8_t *idat; /* the compressed data alone, in one piece */
	size_t idat_bytes;
	uint64_t raw_bytes; /* that they inflate to; 0: unknown, as the file is interlaced */
};

enum decoder_traits {
	DECODER_REFERENCE = 1 << 0, /* what others are compared with, in pixels and in time */
	DECODER_STAGE = 1 << 1,     /* no decoder: one step of decoding alone */
};

struct decoder {
	const char *name; /* for --decoders */
	const char *title;
	unsigned traits;
	void *(*open)(void); /* NULL: out of memory; a decoder without state has no open */
	void (*close)(void *state);
	/* Writes the bytes blue, green, red, and alpha or 255, in rows stride_bytes apart. There are
	 * DECODER_SLACK_BYTES bytes more behind them that may be written. -ENOTSUP: not such a file. */
	int (*decode)(void *state, const struct png_file *file, uint8_t *pixels);
};

enum { DECODER_SLACK_BYTES = 1 << 20 };

/* The reference first; NULL-terminated. */
extern const struct decoder *const decoders[];

/* NULL: there is none of that name. */
const struct decoder *decoder_named(const char *name);

/* Turns a row of RGBA bytes into BGRA, in place or not. */
void decoder_swap_row(uint8_t *to, const uint8_t *from, uint32_t pixels);

#endif
