/* SPDX-License-Identifier: MIT */
#include "png_samples.h"

#include <endian.h>
#include <math.h>
#include <string.h>

#include "h273.h"
#include "pixel_unpremultiply.h"
#include "read_float.h"

#define CHUNK_PIXELS 512
#define WHITE_16 65535
#define EXIF_VALUE 19 /* where the orientation's lower byte lies */

static const struct pixel_source *source_of(const struct png_samples *samples)
{
	return &samples->converter.source;
}

/* ---- Chunks --------------------------------------------------------------------------------- */

static unsigned choose_channels(const struct pixel_format *format)
{
	if (format->kind == PIXEL_GRAY || format->kind == PIXEL_VALUE)
		return 1;
	return format->alpha ? 4 : 3;
}

static uint32_t choose_white(const struct pixel_source *source)
{
	bool is_measure = source->format->kind == PIXEL_VALUE && source->value_scale != 0;

	return source->format->bits == 16 && !is_measure ? (uint32_t)source->white : WHITE_16;
}

static bool keeps_samples(const struct pixel_format *format)
{
	return format->kind != PIXEL_YUV && format->order != ORDER_FLOAT;
}

static unsigned count_bits(uint32_t value)
{
	return value ? 32 - (unsigned)__builtin_clz(value) : 0;
}

static unsigned count_significant_bits(const struct png_samples *samples)
{
	const struct pixel_source *source = source_of(samples);
	unsigned bits = source->colour.bits ? source->colour.bits : count_bits(samples->white);

	return keeps_samples(source->format) && bits < samples->depth ? bits : 0;
}

static void set_cicp(struct png_samples *samples)
{
	const struct pixel_source *source = source_of(samples);
	const struct shmflip_colour *colour = &source->colour;
	bool is_limited = keeps_samples(source->format) && colour->range == RANGE_LIMITED;

	samples->has_cicp =
		known_code(colour->primaries) || known_code(colour->transfer) || is_limited;
	samples->cicp[0] = known_code(colour->primaries) ? colour->primaries : CODE_UNSPECIFIED;
	samples->cicp[1] = known_code(colour->transfer) ? colour->transfer : CODE_UNSPECIFIED;
	samples->cicp[2] = 0; /* RGB */
	samples->cicp[3] = !is_limited;
}

/* A TIFF: big-endian, with a directory of one entry, the orientation. */
static void set_exif(struct png_samples *samples)
{
	const uint8_t tiff[PNG_EXIF_BYTES] = {
		'M',  'M',  0, 42, 0, 0, 0, 8, /* the directory begins at byte 8 */
		0,    1,                       /* entries */
		0x01, 0x12, 0, 3,  0, 0, 0, 1, /* the tag, and that one word follows */
	};
	uint32_t orientation = source_of(samples)->orientation;

	samples->has_exif = orientation > 1;
	memcpy(samples->exif, tiff, sizeof(tiff));
	samples->exif[EXIF_VALUE] = (uint8_t)orientation;
}

void png_samples_init(struct png_samples *samples, const struct pixel_source *source)
{
	*samples = (struct png_samples){
		.depth = source->format->bits >= 16 ? 16 : 8,
		.channels = choose_channels(source->format),
		.variant = png_filter_get(0),
		.white = choose_white(source),
	};
	pixel_converter_init(&samples->converter, source, NULL);
	samples->significant_bits = count_significant_bits(samples);
	set_cicp(samples);
	set_exif(samples);
}

/* ---- Rows ----------------------------------------------------------------------------------- */

unsigned png_samples_pixel_bytes(const struct png_samples *samples)
{
	return samples->channels * (samples->depth / 8);
}

size_t png_samples_row_bytes(const struct png_samples *samples)
{
	return (size_t)source_of(samples)->width * png_samples_pixel_bytes(samples);
}

static void write_word(uint8_t *out, uint16_t word)
{
	word = htobe16(word);
	memcpy(out, &word, sizeof(word));
}

