/* SPDX-License-Identifier: MIT */
#include "png_decode.h"

#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <png.h>

#include "png_chunks.h"
#include "png_fast.h"
#include "png_fast_format.h"
#include "png_header.h"
#include "png_unfilter.h"
#include "shmflip.h"

struct decoder {
	png_structp png;
	png_infop info;
	const uint8_t *next; /* what libpng has not read yet */
	size_t bytes;
	const struct png_decode_options *options;
	uint8_t *pixels;
	struct png_decoded *picture;
	uint32_t fourcc; /* of the pixels: XRGB8888 also for ARGB8888 */
	bool alpha;      /* the pixels get alpha from the file */
	bool reads_rows; /* libpng has begun with the pixels */
};

/* What png_get_io_chunk_type() returns. */
enum { IDAT = 'I' << 24 | 'D' << 16 | 'A' << 8 | 'T', ADAM7_PASSES = 7 };

static void set_message(const struct decoder *decoder, const char *message)
{
	snprintf(decoder->picture->message, sizeof(decoder->picture->message), "%s", message);
}

static void on_error(png_structp png, png_const_charp message)
{
	set_message(png_get_error_ptr(png), message);
	png_longjmp(png, 1);
}

/* Errors in the compressed data after the last row are only warnings to libpng: excess data, which
 * are harmless, and a bad checksum over all pixels, which is not. */
static bool is_harmless(const char *message)
{
	static const char *const harmless[] = {
		"IDAT: Extra compressed data",
		"IDAT: Too much image data",
		"IDAT: chunk data is too large",
	};

	if (strncmp(message, "IDAT: ", 6) != 0)
		return true;
	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++) {
		if (strcmp(message, harmless[i]) == 0)
			return true;
	}
	return false;
}

static void on_warning(png_structp png, png_const_charp message)
{
	struct decoder *decoder = png_get_error_ptr(png);

	if (!is_harmless(message))
		on_error(png, message);
	if (!decoder->picture->message[0])
		set_message(decoder, message);
}

static void on_read(png_structp png, png_bytep bytes, size_t size)
{
	struct decoder *decoder = png_get_io_ptr(png);

	if (size > decoder->bytes)
		png_error(png, "truncated");
	memcpy(bytes, decoder->next, size);
	decoder->next += size;
	decoder->bytes -= size;
}

/* libpng reads only IHDR, PLTE, tRNS, IDAT and IEND: colour spaces would bring gamma into the
 * blending, and texts only cost memory. */
