/* SPDX-License-Identifier: MIT */
#include "png_row_pixels.h"

#include <string.h>

#include "shmflip.h"

#define INLINE static inline __attribute__((always_inline))

/* A pixel of 16 bits per sample: red, green, blue, alpha. */
struct wide_pixel {
	uint16_t samples[4];
};

INLINE void unpack(const uint8_t *row, uint32_t width, unsigned depth, uint8_t *samples)
{
	unsigned mask = (1u << depth) - 1, shift = 8;

	for (uint32_t x = 0; x < width; x++) {
		shift -= depth;
		samples[x] = *row >> shift & mask;
		if (shift == 0) {
			shift = 8;
			row++;
		}
	}
}

/* Returns a byte per sample. */
static const uint8_t *unpacked(const struct png_row_converter *converter, const uint8_t *row,
                               uint32_t width)
{
	switch (converter->format->depth) {
	case 1:
		unpack(row, width, 1, converter->unpacked);
		break;
	case 2:
		unpack(row, width, 2, converter->unpacked);
		break;
	case 4:
		unpack(row, width, 4, converter->unpacked);
		break;
	default:
		return row;
	}
	return converter->unpacked;
}

static void gray_row(const struct png_row_converter *converter, const uint8_t *row, uint32_t width,
                     uint8_t *pixels)
{
	unsigned unit = 255 / ((1u << converter->format->depth) - 1);

	row = unpacked(converter, row, width);
	for (uint32_t x = 0; x < width; x++)
		pixels[x] = (uint8_t)(row[x] * unit);
}

static void gray_16_row(const uint8_t *row, uint32_t width, uint8_t *pixels)
{
	for (uint32_t x = 0; x < width; x++) {
		pixels[2 * (size_t)x] = row[2 * (size_t)x + 1];
		pixels[2 * (size_t)x + 1] = row[2 * (size_t)x];
	}
}

INLINE uint16_t read_sample(const uint8_t *sample, unsigned depth)
{
	return (uint16_t)(depth == 16 ? sample[0] << 8 | sample[1] : sample[0]);
}

/* Samples of 8 bits stay as they are. */
INLINE struct wide_pixel read_pixel(const struct png_fast_format *format, const uint8_t *row,
                                    unsigned depth, unsigned channels)
{
	const uint16_t *key = format->key;
	struct wide_pixel pixel = { .samples = { 0, 0, 0, 0xffff } };

	for (unsigned c = 0; c < channels; c++)
		pixel.samples[c] = read_sample(row + c * (size_t)(depth / 8), depth);
	if (channels < 3) {
		if (channels == 2)
			pixel.samples[3] = pixel.samples[1];
		pixel.samples[1] = pixel.samples[2] = pixel.samples[0];
	}
	if (format->has_key && pixel.samples[0] == key[0] && pixel.samples[1] == key[1] &&
	    pixel.samples[2] == key[2])
		pixel.samples[3] = 0;
	return pixel;
}

/* The nearest of 8 bits. */
INLINE uint8_t narrow(uint16_t sample, unsigned depth)
{
	return (uint8_t)(depth == 16 ? (sample * 255u + 32895) >> 16 : sample);
}

INLINE void bgra_row(struct png_row_converter *converter, const uint8_t *row, uint32_t width,
                     uint8_t *pixels, unsigned depth, unsigned channels)
{
	for (uint32_t x = 0; x < width; x++, pixels += 4, row += (size_t)channels * depth / 8) {
		struct wide_pixel pixel = read_pixel(converter->format, row, depth, channels);

		pixels[0] = narrow(pixel.samples[2], depth);
		pixels[1] = narrow(pixel.samples[1], depth);
		pixels[2] = narrow(pixel.samples[0], depth);
		pixels[3] = narrow(pixel.samples[3], depth);
		converter->indices.alpha &= pixels[3];
	}
}

/* Pixels of four samples of 16 bits. */
INLINE void wide_row(struct png_row_converter *converter, const uint8_t *row, uint32_t width,
                     uint8_t *pixels, unsigned channels)
{
	for (uint32_t x = 0; x < width; x++, row += (size_t)channels * 2) {
		struct wide_pixel pixel = read_pixel(converter->format, row, 16, channels);

		for (unsigned c = 0; c < 4; c++) {
			*pixels++ = (uint8_t)pixel.samples[c];
			*pixels++ = (uint8_t)(pixel.samples[c] >> 8);
		}
		converter->indices.alpha &= pixel.samples[3] & pixel.samples[3] >> 8;
	}
}

static void wide_rows(struct png_row_converter *converter, const uint8_t *row, uint32_t width,
                      uint8_t *pixels)
{
	switch (converter->format->channels) {
	case 1:
		wide_row(converter, row, width, pixels, 1);
		break;
	case 2:
		wide_row(converter, row, width, pixels, 2);
		break;
	case 3:
		wide_row(converter, row, width, pixels, 3);
		break;
	default:
		wide_row(converter, row, width, pixels, 4);
	}
}

INLINE void bgra_rows(struct png_row_converter *converter, const uint8_t *row, uint32_t width,
                      uint8_t *pixels, unsigned depth)
{
	switch (converter->format->channels) {
	case 1:
		bgra_row(converter, row, width, pixels, depth, 1);
		break;
	case 2:
		bgra_row(converter, row, width, pixels, depth, 2);
		break;
	case 3:
		bgra_row(converter, row, width, pixels, depth, 3);
		break;
	default:
		bgra_row(converter, row, width, pixels, depth, 4);
	}
}

static void shown_rows(struct png_row_converter *converter, const uint8_t *row, uint32_t width,
                       uint8_t *pixels)
{
	const struct png_fast_format *format = converter->format;

	if (format->colour_count)
		converter->look_up(format->colours, unpacked(converter, row, width), width, pixels,
		                   &converter->indices);
	else if (format->depth == 16)
		bgra_rows(converter, row, width, pixels, 16);
	else
		bgra_rows(converter, row, width, pixels, 8);
}

unsigned png_pixel_bytes(const struct png_fast_format *format)
{
	switch (format->fourcc) {
	case SHMFLIP_R8:
		return 1;
	case SHMFLIP_R16:
		return 2;
	case SHMFLIP_BGR888:
		return 3;
	case SHMFLIP_XRGB8888:
		return 4;
	default:
		return 8;
	}
}

void png_row_to_pixels(struct png_row_converter *converter, const uint8_t *row, uint32_t width,
                       uint8_t *pixels)
{
	switch (converter->format->fourcc) {
	case SHMFLIP_R8:
		gray_row(converter, row, width, pixels);
		break;
	case SHMFLIP_R16:
		gray_16_row(row, width, pixels);
		break;
	case SHMFLIP_BGR888:
		memcpy(pixels, row, 3 * (size_t)width);
		break;
	case SHMFLIP_XRGB8888:
		shown_rows(converter, row, width, pixels);
		break;
	default:
		wide_rows(converter, row, width, pixels);
	}
}
