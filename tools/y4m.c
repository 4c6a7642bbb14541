/* SPDX-License-Identifier: MIT
 *
 * YUV4MPEG2, as mjpegtools defines it (yuv4mpeg(5)), with limited range: luma 16 to 235, chroma 16
 * to 240. */
#include <errno.h>
#include <math.h>

#include "format.h"

#define HALF (1 << 15)

/* Coefficients from red, green and blue of 0 to 255 to each plane, times 2^16. */
struct planes {
	int y[3], u[3], v[3];
};

int y4m_begin(struct out_buffer *output, const struct shmflip_frame_info *info,
              const struct video *video)
{
	return out_buffer_printf(
		output,
		"YUV4MPEG2 W%u H%u F%u:1000 Ip A1:1 C444 XCOLORRANGE=LIMITED " MATRIX_Y4M_TAG
		"%s\n",
		info->width, info->height, video->fps_milli, video->matrix->name);
}

static int coefficient(double value, int range)
{
	return (int)lround(value * range / 255 * (1 << 16));
}

static void init_planes(struct planes *planes, const struct matrix *matrix)
{
	double u = 2 * (1 - matrix->blue), v = 2 * (1 - matrix->red);

	planes->y[0] = coefficient(matrix->red, 219);
	planes->y[1] = coefficient(1 - matrix->red - matrix->blue, 219);
	planes->y[2] = coefficient(matrix->blue, 219);
	planes->u[0] = coefficient(-matrix->red / u, 224);
	planes->u[2] = planes->v[0] = coefficient(0.5, 224);
	planes->v[2] = coefficient(-matrix->blue / v, 224);
	/* Grey has no chroma, so each sum is 0. */
	planes->u[1] = -planes->u[0] - planes->u[2];
	planes->v[1] = -planes->v[0] - planes->v[2];
}

static int over_black(int value, int alpha)
{
	return alpha == 255 ? value : (value * alpha + 127) / 255;
}

static uint8_t sample(const int by[3], int r, int g, int b, int zero)
{
	return (uint8_t)(zero + ((by[0] * r + by[1] * g + by[2] * b + HALF) >> 16));
}

static void convert_row(const struct planes *by, uint8_t *const out[3], const uint8_t *bgra,
                        uint32_t width, int opaque_alpha)
{
	for (uint32_t x = 0; x < width; x++, bgra += 4) {
		int alpha = bgra[3] | opaque_alpha;
		int b = over_black(bgra[0], alpha);
		int g = over_black(bgra[1], alpha);
		int r = over_black(bgra[2], alpha);

		out[0][x] = sample(by->y, r, g, b, 16);
		out[1][x] = sample(by->u, r, g, b, 128);
		out[2][x] = sample(by->v, r, g, b, 128);
	}
}

int y4m_frame(struct out_buffer *output, const struct shmflip_frame_info *info,
              const uint8_t *pixels, const struct video *video)
{
	struct planes by;
	size_t plane = (size_t)info->width * info->height;
	int opaque_alpha = info->format == SHMFLIP_FORMAT_XRGB8888 ? 255 : 0;
	uint8_t *room;

	if (out_buffer_printf(output, "FRAME\n"))
		return -ENOMEM;
	room = out_buffer_reserve(output, 3 * plane);
	if (!room)
		return -ENOMEM;
	init_planes(&by, video->matrix);
	for (uint32_t y = 0; y < info->height; y++) {
		uint8_t *row = room + (size_t)y * info->width;
		uint8_t *const out[3] = { row, row + plane, row + 2 * plane };

		convert_row(&by, out, pixels + (size_t)y * info->stride_bytes, info->width,
		            opaque_alpha);
	}
	return 0;
}
