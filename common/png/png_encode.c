/* SPDX-License-Identifier: MIT */
#include "png_encode.h"

#include <errno.h>
#include <png.h>
#include <stdlib.h>

#include "png_samples.h"

#define COMPRESSION_LEVEL 1

/* Lives outside of the function that calls setjmp(): a local of that one would be undefined if it
 * changed before a longjmp. */
struct writer {
	FILE *file;
	uint32_t width, height;
	struct png_samples samples;
	uint8_t *row;
	int error;
};

static void on_error(png_structp png, png_const_charp message)
{
	int *error = png_get_error_ptr(png);

	(void)message;
	*error = errno ? -errno : -EIO;
	png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
	(void)png;
	(void)message;
}

static int choose_colour_type(const struct png_samples *samples)
{
	switch (samples->channels) {
	case 1:
		return PNG_COLOR_TYPE_GRAY;
	case 3:
		return PNG_COLOR_TYPE_RGB;
	default:
		return PNG_COLOR_TYPE_RGB_ALPHA;
	}
}

/* As pixels for each unit: a wide pixel has fewer across. PNG's numbers have 31 bits. */
static void set_aspect(png_structp png, png_infop info, const struct pixel_source *source)
{
	if (source->aspect_num && source->aspect_num <= PNG_UINT_31_MAX &&
	    source->aspect_den <= PNG_UINT_31_MAX)
		png_set_pHYs(png, info, source->aspect_den, source->aspect_num,
		             PNG_RESOLUTION_UNKNOWN);
}

/* libpng 1.6 knows no cICP. */
static void write_chunks(png_structp png, const struct png_samples *samples)
{
	if (samples->has_cicp)
		png_write_chunk(png, (png_const_bytep) "cICP", samples->cicp, PNG_CICP_BYTES);
	if (samples->has_exif)
		png_write_chunk(png, (png_const_bytep) "eXIf", samples->exif, PNG_EXIF_BYTES);
}

static void write_header(png_structp png, png_infop info, const struct writer *writer)
{
	const struct png_samples *samples = &writer->samples;
	png_byte bits = (png_byte)samples->significant_bits;

	png_set_IHDR(png, info, writer->width, writer->height, (int)samples->depth,
	             choose_colour_type(samples), PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_BASE,
	             PNG_FILTER_TYPE_BASE);
	if (bits)
		png_set_sBIT(png, info, &(png_color_8){ bits, bits, bits, bits, bits });
	set_aspect(png, info, &samples->converter.source);
	png_write_info(png, info);
	write_chunks(png, samples);
}

static void write_png(png_structp png, png_infop info, const struct writer *writer)
{
	png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
	png_set_compression_level(png, COMPRESSION_LEVEL);
	png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_SUB);
	write_header(png, info, writer);
	for (uint32_t y = 0; y < writer->height; y++) {
		png_samples_row(&writer->samples, y, writer->row);
		png_write_row(png, writer->row);
	}
	png_write_end(png, info);
}

static void encode(struct writer *writer)
{
	png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &writer->error, on_error,
	                                          on_warning);
	png_infop info = png ? png_create_info_struct(png) : NULL;

	if (info) {
		png_init_io(png, writer->file);
		errno = 0;
		if (setjmp(png_jmpbuf(png)) == 0)
			write_png(png, info, writer);
	} else {
		writer->error = -ENOMEM;
	}
	png_destroy_write_struct(&png, &info);
}

int png_encode(FILE *file, const struct pixel_source *source)
{
	struct writer writer = { .file = file, .width = source->width, .height = source->height };

	png_samples_init(&writer.samples, source);
	writer.row = malloc(png_samples_row_bytes(&writer.samples));
	if (!writer.row)
		return -ENOMEM;
	encode(&writer);
	free(writer.row);
	return writer.error;
}
