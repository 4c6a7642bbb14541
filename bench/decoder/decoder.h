/* SPDX-License-Identifier: MIT
 *
 * A decoder turns a PNG in memory into 32-bit pixels, on one thread. Each is a struct of
 * functions in a file of its own; table.def says how to add one. Functions return 0 or a
 * negative errno. */
#ifndef SHMFLIP_BENCH_DECODER_H
#define SHMFLIP_BENCH_DECODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct png_file {
	char *path;
	char *kind; /* the name of its directory: results are grouped by it */
	uint8_t *png;
	size_t png_bytes;
	uint32_t width;
	uint32_t height;
	uint32_t stride_bytes; /* of the decoded pixels */
	uint64_t pixel_bytes;
	uint8_t *idat; /* the compressed data of all chunks, in one piece */
	size_t idat_bytes;
	uint64_t raw_bytes; /* of idat when inflated; 0: unknown, the file is interlaced */
};

enum decoder_traits {
	DECODER_REFERENCE = 1 << 0, /* others are compared with its pixels and time */
	DECODER_STAGE = 1 << 1,     /* a single stage of decoding, not a decoder */
};

struct decoder {
	const char *name; /* for --decoders */
	const char *title;
	unsigned traits;
	void *(*open)(void); /* returns NULL if out of memory; NULL if there is no state */
	void (*close)(void *state);
	/* Writes the bytes blue, green, red, and alpha or 255, in rows stride_bytes apart. It
	 * may also overwrite DECODER_SLACK_BYTES behind them. -ENOTSUP: cannot decode this kind
	 * of file. */
	int (*decode)(void *state, const struct png_file *file, uint8_t *pixels);
};

enum { DECODER_SLACK_BYTES = 1 << 20 };

/* The reference first; NULL-terminated. */
extern const struct decoder *const decoders[];

/* NULL: no decoder has that name. */
const struct decoder *decoder_named(const char *name);

/* The version of zlib that libpng uses: zlib-ng's name is part of its own. */
const char *decoder_zlib_version(void);

/* Converts a row of RGBA bytes to BGRA. to may be from. */
void decoder_swap_row(uint8_t *to, const uint8_t *from, uint32_t pixels);

#endif
