/* SPDX-License-Identifier: MIT */
#include "pixel_picture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "h273.h"

#define CODE_BT601 6
#define CODE_BT709 1

/* A number that looks random, the same for all of a square. */
static unsigned colour_of_square(uint32_t x, uint32_t y, unsigned channel)
{
	uint32_t number = (x / PICTURE_SQUARE) * 73856093U ^ (y / PICTURE_SQUARE) * 19349663U;

	number = (number ^ channel * 83492791U) * 2654435761U;
	return (number ^ number >> 15) * 2246822519U >> 24;
}

static void write_sample(const struct pixel_picture *picture, unsigned plane, uint32_t row,
                         size_t byte, unsigned value)
{
	const struct pixel_format *format = picture->source.format;
	const struct pixel_plane *at = &picture->source.plane[plane];
	uint8_t *pixel = (uint8_t *)at->pixels + row * at->stride_bytes + byte;

	if (format->order == ORDER_FLOAT) {
		float fraction = (float)value / 255;

		memcpy(pixel, &fraction, sizeof(fraction));
		return;
	}
	if (format->order == ORDER_Y_UV_HIGH)
		value <<= 6;
	pixel[0] = (uint8_t)value;
	if (format->bits > 8)
		pixel[1] = (uint8_t)(value >> 8);
}

static bool has_one_channel(const struct pixel_format *format)
{
	return format->kind == PIXEL_GRAY || format->kind == PIXEL_VALUE;
}

/* Rounded samples of a colour, in the format's own bits. Floats: 255 times as much. */
static void find_samples(const struct pixel_source *source, uint32_t x, uint32_t y,
                         unsigned samples[3])
{
	const struct matrix *matrix = source->matrix;
	double scale = source->format->bits == 10 ? 4 : 1, rgb[3], luma;

	for (unsigned i = 0; i < 3; i++) {
		samples[i] = colour_of_square(x, y, has_one_channel(source->format) ? 0 : i);
		rgb[i] = samples[i] / 255.0;
		samples[i] *= source->format->bits == 16 ? 257 : 1;
	}
	if (source->format->kind != PIXEL_YUV)
		return;
	luma = matrix->red * rgb[0] + (1 - matrix->red - matrix->blue) * rgb[1] +
	       matrix->blue * rgb[2];
	samples[0] = (unsigned)lround(scale * (16 + 219 * luma));
	samples[1] =
		(unsigned)lround(scale * (128 + 224 * (rgb[2] - luma) / (2 * (1 - matrix->blue))));
	samples[2] =
		(unsigned)lround(scale * (128 + 224 * (rgb[0] - luma) / (2 * (1 - matrix->red))));
}

static void write_pixel(const struct pixel_picture *picture, uint32_t x, uint32_t y)
{
	/* Where the samples are in a block: R G B or Y U V. 16-bit ones: twice that. */
	static const uint8_t bytes[PIXEL_ORDERS][3] = {
		[ORDER_BGRA] = { 2, 1, 0 },    [ORDER_RGBA] = { 0, 1, 2 },
		[ORDER_BGR] = { 2, 1, 0 },     [ORDER_RGB] = { 0, 1, 2 },
		[ORDER_RGBA_16] = { 0, 1, 2 }, [ORDER_YUYV_8] = { 0, 1, 3 },
		[ORDER_UYVY_8] = { 1, 0, 2 },  [ORDER_Y_UV_8] = { 0, 0, 1 },
		[ORDER_Y_VU_8] = { 0, 1, 0 },  [ORDER_Y_UV_HIGH] = { 0, 0, 1 },
	};
	const struct pixel_format *format = picture->source.format;
	unsigned samples[3], count = has_one_channel(format) ? 1 : 3;

	find_samples(&picture->source, x, y, samples);
	for (unsigned i = 0; i < count; i++) {
		bool is_chroma = i > 0 && format->kind == PIXEL_YUV;
		unsigned plane = i < format->planes ? i : format->planes - 1U;
		size_t column = (x >> (is_chroma ? format->chroma_shift_x : format->pair)) *
		                (size_t)format->block_bytes[plane];
		size_t byte = bytes[format->order][i];

		if (format->pair && i == 0)
			byte += 2 * (size_t)(x & 1);
		write_sample(picture, plane, y >> (is_chroma ? format->chroma_shift_y : 0),
		             column + byte * (format->bits > 8 ? 2 : 1), samples[i]);
	}
}

