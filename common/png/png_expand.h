/* SPDX-License-Identifier: MIT
 *
 * Expands rows of every kind, interlaced or not, to pixels of every format that has the samples of
 * a PNG. The raw rows stay as they are, and may share memory with the pixels, as png_unfilter.h
 * says. An object serves one picture after another, and keeps memory for a few rows. One thread at
 * a time. */
#ifndef SHMFLIP_PNG_EXPAND_H
#define SHMFLIP_PNG_EXPAND_H

#include <stdbool.h>
#include <stdint.h>

#include "png_fast.h"
#include "png_row_pixels.h"

enum { PNG_PASSES = 7 };

/* The pixels of a picture that rows hold: every step_x-th from x on of every step_y-th row from y
 * on. */
struct png_pass {
	uint32_t x, y, step_x, step_y;
	uint32_t width; /* of the rows; may be 0 */
	uint32_t height;
};

struct png_expander {
	struct png_row_converter converter;
	struct png_pass pass;
	size_t row_bytes;        /* of a raw row, with its filter */
	const uint8_t *above;    /* the last row, unfiltered */
	uint32_t y;              /* of the next row */
	uint8_t *memory;         /* for all of the following */
	size_t memory_bytes;     /* private */
	size_t memory_row_bytes; /* likewise */
};

/* Zero-initialised before the first picture. Returns false if memory runs out. */
bool png_expander_begin(struct png_expander *expander, const struct png_fast_format *format,
                        png_look_up_function *look_up);
/* Frees the memory. */
void png_expander_finish(struct png_expander *expander);

/* All rows of a picture that is not interlaced, or those of pass 0 to 6 of one that is. */
void png_pass_init(struct png_pass *pass, const struct png_fast_format *format, unsigned number);
uint64_t png_pass_row_bytes(const struct png_pass *pass, const struct png_fast_format *format);

void png_expander_begin_pass(struct png_expander *expander, const struct png_pass *pass);

/* Expands the next count rows of the pass, which begin at raw. pixels: of the picture. Returns
 * false if a filter does not exist; the pixels are then undefined. */
bool png_expand_rows(struct png_expander *expander, const uint8_t *raw, uint32_t count,
                     uint8_t *pixels);

/* After the last row: returns false if a colour does not exist. *opaque: every alpha is full. */
bool png_expander_end(const struct png_expander *expander, bool *opaque);

#endif
