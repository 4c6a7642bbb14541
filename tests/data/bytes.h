/* SPDX-License-Identifier: MIT
 *
 * A file in memory, and the parts that a PNG file is made of. For tests only: if memory runs out,
 * the program prints an error and exits. One thread. */
#ifndef SHMFLIP_TESTS_DATA_BYTES_H
#define SHMFLIP_TESTS_DATA_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Empty if zero-initialised. */
struct bytes {
	uint8_t *data;
	size_t size;
	size_t capacity; /* 0: the caller allocated data, and nothing may be added */
};

void bytes_add(struct bytes *bytes, const void *data, size_t size);
void bytes_add_fill(struct bytes *bytes, uint8_t value, size_t size);
/* Adds the zlib stream of size bytes of data, compressed at one of zlib's levels. */
void bytes_add_compressed(struct bytes *bytes, const void *data, size_t size, int level);
/* Frees the data; the object is then empty. */
void bytes_finish(struct bytes *bytes);

/* A chunk of a PNG file. */
struct chunk {
	char type[5];
	size_t content; /* offset in the file */
	uint32_t length;
};

/* Starts a PNG file. */
void png_add_signature(struct bytes *png);
/* Adds a chunk with a right CRC. */
void png_add_chunk(struct bytes *png, const char *type, const void *content, size_t length);
void png_add_header(struct bytes *png, uint32_t width, uint32_t height, uint8_t depth,
                    uint8_t colour_type, bool interlaced);

/* Finds the first chunk of a type. Returns false if there is none. */
bool png_find_chunk(const struct bytes *png, const char *type, struct chunk *chunk);
/* Reads the chunk that starts at an offset. Returns false at the end of the file. */
bool png_chunk_at(const struct bytes *png, size_t offset, struct chunk *chunk);
/* Returns the offset of the next chunk. */
size_t png_chunk_end(const struct chunk *chunk);
/* Writes the right CRC of a chunk whose content has changed. */
void png_update_crc(struct bytes *png, const struct chunk *chunk);

#endif
