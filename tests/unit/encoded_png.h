/* SPDX-License-Identifier: MIT
 *
 * PNGs that png_encode writes into memory, and what libpng reads from them. */
#ifndef SHMFLIP_TESTS_ENCODED_PNG_H
#define SHMFLIP_TESTS_ENCODED_PNG_H

#include "pixel_image.h"

#include <png.h>

#include "png_encode.h"

/* A PNG in memory, and what libpng reads from it. */
struct file {
	char *bytes;
	size_t size;
	png_structp png;
	png_infop info;
	png_bytepp rows;
};

static inline int file_append(void *file, const void *bytes, size_t size)
{
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	return 0;
}

static inline void file_write(struct file *file, const struct pixel_image *image)
{
	struct pixel_source source;
	FILE *out = open_memstream(&file->bytes, &file->size);
	struct png_encoder *encoder;

	assert_non_null(out);
	image_source(image, &source);
	assert_int_equal(png_encoder_create(1, &encoder), 0);
	assert_int_equal(png_encode(encoder, &source, file_append, out), 0);
	png_encoder_destroy(encoder);
	assert_int_equal(fclose(out), 0);
}

/* libpng aborts at an error. */
static inline void file_read(struct file *file)
{
	FILE *in = fmemopen(file->bytes, file->size, "rb");

	assert_non_null(in);
	file->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	file->info = png_create_info_struct(file->png);
	png_init_io(file->png, in);
	png_read_png(file->png, file->info, PNG_TRANSFORM_IDENTITY, NULL);
	file->rows = png_get_rows(file->png, file->info);
	fclose(in);
}

static inline void file_init(struct file *file, const struct pixel_image *image)
{
	file_write(file, image);
	file_read(file);
}

static inline void file_finish(struct file *file)
{
	png_destroy_read_struct(&file->png, &file->info, NULL);
	free(file->bytes);
}

static inline unsigned file_sample(const struct file *file, uint32_t x, uint32_t y,
                                   unsigned channel)
{
	unsigned bytes = png_get_bit_depth(file->png, file->info) / 8;
	size_t pixel = (size_t)x * png_get_channels(file->png, file->info) + channel;
	const uint8_t *at = file->rows[y] + pixel * bytes;

	return bytes == 2 ? (unsigned)at[0] << 8 | at[1] : at[0];
}

/* The data of the first chunk of this name before the pixels. NULL: there is none. */
static inline const uint8_t *file_chunk(const struct file *file, const char *name, uint32_t *length)
{
	size_t at = 8;

	while (memcmp(file->bytes + at + 4, "IDAT", 4) != 0) {
		const uint8_t *chunk = (const uint8_t *)file->bytes + at;

		*length = (uint32_t)chunk[0] << 24 | (uint32_t)chunk[1] << 16 |
		          (uint32_t)chunk[2] << 8 | chunk[3];
		if (memcmp(chunk + 4, name, 4) == 0)
			return chunk + 8;
		at += 12 + *length;
	}
	return NULL;
}

static inline void assert_sbit(const struct pixel_image *image, unsigned count, uint8_t bits)
{
	const uint8_t *data;
	uint32_t length;
	struct file file;

	file_init(&file, image);
	data = file_chunk(&file, "sBIT", &length);
	assert_int_equal(data != NULL, count > 0);
	if (data)
		assert_int_equal(length, count);
	for (unsigned i = 0; data && i < count; i++)
		assert_int_equal(data[i], bits);
	file_finish(&file);
}

#endif
