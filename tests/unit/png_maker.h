/* SPDX-License-Identifier: MIT
 *
 * Makes PNGs of every kind in memory, chunk by chunk and without libpng, so that tests can bend each
 * byte. Memory is freed by bytes_finish(). */
#ifndef TESTS_PNG_MAKER_H
#define TESTS_PNG_MAKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes {
	uint8_t *data;
	size_t size;
	size_t capacity; /* 0: data is not of our making, and is never added to */
};

enum colour_type { GREY = 0, RGB = 2, PALETTE = 3, GREY_ALPHA = 4, RGB_ALPHA = 6 };

struct png_spec {
	uint32_t width;
	uint32_t height;
	uint8_t depth;
	uint8_t colour_type;
	bool interlaced;
	struct bytes palette; /* of PLTE; empty: none */
	struct bytes trns;
	uint16_t (*sample)(uint32_t x, uint32_t y, unsigned channel);
};

void bytes_add(struct bytes *bytes, const void *data, size_t size);
void bytes_finish(struct bytes *bytes);
void add_signature(struct bytes *png);
void add_chunk(struct bytes *png, const char *type, const void *data, size_t size);
void add_header(struct bytes *png, const struct png_spec *spec);
unsigned channels_of(uint8_t colour_type);

/* The rows as they are before compression. */
struct bytes make_rows(const struct png_spec *spec);
struct bytes compressed(const struct bytes *plain);

/* Signature, IHDR, PLTE, tRNS: what stands before the pixels. */
struct bytes make_beginning(const struct png_spec *spec);

/* The rest, with these rows, in chunks of at most so many bytes. */
void add_rows_and_end(struct bytes *png, const struct bytes *rows, size_t chunk_bytes);
struct bytes make_png(const struct png_spec *spec);

#endif
