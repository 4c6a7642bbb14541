/* SPDX-License-Identifier: MIT
 *
 * A decoder turns a PNG in memory into 32-bit pixels, an encoder turns such pixels into a PNG in
 * memory, both on one thread. Each is a struct of functions in a file of its own: see
 * decoder/table.def and encoder/table.def. Functions return 0 or a negative errno. */
#ifndef SHMFLIP_BENCH_CODEC_H
#define SHMFLIP_BENCH_CODEC_H

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

struct codec {
	const char *name;    /* for --decoders or --encoders */
	const char *title;   /* for JSON */
	bool is_stage;       /* a single stage of decoding, not a decoder */
	void *(*open)(void); /* returns NULL if out of memory; NULL if there is no state */
	void (*close)(void *state);
	/* A decoder. Writes the bytes blue, green, red, and alpha or 255, in rows stride_bytes
	 * apart. It may also overwrite DECODER_SLACK_BYTES behind them. -ENOTSUP: cannot decode
	 * this kind of file. */
	int (*decode)(void *state, const struct png_file *file, uint8_t *pixels);
	/* An encoder. Appends a PNG of RGB, or of RGBA if the picture is not opaque. */
	int (*encode)(void *state, const struct encoder_picture *picture,
	              struct encoder_output *output);
};

enum { DECODER_SLACK_BYTES = 1 << 20 };

/* codecs: NULL-terminated. NULL: none has that name. */
const struct codec *codec_named(const struct codec *const *codecs, const char *name);

#endif
