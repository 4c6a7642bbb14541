/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "format.h"
#include "png_samples.h"

static const char *type_of(unsigned channels)
{
	return channels == 1 ? "GRAYSCALE" : channels == 3 ? "RGB" : "RGB_ALPHA";
}

static unsigned widen(unsigned value, unsigned unit, unsigned maximum)
{
	unsigned black = 16 * unit, range = 219 * unit;

	if (value <= black)
		return 0;
	if (value >= black + range)
		return maximum;
	return ((value - black) * maximum + range / 2) / range;
}

/* A PAM cannot say that its gray has limited range, so it becomes full. */
static void widen_row(unsigned depth, uint32_t width, uint8_t *row)
{
	for (uint32_t x = 0; x < width; x++, row += depth / 8) {
		if (depth == 8) {
			row[0] = (uint8_t)widen(row[0], 1, UINT8_MAX);
		} else {
			unsigned word = widen((unsigned)row[0] << 8 | row[1], 256, UINT16_MAX);

			row[0] = (uint8_t)(word >> 8);
			row[1] = (uint8_t)word;
		}
	}
}

int pam_frame(struct out_buffer *output, const struct pixel_source *source,
              const struct video *video)
{
	struct png_samples samples;
	size_t row_bytes, bytes;
	uint8_t *room;
	bool limited;

	(void)video;
	png_samples_init(&samples, source);
	limited = samples.channels == 1 && !source->full_range &&
	          source->format->order != ORDER_FLOAT;
	if (out_buffer_printf(output,
	                      "P7\nWIDTH %u\nHEIGHT %u\nDEPTH %u\nMAXVAL %u\nTUPLTYPE %s\n"
	                      "ENDHDR\n",
	                      source->width, source->height, samples.channels,
	                      samples.depth == 8 ? UINT8_MAX : UINT16_MAX,
	                      type_of(samples.channels)))
		return -ENOMEM;
	row_bytes = png_samples_row_bytes(&samples);
	/* RGB takes more than YUV. */
	if (__builtin_mul_overflow(row_bytes, source->height, &bytes))
		return -ENOMEM;
	room = out_buffer_reserve(output, bytes);
	if (!room)
		return -ENOMEM;
	for (uint32_t y = 0; y < source->height; y++, room += row_bytes) {
		png_samples_row(&samples, y, room);
		if (limited)
			widen_row(samples.depth, source->width, room);
	}
	return 0;
}
