/* SPDX-License-Identifier: MIT
 *
 * What faulty files are made from: a right picture of PATCH_SIDE x PATCH_SIDE RGB pixels, or parts
 * put together by hand. All of it is appended to an empty png. */
#ifndef TESTS_DATA_PATCH_H
#define TESTS_DATA_PATCH_H

#include "bytes.h"
#include "file_sink.h"

enum {
	PATCH_SIDE = 16,
	PATCH_ROW = 1 + 3 * PATCH_SIDE, /* bytes before deflating, with the filter's */
	PATCH_ROWS = PATCH_SIDE * PATCH_ROW,
};

void patch_right(struct bytes *png);
/* The right picture; where its first chunk of a type lies in it. */
struct chunk patch_right_chunk(struct bytes *png, const char *type);
/* The right picture with one chunk more. */
void patch_right_with(struct bytes *png, const char *before, const char *type, const void *content,
                      size_t length);
/* After a header: image data and the end. rows: before deflating, each with its filter's byte. */
void patch_rows(struct bytes *png, const struct bytes *rows);
/* A picture with the right header, and so many zero bytes of rows. */
void patch_zero_rows(struct bytes *png, size_t rows_size);

struct patch {
	const char *name;
	void (*make)(struct bytes *png);
};

/* Hands each one over, as the functions of file_sink.h do. */
int patch_each(const struct file_sink *sink, const struct patch *patches, size_t count);

#endif