void pixel_picture_init(struct pixel_picture *picture, uint32_t fourcc, uint32_t width,
                        uint32_t height)
{
	bool packed = fourcc == SHMFLIP_YUYV || fourcc == SHMFLIP_UYVY;
	struct shmflip_layout layout;

	shmflip_init(&layout);
	if (shmflip_format_layout(fourcc, width, height, &layout) != 0) {
		fprintf(stderr, "pixel-cost: %s\n", shmflip_error_detail());
		exit(1);
	}
	*picture = (struct pixel_picture){ .memory = calloc(1, layout.bytes) };
	picture->frame.fourcc = fourcc;
	picture->frame.width = width;
	picture->frame.height = height;
	picture->frame.planes = layout.planes;
	picture->frame.colour.matrix = packed ? CODE_BT601 : CODE_BT709;
	picture->frame.colour.range =
		pixel_format_find(fourcc)->kind == PIXEL_YUV ? RANGE_LIMITED : 0;
	for (uint32_t i = 0; i < layout.planes; i++)
		picture->frame.plane[i] =
			(struct shmflip_plane){ picture->memory + layout.offset_bytes[i],
			                        layout.stride_bytes[i], layout.rows[i] };
	if (!picture->memory || pixel_source_init(&picture->source, &picture->frame) != 0) {
		fprintf(stderr, "pixel-cost: no picture: free some memory\n");
		exit(1);
	}
	for (uint32_t y = 0; y < height; y++)
		for (uint32_t x = 0; x < width; x++)
			write_pixel(picture, x, y);
}

void pixel_picture_finish(struct pixel_picture *picture)
{
	free(picture->memory);
}

static void find_colour(const struct pixel_source *source, uint32_t x, uint32_t y, double rgb[3])
{
	const struct matrix *matrix = source->matrix;
	double scale = source->format->bits == 10 ? 4 : 1, luma, u, v;
	unsigned samples[3];

	find_samples(source, x, y, samples);
	if (source->format->kind != PIXEL_YUV) {
		for (int i = 0; i < 3; i++)
			rgb[i] = samples[i] / (source->format->bits == 16 ? 257.0 : 1);
		return;
	}
	luma = (samples[0] / scale - 16) * 255 / 219;
	u = (samples[1] / scale - 128) * 255 / 224;
	v = (samples[2] / scale - 128) * 255 / 224;
	rgb[0] = luma + 2 * (1 - matrix->red) * v;
	rgb[2] = luma + 2 * (1 - matrix->blue) * u;
	rgb[1] = (luma - matrix->red * rgb[0] - matrix->blue * rgb[2]) /
	         (1 - matrix->red - matrix->blue);
}

int pixel_picture_error(const struct pixel_picture *picture, const uint8_t *pixels,
                        size_t stride_bytes)
{
	const struct pixel_source *source = &picture->source;
	int most = 0;

	for (uint32_t y = PICTURE_SQUARE / 2; y < source->height; y += PICTURE_SQUARE)
		for (uint32_t x = PICTURE_SQUARE / 2; x < source->width; x += PICTURE_SQUARE) {
			double rgb[3];

			find_colour(source, x, y, rgb);
			for (int i = 0; i < 3; i++) {
				double value = rgb[i] < 0 ? 0 : rgb[i] > 255 ? 255 : rgb[i];
				int is = pixels[y * stride_bytes + (size_t)4 * x + 2 - (size_t)i];
				int off = abs(is - (int)lround(value));

				most = off > most ? off : most;
			}
		}
	return most;
}