static void set_limits(const struct decoder *decoder)
{
	png_set_user_limits(decoder->png, decoder->picture->width, decoder->picture->height);
	png_set_chunk_malloc_max(decoder->png, PNG_CHUNK_BYTES_MAX);
	png_set_chunk_cache_max(decoder->png, 128);
	png_set_keep_unknown_chunks(decoder->png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
}

/* Some encoders announce a smaller window than their data refer to. Any window fits into 32 KiB. */
static void set_window(const struct decoder *decoder)
{
	png_set_option(decoder->png, PNG_MAXIMUM_INFLATE_WINDOW, PNG_OPTION_ON);
}

static void set_background(const struct decoder *decoder)
{
	uint32_t rgb = decoder->options->background;
	unsigned unit = decoder->fourcc == SHMFLIP_XRGB8888 ? 1 : 257;
	png_color_16 colour = { .red = (rgb >> 16 & 255) * unit,
		                .green = (rgb >> 8 & 255) * unit,
		                .blue = (rgb & 255) * unit };

	png_set_background(decoder->png, &colour, PNG_BACKGROUND_GAMMA_SCREEN, 0, 1.0);
}

static bool has_alpha(const struct decoder *decoder)
{
	return png_get_color_type(decoder->png, decoder->info) & PNG_COLOR_MASK_ALPHA ||
	       png_get_valid(decoder->png, decoder->info, PNG_INFO_tRNS);
}

static void set_colours(struct decoder *decoder)
{
	png_structp png = decoder->png;

	decoder->alpha = has_alpha(decoder);
	png_set_expand(png);
	png_set_gray_to_rgb(png);
	if (decoder->alpha && decoder->options->flatten) {
		set_background(decoder);
		decoder->alpha = false;
	}
	if (decoder->fourcc == SHMFLIP_XRGB8888) {
		png_set_scale_16(png);
		png_set_bgr(png);
	}
	png_set_filler(png, 0xffff, PNG_FILLER_AFTER);
}

static void set_transforms(struct decoder *decoder)
{
	switch (decoder->fourcc) {
	case SHMFLIP_R8:
		png_set_expand_gray_1_2_4_to_8(decoder->png);
		break;
	case SHMFLIP_R16:
	case SHMFLIP_BGR888:
		break;
	default:
		set_colours(decoder);
	}
	/* A PNG's words are big-endian. Others are not changed. */
	png_set_swap(decoder->png);
}

static bool row_is_opaque(const struct decoder *decoder, const uint8_t *row)
{
	uint32_t width = decoder->picture->width;
	uint8_t all = 255;

	if (decoder->fourcc == SHMFLIP_XRGB8888)
		return png_row_is_opaque(row, width);
	for (size_t x = 0; x < width; x++)
		all &= row[8 * x + 6] & row[8 * x + 7];
	return all == 255;
}

static void set_format(const struct decoder *decoder, bool opaque)
{
	uint32_t fourcc = decoder->fourcc;

	if (fourcc == SHMFLIP_XRGB8888 && !opaque)
		fourcc = SHMFLIP_ARGB8888;
	if (fourcc == SHMFLIP_ABGR16161616 && opaque)
		fourcc = SHMFLIP_XBGR16161616;
	decoder->picture->format = fourcc;
}

/* An interlaced picture takes seven passes over the same rows, and is whole after the last. */
static void read_rows(struct decoder *decoder)
{
	struct png_decoded *picture = decoder->picture;
	int passes = png_set_interlace_handling(decoder->png);
	bool opaque = true;

	png_read_update_info(decoder->png, decoder->info);
	decoder->reads_rows = true;
	for (int pass = 1; pass <= passes; pass++) {
		for (uint32_t y = 0; y < picture->height; y++) {
			uint8_t *row = decoder->pixels + (size_t)y * picture->stride_bytes;

			png_read_row(decoder->png, row, NULL);
			if (decoder->alpha && opaque && pass == passes)
				opaque = row_is_opaque(decoder, row);
		}
	}
	set_format(decoder, opaque);
}

static bool has_all_rows(const struct decoder *decoder)
{
	if (png_get_interlace_type(decoder->png, decoder->info) == PNG_INTERLACE_ADAM7)
		return png_get_current_pass_number(decoder->png) == ADAM7_PASSES;
	return png_get_current_row_number(decoder->png) == decoder->picture->height;
}

/* libpng checks the CRC of the last IDAT, and then begins to read the next chunk. */
static bool is_past_idats(const struct decoder *decoder)
{
	return (png_get_io_state(decoder->png) & PNG_IO_MASK_LOC) == PNG_IO_CHUNK_HDR ||
	       png_get_io_chunk_type(decoder->png) != IDAT;
}

/* After an error: keeps the picture if all its pixels came, and none of their checksums is wrong.
 * What is missing is the end of the compressed data, or chunks after it. */
static int keep_if_whole(const struct decoder *decoder)
{
	struct png_decoded *picture = decoder->picture;
	bool opaque = true;

	if (!decoder->reads_rows || !has_all_rows(decoder) || !is_past_idats(decoder))
		return -EBADMSG;
	for (uint32_t y = 0; y < picture->height && decoder->alpha && opaque; y++)
		opaque =
			row_is_opaque(decoder, decoder->pixels + (size_t)y * picture->stride_bytes);
	set_format(decoder, opaque);
	return 0;
}

/* libpng's longjmp returns into this function alone. */
static int decode(struct decoder *decoder)
{
	if (setjmp(png_jmpbuf(decoder->png)))
		return keep_if_whole(decoder);
	set_limits(decoder);
	set_window(decoder);
	png_read_info(decoder->png, decoder->info);
	set_transforms(decoder);
	read_rows(decoder);
	png_read_end(decoder->png, NULL);
	return 0;
}

static bool has_format(const struct png_header *header, uint32_t fourcc)
{
	uint32_t own = png_header_format(header);

	return fourcc == SHMFLIP_XRGB8888 || fourcc == own ||
	       (fourcc == SHMFLIP_XBGR16161616 && own == SHMFLIP_ABGR16161616);
}

static int measure(const struct decoder *decoder, const uint8_t *png, size_t size)
{
	struct png_decoded *picture = decoder->picture;
	struct shmflip_layout layout;
	struct png_header header;
	const char *reason;

	if (png_header_parse(png, size, &header, &reason)) {
		snprintf(picture->message, sizeof(picture->message), "%s", reason);
		return -EBADMSG;
	}
	picture->width = header.width;
	picture->height = header.height;
	if (!has_format(&header, decoder->fourcc)) {
		set_message(decoder, "its pixels have another format");
		return -EINVAL;
	}
	shmflip_init(&layout);
	if (shmflip_format_layout(decoder->fourcc, header.width, header.height, &layout) ||
	    layout.bytes > decoder->options->pixels_size) {
		snprintf(picture->message, sizeof(picture->message), "%ux%u is too large",
		         header.width, header.height);
		return -EMSGSIZE;
	}
	picture->stride_bytes = layout.stride_bytes[0];
	return 0;
}

static int decode_with(struct decoder *decoder)
{
	int error = -ENOMEM;

	set_message(decoder, "out of memory");
	decoder->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, decoder, on_error, on_warning);
	if (!decoder->png)
		return error;
	decoder->info = png_create_info_struct(decoder->png);
	if (decoder->info) {
		set_message(decoder, "");
		png_set_read_fn(decoder->png, decoder, on_read);
		error = decode(decoder);
	}
	png_destroy_read_struct(&decoder->png, &decoder->info, NULL);
	return error;
}

