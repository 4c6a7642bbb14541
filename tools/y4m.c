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

int y4m_begin(struct out_buffer *output, const struct video *video)
{
	bool square = !video->aspect_num;

	return out_buffer_printf(
		output,
		"YUV4MPEG2 W%u H%u F%u:%u Ip A%u:%u C444 XCOLORRANGE=LIMITED " MATRIX_Y4M_TAG
		"%s\n",
		video->width, video->height, video->rate_num, video->rate_den,
		square ? 1 : video->aspect_num, square ? 1 : video->aspect_den,
		video->matrix->name);
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

int y4m_frame(struct out_buffer *output, const struct shmflip_frame *frame,
              const struct video *video)
{
	const struct shmflip_plane *bgra = &frame->plane[0];
	struct planes by;
	size_t plane = (size_t)frame->width * frame->height;
	int opaque_alpha = frame->fourcc == SHMFLIP_XRGB8888 ? 255 : 0;
	uint8_t *room;

	if (out_buffer_printf(output, "FRAME\n"))
		return -ENOMEM;
	room = out_buffer_reserve(output, 3 * plane);
	if (!room)
		return -ENOMEM;
	init_planes(&by, video->matrix);
	for (uint32_t y = 0; y < frame->height; y++) {
		uint8_t *row = room + (size_t)y * frame->width;
		uint8_t *const out[3] = { row, row + plane, row + 2 * plane };

		convert_row(&by, out, bgra->pixels + (size_t)y * bgra->stride_bytes, frame->width,
		            opaque_alpha);
	}
	return 0;
}
