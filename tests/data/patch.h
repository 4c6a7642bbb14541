/* SPDX-License-Identifier: MIT
 *
 * Makes faulty files from a valid picture of PATCH_SIDE x PATCH_SIDE RGB pixels, or from single
 * parts. png must be empty, except for patch_add_rows(). */
#ifndef SHMFLIP_TESTS_DATA_PATCH_H
#define SHMFLIP_TESTS_DATA_PATCH_H

#include "bytes.h"
#include "file_sink.h"

enum {
	PATCH_SIDE = 16,
	PATCH_ROW = 1 + 3 * PATCH_SIDE, /* bytes before compression, with the filter byte */
	PATCH_ROWS = PATCH_SIDE * PATCH_ROW,
};

/* Makes the valid picture. */
void patch_make_valid(struct bytes *png);
/* Makes the valid picture and returns its first chunk of a type. */
struct chunk patch_make_and_find(struct bytes *png, const char *type);
/* Makes the valid picture with one more chunk. */
void patch_make_with_extra(struct bytes *png, const char *before, const char *type,
                           const void *content, size_t length);
/* Adds IDAT and IEND after a header. rows: before compression, each with its filter byte. */
void patch_add_rows(struct bytes *png, const struct bytes *rows);
/* Makes a picture with this header and rows_bytes zero bytes of rows. */
void patch_make_zeros(struct bytes *png, uint32_t width, uint32_t height, uint8_t depth,
                      uint8_t colour_type, size_t rows_bytes);
/* The same with the header of the valid picture. */
void patch_make_zero_rows(struct bytes *png, size_t rows_bytes);

struct patch {
	const char *name;
	void (*make)(struct bytes *png);
};

/* Passes each file to the sink, as the functions of file_sink.h do. */
int patch_each(const struct file_sink *sink, const struct patch *patches, size_t count);

#endif
