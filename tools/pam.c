/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <math.h>

#include "format.h"
#include "pixel_convert.h"

static bool is_wide(const struct pixel_format *format)
{
	return format->bits == 16;
}

/* Samples of a pixel. */
static unsigned depth_of(const struct pixel_format *format)
{
	if (format->kind == PIXEL_GRAY || (format->kind == PIXEL_VALUE && is_wide(format)))
		return 1;
	return format->alpha ? 4 : 3;
}

static const char *type_of(unsigned depth)
{
	return depth == 1 ? "GRAYSCALE" : depth == 3 ? "RGB" : "RGB_ALPHA";
}

/* A MAXVAL of up to 255 would mean bytes. */
static unsigned maximum_of(const struct pixel_source *source)
{
	if (!is_wide(source->format))
		return UINT8_MAX;
	return source->white > UINT8_MAX ? (unsigned)source->white : UINT16_MAX;
}

/* Words have the high byte first. Gray of limited range becomes full. */
static void write_wide(const struct pixel_source *source, unsigned depth, uint8_t *out)
{
	struct pixel_range range = pixel_range_full(source);
	double maximum = maximum_of(source), low = (double)range.low;
	double scale = maximum / ((double)range.high - low);
	size_t pixel_bytes = source->format->block_bytes[0];

	for (uint32_t y = 0; y < source->height; y++)
		for (uint32_t x = 0; x < source->width; x++) {
			const uint8_t *in = source->plane[0].pixels + x * pixel_bytes +
			                    y * source->plane[0].stride_bytes;

			for (unsigned i = 0; i < depth; i++, in += 2, out += 2) {
				double value = ((in[0] | in[1] << 8) - low) * scale;
				unsigned word = (unsigned)(fmin(fmax(0, value), maximum) + 0.5);

				out[0] = (uint8_t)(word >> 8);
				out[1] = (uint8_t)word;
			}
		}
}

static void swizzle(uint8_t *out, const uint8_t *bgra, uint32_t width, unsigned depth)
{
	for (uint32_t x = 0; x < width; x++, out += depth, bgra += 4) {
		out[0] = bgra[2];
		if (depth == 1)
			continue;
		out[1] = bgra[1];
		out[2] = bgra[0];
		if (depth == 4)
			out[3] = bgra[3];
	}
}

enum { PIXELS = 512 };

static void write_narrow(const struct pixel_source *source, unsigned depth, uint8_t *out)
{
	struct pixel_converter converter;
	uint8_t bgra[4 * PIXELS];

	pixel_converter_init(&converter, source, NULL);
	for (uint32_t y = 0; y < source->height; y++)
		for (uint32_t x = 0; x < source->width; x += PIXELS) {
			uint32_t width = source->width - x < PIXELS ? source->width - x : PIXELS;

			pixel_convert(&converter, x, y, width, 1, bgra, sizeof(bgra));
			swizzle(out, bgra, width, depth);
			out += (size_t)depth * width;
		}
}

int pam_frame(struct out_buffer *output, const struct pixel_source *source,
              const struct video *video)
{
	bool wide = is_wide(source->format);
	unsigned depth = depth_of(source->format);
	size_t pixels = (size_t)source->width * source->height;
	uint8_t *room;
	int error = out_buffer_printf(output,
	                              "P7\nWIDTH %u\nHEIGHT %u\nDEPTH %u\nMAXVAL %u\nTUPLTYPE %s\n"
	                              "ENDHDR\n",
	                              source->width, source->height, depth, maximum_of(source),
	                              type_of(depth));

	(void)video;
	if (error)
		return error;
	room = out_buffer_reserve(output, pixels * depth * (wide ? 2 : 1));
	if (!room)
		return -ENOMEM;
	if (wide)
		write_wide(source, depth, room);
	else
		write_narrow(source, depth, room);
	return 0;
}
