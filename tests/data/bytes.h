/* SPDX-License-Identifier: MIT
 *
 * A file in memory, and the parts that a PNG file is made of. Only for the program that makes the
 * test pictures: running out of memory ends it. One thread. */
#ifndef TESTS_DATA_BYTES_H
#define TESTS_DATA_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zero-initialised it is empty. */
struct bytes {
	uint8_t *data;
	size_t size;
};

void bytes_append(struct bytes *bytes, const void *data, size_t size);
void bytes_append_fill(struct bytes *bytes, uint8_t value, size_t size);
void bytes_finish(struct bytes *bytes);

/* Where a chunk of a PNG file lies: its content, of length bytes, starts at content. */
struct chunk {
	char type[5];
	size_t content;
	uint32_t length;
};

/* Starts a PNG file. */
void png_append_signature(struct bytes *png);
/* A chunk whose checksum is right. */
void png_append_chunk(struct bytes *png, const char *type, const void *content, size_t length);
void png_append_header(struct bytes *png, uint32_t width, uint32_t height, uint8_t depth,
                       uint8_t colour_type);
/* zlib's form of size bytes of data, at one of its levels. */
void deflate_append(struct bytes *out, const void *data, size_t size, int level);

/* The first chunk of a type; false when there is none. */
bool png_find_chunk(const struct bytes *png, const char *type, struct chunk *chunk);
/* The chunk that starts at this offset; false at the end of the file. */
bool png_chunk_at(const struct bytes *png, size_t offset, struct chunk *chunk);
/* Where the chunk after this one starts. */
size_t png_chunk_end(const struct chunk *chunk);
/* Makes the checksum right again after the content has been changed. */
void png_mend_checksum(struct bytes *png, const struct chunk *chunk);

#endif