static uint16_t read_word(const uint8_t *in)
{
	uint16_t word;

	memcpy(&word, in, sizeof(word));
	return le16toh(word);
}

/* Rounds. 0 to 65535 times 65535 is less than 2^32. */
static uint16_t scale(uint32_t value, uint32_t white)
{
	return value < white ? (uint16_t)((value * WHITE_16 + white / 2) / white) : WHITE_16;
}

static inline __attribute__((always_inline)) void write_words(uint8_t *out, const uint8_t *in,
                                                              size_t pixels, unsigned step,
                                                              unsigned channels, uint32_t white)
{
	for (size_t x = 0; x < pixels; x++, in += (size_t)2 * step, out += (size_t)2 * channels) {
		for (unsigned i = 0; i < channels; i++) {
			uint16_t word = read_word(in + (size_t)2 * i);

			write_word(out + (size_t)2 * i,
			           white == WHITE_16 ? word : scale(word, white));
		}
	}
}

static void write_word_row(const struct png_samples *samples, const uint8_t *in, uint8_t *out)
{
	size_t pixels = source_of(samples)->width;
	unsigned step = source_of(samples)->format->block_bytes[0] / 2;

	/* The common case has a loop of its own. */
	if (samples->white == WHITE_16)
		write_words(out, in, pixels, step, samples->channels, WHITE_16);
	else
		write_words(out, in, pixels, step, samples->channels, samples->white);
}

static void write_premultiplied_words(const struct png_samples *samples, const uint8_t *in,
                                      uint8_t *out)
{
	uint32_t width = source_of(samples)->width, pixels;
	uint8_t straight[UNPREMULTIPLY_BYTES_MAX * CHUNK_PIXELS];

	for (uint32_t x = 0; x < width; x += pixels) {
		size_t at = (size_t)UNPREMULTIPLY_BYTES_MAX * x;

		pixels = width - x < CHUNK_PIXELS ? width - x : CHUNK_PIXELS;
		pixel_unpremultiply(source_of(samples), in + at, pixels, straight);
		write_words(out + at, straight, pixels, 4, 4, samples->white);
	}
}

static uint16_t word_of_float(const uint8_t *in)
{
	float value = read_float(in);

	/* NaN is not above 0. */
	if (!(value > 0))
		return 0;
	return value < 1 ? (uint16_t)lround((double)value * WHITE_16) : WHITE_16;
}

static void write_float_row(const uint8_t *in, size_t pixels, uint8_t *out)
{
	for (size_t x = 0; x < pixels; x++)
		write_word(out + 2 * x, word_of_float(in + 4 * x));
}

static void write_colour_row(const struct png_samples *samples, uint32_t y, uint8_t *out)
{
	uint32_t width = source_of(samples)->width, pixels;
	uint8_t bgra[4 * CHUNK_PIXELS];

	for (uint32_t x = 0; x < width; x += pixels, out += (size_t)pixels * samples->channels) {
		pixels = width - x < CHUNK_PIXELS ? width - x : CHUNK_PIXELS;
		pixel_convert(&samples->converter, x, y, pixels, 1, bgra, sizeof(bgra));
		samples->variant->pack(bgra, pixels, samples->channels, out);
	}
}

void png_samples_row(const struct png_samples *samples, uint32_t y, uint8_t *out)
{
	const struct pixel_source *source = source_of(samples);
	const struct pixel_plane *plane = &source->plane[0];
	const uint8_t *in = plane->pixels + y * plane->stride_bytes;

	switch (source->format->kind) {
	case PIXEL_GRAY:
		memcpy(out, in, plane->row_bytes);
		break;
	case PIXEL_VALUE:
		if (source->format->order == ORDER_FLOAT) {
			write_float_row(in, source->width, out);
			break;
		}
		/* fall through */
	case PIXEL_RGBA16:
		if (source->premultiplied)
			write_premultiplied_words(samples, in, out);
		else
			write_word_row(samples, in, out);
		break;
	default:
		write_colour_row(samples, y, out);
	}
}
