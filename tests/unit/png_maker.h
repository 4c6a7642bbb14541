/* SPDX-License-Identifier: MIT
 *
 * Makes PNGs of every kind in memory, chunk by chunk and without libpng, so that tests can change
 * each byte. Free the results with bytes_finish(). */
#ifndef SHMFLIP_TESTS_PNG_MAKER_H
#define SHMFLIP_TESTS_PNG_MAKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../data/bytes.h"

enum colour_type { GREY = 0, RGB = 2, PALETTE = 3, GREY_ALPHA = 4, RGB_ALPHA = 6 };

struct png_spec {
	uint32_t width;
	uint32_t height;
	uint8_t depth;
	uint8_t colour_type;
	bool interlaced;
	struct bytes palette; /* of PLTE; empty: no PLTE */
	struct bytes trns;    /* of tRNS; empty: no tRNS */
	uint16_t (*sample)(uint32_t x, uint32_t y, unsigned channel);
};

unsigned channels_of(uint8_t colour_type);

/* Returns the rows before compression. */
struct bytes make_rows(const struct png_spec *spec);
struct bytes compressed(const struct bytes *plain);

/* Adds IHDR. */
void add_header(struct bytes *png, const struct png_spec *spec);
/* Adds PLTE and tRNS, if there are any. */
void add_palette(struct bytes *png, const struct png_spec *spec);
/* Returns the signature, IHDR, PLTE and tRNS. */
struct bytes make_beginning(const struct png_spec *spec);

/* Adds the rows in IDATs of at most chunk_bytes, and IEND. */
void add_rows_and_end(struct bytes *png, const struct bytes *rows, size_t chunk_bytes);
struct bytes make_png(const struct png_spec *spec);

#endif
