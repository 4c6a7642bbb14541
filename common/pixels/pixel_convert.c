/* SPDX-License-Identifier: MIT */
#include "pixel_convert.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "pixel_rows.h"
#include "pixel_unpremultiply.h"

#define OPAQUE 0xff000000u
#define WHITE_16 65535
#define CHUNK_PIXELS 512

static const struct pixel_rows *const variants[] = {
#ifdef HAVE_PIXELS_X86
	&pixel_rows_avx2,
	&pixel_rows_sse2,
#endif
#ifdef HAVE_PIXELS_NEON
	&pixel_rows_neon,
#endif
	&pixel_rows_plain_c,
};

enum { VARIANTS = sizeof(variants) / sizeof(variants[0]) };

static const struct pixel_rows *get_variant(unsigned index)
{
	unsigned first = 0;

#ifdef HAVE_PIXELS_X86
	if (!__builtin_cpu_supports("sse2"))
		first = 2;
	else if (!__builtin_cpu_supports("avx2"))
		first = 1;
#endif
	return index < VARIANTS - first ? variants[first + index] : NULL;
}

const char *pixel_variant_name(unsigned index)
{
	const struct pixel_rows *rows = get_variant(index);

	return rows ? rows->name : NULL;
}

void pixel_converter_use(struct pixel_converter *converter, unsigned variant)
{
	converter->rows = get_variant(variant);
}

/* ---- Coefficients --------------------------------------------------------------------------- */

static int16_t coefficient(double value)
{
	return (int16_t)lround(value * YUV_CHROMA_UNIT);
}

/* Samples count as parts of 8 bits. So full range of 10 bits ends at 1023 / 4. */
static struct pixel_yuv make_yuv(const struct pixel_source *source)
{
	double red = source->matrix->red, blue = source->matrix->blue, green = 1 - red - blue;
	double full = source->format->bits == 10 ? 255 / (1023.0 / 4) : 1;
	double luma = source->full_range ? full : 255.0 / 219;
	double chroma = 2 * (source->full_range ? full : 255.0 / 224);

	return (struct pixel_yuv){
		.black = source->full_range ? 0 : 16,
		.luma = (int16_t)lround(luma * YUV_LUMA_UNIT),
		.v_red = coefficient(chroma * (1 - red)),
		.u_green = coefficient(-chroma * (1 - blue) * blue / green),
		.v_green = coefficient(-chroma * (1 - red) * red / green),
		.u_blue = coefficient(chroma * (1 - blue)),
	};
}

struct pixel_appearance pixel_appearance_full(const struct pixel_source *source)
{
	return (struct pixel_appearance){ .range = pixel_range_full(source) };
}

/* Finite, and above 0, whatever the range is. An empty range has one step at its place. */
static float scale_of(struct pixel_range range)
{
	double steps = COLOUR_MAP_STEPS - 1, span = (double)range.high - (double)range.low;

	return span > steps / (double)FLT_MAX ? (float)(steps / span) : FLT_MAX;
}

static void set_appearance(struct pixel_converter *converter,
                           const struct pixel_appearance *appearance)
{
	struct pixel_range range = appearance->range;

	if (!isfinite(range.low) || !isfinite(range.high))
		range = pixel_range_full(&converter->source);
	converter->low = range.low;
	converter->scale = scale_of(range);
	converter->alpha_scale = (COLOUR_MAP_STEPS - 1) / converter->source.white;
	converter->is_full_16 =
		range.low == 0 && range.high == WHITE_16 && converter->source.white == WHITE_16;
	converter->zero_is_no_value = appearance->zero_is_no_value;
	colour_map_fill(appearance->map, converter->colours);
	converter->colours[COLOUR_MAP_STEPS] = COLOUR_OF_NO_VALUE;
}

void pixel_converter_init(struct pixel_converter *converter, const struct pixel_source *source,
                          const struct pixel_appearance *appearance)
{
	struct pixel_appearance full = pixel_appearance_full(source);

	converter->source = *source;
	converter->yuv = make_yuv(source);
	converter->alpha_floor = source->format->alpha ? 0 : OPAQUE;
	converter->rows = get_variant(0);
	set_appearance(converter, appearance ? appearance : &full);
}

/* ---- Rectangles ----------------------------------------------------------------------------- */

/* Where a pixel lies in each plane. */
static void find_pixel(const struct pixel_source *source, uint32_t x, uint32_t y,
                       const uint8_t *in[3])
{
	const struct pixel_format *format = source->format;

	for (unsigned i = 0; i < 3; i++) {
		const struct pixel_plane *plane = &source->plane[i < format->planes ? i : 0];
		unsigned shift_x = i ? format->chroma_shift_x : format->pair;
		unsigned shift_y = i ? format->chroma_shift_y : 0;

		in[i] = plane->pixels;
		if (i < format->planes)
			in[i] += (y >> shift_y) * plane->stride_bytes +
			         (size_t)(x >> shift_x) * format->block_bytes[i];
	}
}

static void convert_row(const struct pixel_converter *converter, uint32_t x, uint32_t y,
                        uint32_t width, uint8_t *out)
{
	const struct pixel_format *format = converter->source.format;
	pixel_row_function *convert = converter->rows->convert[format->order];
	const uint8_t *in[3];
	uint8_t pair[8];

	if (x & format->chroma_shift_x && width > 0) {
		find_pixel(&converter->source, x - 1, y, in);
		convert(converter, in, 2, pair);
		memcpy(out, pair + 4, 4);
		out += 4;
		x++;
		width--;
	}
	if (width == 0)
		return;
	find_pixel(&converter->source, x, y, in);
	convert(converter, in, width, out);
}

static void convert_premultiplied_row(const struct pixel_converter *converter, uint32_t x,
                                      uint32_t y, uint32_t width, uint8_t *out)
{
	const struct pixel_source *source = &converter->source;
	pixel_row_function *convert = converter->rows->convert[source->format->order];
	uint8_t straight[UNPREMULTIPLY_BYTES_MAX * CHUNK_PIXELS];
	const uint8_t *in[3];
	uint32_t pixels;

	for (; width > 0; width -= pixels, x += pixels, out += (size_t)4 * pixels) {
		pixels = width < CHUNK_PIXELS ? width : CHUNK_PIXELS;
		find_pixel(source, x, y, in);
		pixel_unpremultiply(source, in[0], pixels, straight);
		in[0] = straight;
		convert(converter, in, pixels, out);
	}
}

void pixel_convert(const struct pixel_converter *converter, uint32_t x, uint32_t y, uint32_t width,
                   uint32_t height, uint8_t *out, size_t stride_bytes)
{
	for (uint32_t row = 0; row < height; row++, y++, out += stride_bytes) {
		if (converter->source.premultiplied)
			convert_premultiplied_row(converter, x, y, width, out);
		else
			convert_row(converter, x, y, width, out);
	}
}