static bool decode_fast(const struct decoder *decoder)
{
	const struct png_decode_options *options = decoder->options;
	struct png_decoded *picture = decoder->picture;
	struct png_fast_format format = { .width = picture->width,
		                          .height = picture->height,
		                          .stride_bytes = picture->stride_bytes,
		                          .fourcc = decoder->fourcc };
	struct png_chunk idat;
	bool opaque;

	if (!png_fast_format_read(&format, decoder->next, decoder->bytes, &idat) ||
	    (options->flatten && format.has_alpha) ||
	    !png_fast_decode(options->fast, &format, &idat, decoder->pixels, options->pixels_size,
	                     &opaque))
		return false;
	set_format(decoder, opaque);
	picture->fast = true;
	return true;
}

/* NOLINTBEGIN(readability-non-const-parameter): pixels are written through decoder */
int png_decode(const uint8_t *png, size_t size, const struct png_decode_options *options,
               uint8_t *pixels, struct png_decoded *picture)
/* NOLINTEND(readability-non-const-parameter) */
{
	struct decoder decoder = { .next = png,
		                   .bytes = size,
		                   .options = options,
		                   .pixels = pixels,
		                   .picture = picture,
		                   .fourcc = options->fourcc ? options->fourcc : SHMFLIP_XRGB8888 };
	int error;

	*picture = (struct png_decoded){ .message = "" };
	error = measure(&decoder, png, size);
	if (error || (options->fast && decode_fast(&decoder)))
		return error;
	return decode_with(&decoder);
}
