/* SPDX-License-Identifier: MIT
 *
 * Pictures of every size, kind of samples and content: libpng reads from the PNG the rows that went
 * in, bit for bit, and the file is the same for any number of threads. */
#include <errno.h>

#include "encoded_png.h"

#include "png_band.h"

enum { SQUARE_MAX = 70, JOBS = 3 };

/* One format for each kind of PNG: gray, RGB and RGBA, of 8 and 16 bits. */
static const uint32_t formats[] = { SHMFLIP_R8,           SHMFLIP_R16,      SHMFLIP_XRGB8888,
	                            SHMFLIP_XBGR16161616, SHMFLIP_ARGB8888, SHMFLIP_ABGR16161616 };

enum { FORMATS = sizeof(formats) / sizeof(formats[0]) };

enum content { NOISE, FLAT, GRADIENT, DRAWN, CONTENTS };

static uint8_t byte_of(enum content content, uint32_t byte, uint32_t y)
{
	switch (content) {
	case FLAT:
		return 200;
	case GRADIENT:
		return (uint8_t)(byte + 2 * y);
	case DRAWN: /* few values, which repeat in patterns */
		return byte / 24 % 3 == y / 5 % 2 ? 17 : (uint8_t)((byte / 4 * 7 + y * y) % 4 * 80);
	default:
		return (uint8_t)(image_random() >> 24);
	}
}

static void draw(const struct pixel_image *image, enum content content)
{
	const struct shmflip_frame *frame = &image->frame;
	uint32_t bytes = pixel_format_find(frame->fourcc)->block_bytes[0] * frame->width;

	for (uint32_t y = 0; y < frame->height; y++)
		for (uint32_t i = 0; i < bytes; i++)
			*image_at(image, 0, y, i) = byte_of(content, i, y);
}

static void encode(struct png_encoder *encoder, const struct pixel_image *image, struct file *file)
{
	struct pixel_source source;
	FILE *out = open_memstream(&file->bytes, &file->size);

	assert_non_null(out);
	image_source(image, &source);
	assert_int_equal(png_encode(encoder, &source, file_append, out), 0);
	assert_int_equal(fclose(out), 0);
}

static void assert_rows(struct file *file, const struct pixel_image *image)
{
	struct pixel_source source;
	struct png_samples samples;
	uint8_t *row;

	image_source(image, &source);
	png_samples_init(&samples, &source);
	row = malloc(png_samples_row_bytes(&samples));
	assert_non_null(row);
	file_read(file);
	assert_int_equal(png_get_image_height(file->png, file->info), source.height);
	assert_int_equal(png_get_rowbytes(file->png, file->info), png_samples_row_bytes(&samples));
	for (uint32_t y = 0; y < source.height; y++) {
		png_samples_row(&samples, y, row);
		assert_memory_equal(file->rows[y], row, png_samples_row_bytes(&samples));
	}
	free(row);
}

/* Encoders keep their memory from picture to picture, smaller and larger ones. */
static struct png_encoder *one, *several;

static void check(uint32_t fourcc, uint32_t width, uint32_t height, enum content content)
{
	struct file file, again;
	struct pixel_image image;

	image_init(&image, fourcc, width, height, 3);
	draw(&image, content);
	encode(one, &image, &file);
	encode(several, &image, &again);
	assert_int_equal(file.size, again.size);
	assert_memory_equal(file.bytes, again.bytes, file.size);
	assert_rows(&file, &image);
	file_finish(&file);
	free(again.bytes);
	image_finish(&image);
}

static void test_squares(void **state)
{
	(void)state;
	for (uint32_t size = 1; size <= SQUARE_MAX; size++)
		for (unsigned i = 0; i < FORMATS; i++)
			for (int content = 0; content < CONTENTS; content++)
				if (size < 20 || (size + i) % CONTENTS == (unsigned)content)
					check(formats[i], size, size, (enum content)content);
}

static void test_single_rows_and_columns(void **state)
{
	(void)state;
	for (uint32_t size = 1; size <= 1000; size += size < 40 ? 1 : 67)
		for (unsigned i = 0; i < FORMATS; i++) {
			check(formats[i], size, 1, (enum content)(size % CONTENTS));
			check(formats[i], 1, size, (enum content)(size % CONTENTS));
		}
}

/* Several bands, the last one shorter. Widths around the pixels that are converted at once. */
static void test_bands(void **state)
{
	(void)state;
	for (unsigned i = 0; i < FORMATS; i++)
		for (int content = 0; content < CONTENTS; content++) {
			check(formats[i], 511, 700, (enum content)content);
			check(formats[i], 513, 1030, (enum content)content);
		}
}

/* Rows longer than deflate's window of 32 KiB, and than a band of 256 KiB. */
static void test_long_rows(void **state)
{
	(void)state;
	for (int content = 0; content < CONTENTS; content++) {
		check(SHMFLIP_R8, 32767, 3, (enum content)content);
		check(SHMFLIP_XRGB8888, 10925, 30, (enum content)content);
		check(SHMFLIP_ABGR16161616, 16384, 4, (enum content)content);
		check(SHMFLIP_ABGR16161616, 40000, 7, (enum content)content);
	}
}

/* Flat pictures become small, and noise no larger than it is. */
static void test_sizes(void **state)
{
	struct pixel_image image;
	struct file file;

	(void)state;
	image_init(&image, SHMFLIP_XRGB8888, 640, 480, 0);
	draw(&image, FLAT);
	encode(one, &image, &file);
	assert_in_range(file.size, 1, 640 * 480 * 3 / 150);
	free(file.bytes);
	draw(&image, NOISE);
	encode(one, &image, &file);
	assert_true(file.size < (1 + 640 * 3) * 480 * 1001 / 1000 + 100);
	free(file.bytes);
	image_finish(&image);
}

/* ---- Failures ------------------------------------------------------------------------------- */

/* Fails at the part with this number. */
static int fail_at(void *context, const void *bytes, size_t size)
{
	unsigned *left = context;

	(void)bytes;
	(void)size;
	return (*left)-- ? 0 : -ENOSPC;
}

/* After the failure, no thread reads the picture, which is then freed. */
static int encode_until(unsigned part)
{
	struct pixel_source source;
	struct pixel_image image;
	int error;

	image_init(&image, SHMFLIP_XRGB8888, 700, 900, 0);
	draw(&image, GRADIENT);
	image_source(&image, &source);
	error = png_encode(several, &source, fail_at, &part);
	image_finish(&image);
	return error;
}

static void test_failure_at_each_part(void **state)
{
	unsigned parts = 0;

	(void)state;
	for (int error = -ENOSPC; error; parts++) {
		error = encode_until(parts);
		assert_true(error == 0 || error == -ENOSPC);
	}
	/* Signature, header, end, and some bands. */
	assert_true(parts > 3 + 6);
	/* The encoder still works. */
	check(SHMFLIP_XRGB8888, 700, 900, NOISE);
}

static int create(void **state)
{
	(void)state;
	return png_encoder_create(1, &one) || png_encoder_create(JOBS, &several);
}

static int destroy(void **state)
{
	(void)state;
	png_encoder_destroy(one);
	png_encoder_destroy(several);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_squares), cmocka_unit_test(test_single_rows_and_columns),
		cmocka_unit_test(test_bands),   cmocka_unit_test(test_long_rows),
		cmocka_unit_test(test_sizes),   cmocka_unit_test(test_failure_at_each_part),
	};

	return cmocka_run_group_tests(tests, create, destroy);
}
