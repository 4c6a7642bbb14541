/* SPDX-License-Identifier: MIT
 *
 * png_encode: any pixels of any size and kind, in several threads, are read back by libpng as they
 * went in, and one thread writes the same file. The first bytes choose format, width and how often
 * the rest is repeated; the rest are the pixels. */
#include <errno.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "png_encode.h"
#include "png_samples.h"

enum { HEADER_BYTES = 4, PIXELS_MAX = 1 << 20, FILE_MAX = 2 << 20, JOBS = 3 };

struct buffer {
	uint8_t bytes[FILE_MAX];
	size_t size;
};

static struct buffer one_file, several_file;
static uint8_t pixels[PIXELS_MAX];

static int append(void *context, const void *bytes, size_t size)
{
	struct buffer *file = context;

	REQUIRE(size <= FILE_MAX - file->size);
	memcpy(file->bytes + file->size, bytes, size);
	file->size += size;
	return 0;
}

/* Returns false if there is not a single pixel. */
static bool make_source(const uint8_t *data, size_t size, struct pixel_source *source)
{
	static const uint32_t formats[] = { SHMFLIP_R8,           SHMFLIP_R16,
		                            SHMFLIP_XRGB8888,     SHMFLIP_ARGB8888,
		                            SHMFLIP_XBGR16161616, SHMFLIP_ABGR16161616,
		                            SHMFLIP_R32F };
	struct shmflip_frame frame = { .planes = 1 };
	size_t pixel_bytes, bytes, repeats;

	if (size <= HEADER_BYTES)
		return false;
	frame.fourcc = formats[data[0] % (sizeof(formats) / sizeof(formats[0]))];
	frame.width = 1 + (data[1] | (uint32_t)(data[2] & 15) << 8);
	repeats = (size_t)1 << data[3] % 12;
	bytes = size - HEADER_BYTES;
	if (bytes > PIXELS_MAX / repeats)
		bytes = PIXELS_MAX / repeats;
	for (size_t i = 0; i < repeats; i++)
		memcpy(pixels + i * bytes, data + HEADER_BYTES, bytes);
	pixel_bytes = pixel_format_find(frame.fourcc)->block_bytes[0];
	if (frame.width > bytes * repeats / pixel_bytes)
		frame.width = (uint32_t)(bytes * repeats / pixel_bytes);
	if (frame.width == 0)
		return false;
	frame.plane[0].pixels = pixels;
	frame.plane[0].stride_bytes = (uint32_t)(frame.width * pixel_bytes);
	frame.height = frame.plane[0].rows =
		(uint32_t)(bytes * repeats / frame.plane[0].stride_bytes);
	return pixel_source_init(source, &frame) == 0;
}

static void read_file(png_struct *png, png_byte *bytes, size_t size)
{
	struct buffer *file = png_get_io_ptr(png);

	REQUIRE(size <= several_file.size - file->size);
	memcpy(bytes, several_file.bytes + file->size, size);
	file->size += size;
}

static void fail(png_struct *png, const char *message)
{
	(void)png;
	(void)message;
	REQUIRE(!"libpng accepts it");
	abort();
}

static void require_rows(const struct pixel_source *source)
{
	static struct buffer at;
	static uint8_t row[8 * 4096 + 8], expected[8 * 4096 + 8];
	png_struct *png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, fail, fail);
	png_info *info = png_create_info_struct(png);
	struct png_samples samples;

	png_samples_init(&samples, source);
	at.size = 0;
	png_set_read_fn(png, &at, read_file);
	png_read_info(png, info);
	REQUIRE(png_get_image_width(png, info) == source->width);
	REQUIRE(png_get_image_height(png, info) == source->height);
	REQUIRE(png_get_rowbytes(png, info) == png_samples_row_bytes(&samples));
	for (uint32_t y = 0; y < source->height; y++) {
		png_read_row(png, row, NULL);
		png_samples_row(&samples, y, expected);
		REQUIRE(memcmp(row, expected, png_samples_row_bytes(&samples)) == 0);
	}
	png_read_end(png, NULL);
	REQUIRE(at.size == several_file.size);
	png_destroy_read_struct(&png, &info, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct png_encoder *one, *several;
	struct pixel_source source;

	if (!one)
		REQUIRE(!png_encoder_create(1, &one) && !png_encoder_create(JOBS, &several));
	if (!make_source(data, size, &source))
		return 0;
	one_file.size = several_file.size = 0;
	REQUIRE(png_encode(one, &source, append, &one_file) == 0);
	REQUIRE(png_encode(several, &source, append, &several_file) == 0);
	REQUIRE(one_file.size == several_file.size);
	REQUIRE(memcmp(one_file.bytes, several_file.bytes, one_file.size) == 0);
	require_rows(&source);
	return 0;
}
