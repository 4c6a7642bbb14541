/* SPDX-License-Identifier: MIT */
#include "pixel_source.h"

#include <endian.h>
#include <errno.h>
#include <string.h>

#include "h273.h"
#include "read_float.h"

static uint32_t halve(uint32_t value, unsigned shift)
{
	return (value >> shift) + (value & shift);
}

/* The blocks that lie beside each other, and one below the other. */
static uint32_t columns_of(const struct pixel_source *source, unsigned plane)
{
	const struct pixel_format *format = source->format;

	return halve(source->width, plane ? format->chroma_shift_x : format->pair);
}

static uint32_t rows_of(const struct pixel_source *source, unsigned plane)
{
	return plane ? halve(source->height, source->format->chroma_shift_y) : source->height;
}

static int set_planes(struct pixel_source *source, const struct shmflip_frame *frame)
{
	for (unsigned i = 0; i < source->format->planes; i++) {
		struct pixel_plane plane = {
			.pixels = frame->plane[i].pixels,
			.stride_bytes = frame->plane[i].stride_bytes,
			.row_bytes = (size_t)columns_of(source, i) * source->format->block_bytes[i],
			.rows = rows_of(source, i),
		};

		if (plane.stride_bytes < plane.row_bytes || frame->plane[i].rows < plane.rows)
			return -EINVAL;
		source->plane[i] = plane;
	}
	return 0;
}

static const struct matrix *choose_matrix(const struct shmflip_frame *frame)
{
	const struct matrix *matrix = matrix_of_code(frame->colour.matrix);

	return matrix ? matrix : matrix_of_rows(frame->height);
}

static bool is_full_range(const struct shmflip_frame *frame, enum pixel_kind kind)
{
	return kind == PIXEL_YUV ? frame->colour.range == RANGE_FULL
	                         : frame->colour.range != RANGE_LIMITED;
}

static float white_of(const struct pixel_format *format, const struct shmflip_colour *colour)
{
	if (format->bits == 32)
		return 1;
	if (format->bits == 16 && colour->white)
		return colour->white;
	return (float)((1 << format->bits) - 1);
}

int pixel_source_init(struct pixel_source *source, const struct shmflip_frame *frame)
{
	struct pixel_source made = { .format = pixel_format_find(frame->fourcc) };
	int error;

	if (!made.format)
		return -ENOTSUP;
	if (frame->planes < made.format->planes)
		return -EINVAL;
	made.width = frame->width;
	made.height = frame->height;
	error = set_planes(&made, frame);
	if (error)
		return error;
	made.matrix = choose_matrix(frame);
	made.full_range = is_full_range(frame, made.format->kind);
	made.premultiplied = made.format->alpha && frame->flags & SHMFLIP_FRAME_PREMULTIPLIED;
	made.white = white_of(made.format, &frame->colour);
	made.value_scale = frame->value_scale;
	made.value_offset = frame->value_offset;
	made.colour = frame->colour;
	made.orientation = frame->orientation;
	if (frame->stream) {
		made.aspect_num = frame->stream->aspect_num;
		made.aspect_den = frame->stream->aspect_den;
	}
	*source = made;
	return 0;
}

static void copy_opaque_8(uint8_t *restrict out, const uint8_t *restrict in, uint32_t width)
{
	const uint32_t opaque = htole32(0xff000000);

	for (size_t x = 0; x < width; x++) {
		uint32_t pixel;

		memcpy(&pixel, in + 4 * x, sizeof(pixel));
		pixel |= opaque;
		memcpy(out + 4 * x, &pixel, sizeof(pixel));
	}
}

static void copy_opaque_16(uint8_t *restrict out, const uint8_t *restrict in, uint32_t width)
{
	const uint64_t opaque = htole64(0xffffULL << 48);

	for (size_t x = 0; x < width; x++) {
		uint64_t pixel;

		memcpy(&pixel, in + 8 * x, sizeof(pixel));
		pixel |= opaque;
		memcpy(out + 8 * x, &pixel, sizeof(pixel));
	}
}

void pixel_source_copy_row(const struct pixel_source *source, uint32_t plane, uint32_t y,
                           uint8_t *out)
{
	const struct pixel_plane *from = &source->plane[plane];
	const struct pixel_format *format = source->format;
	const uint8_t *in = from->pixels + y * from->stride_bytes;

	if (format->kind == PIXEL_RGB && !format->alpha && format->block_bytes[0] == 4)
		copy_opaque_8(out, in, source->width);
	else if (format->kind == PIXEL_RGBA16 && !format->alpha)
		copy_opaque_16(out, in, source->width);
	else
		memcpy(out, in, from->row_bytes);
}

/* ---- Samples --------------------------------------------------------------------------------- */

/* Where each sample lies: in which plane, and at which byte of its block. */
struct sample {
	uint8_t plane, byte;
};

static const struct order {
	const char *names;
	struct sample samples[4];
} orders[PIXEL_ORDERS] = {
	[ORDER_BGRA] = { "RGBA", { { 0, 2 }, { 0, 1 }, { 0, 0 }, { 0, 3 } } },
	[ORDER_RGBA] = { "RGBA", { { 0, 0 }, { 0, 1 }, { 0, 2 }, { 0, 3 } } },
	[ORDER_BGR] = { "RGB", { { 0, 2 }, { 0, 1 }, { 0, 0 } } },
	[ORDER_RGB] = { "RGB", { { 0, 0 }, { 0, 1 }, { 0, 2 } } },
	[ORDER_GRAY_8] = { "V", { { 0, 0 } } },
	[ORDER_GRAY_16] = { "V", { { 0, 0 } } },
	[ORDER_FLOAT] = { "V", { { 0, 0 } } },
	[ORDER_RGBA_16] = { "RGBA", { { 0, 0 }, { 0, 2 }, { 0, 4 }, { 0, 6 } } },
	[ORDER_YUYV_8] = { "YUV", { { 0, 0 }, { 0, 1 }, { 0, 3 } } },
	[ORDER_UYVY_8] = { "YUV", { { 0, 1 }, { 0, 0 }, { 0, 2 } } },
	[ORDER_Y_UV_8] = { "YUV", { { 0, 0 }, { 1, 0 }, { 1, 1 } } },
	[ORDER_Y_VU_8] = { "YUV", { { 0, 0 }, { 1, 1 }, { 1, 0 } } },
	[ORDER_Y_UV_HIGH] = { "YUV", { { 0, 0 }, { 1, 0 }, { 1, 2 } } },
	[ORDER_Y_U_V_8] = { "YUV", { { 0, 0 }, { 1, 0 }, { 2, 0 } } },
	[ORDER_Y_U_V_LOW] = { "YUV", { { 0, 0 }, { 1, 0 }, { 2, 0 } } },
	[ORDER_YUV444_8] = { "YUV", { { 0, 0 }, { 1, 0 }, { 2, 0 } } },
	[ORDER_YUV444_LOW] = { "YUV", { { 0, 0 }, { 1, 0 }, { 2, 0 } } },
};

/* step is constant at each inlined call. */
static inline __attribute__((always_inline)) void
gather(uint8_t *restrict out, const uint8_t *restrict in, size_t count, size_t step)
{
	for (size_t i = 0; i < count; i++)
		out[i] = in[i * step];
}

/* Of words with the value in the upper 10 bits. */
static inline __attribute__((always_inline)) void
gather_high(uint8_t *restrict out, const uint8_t *restrict in, size_t count, size_t step)
{
	for (size_t i = 0; i < count; i++) {
		uint16_t word;

		memcpy(&word, in + i * step, sizeof(word));
		word = htole16((uint16_t)(le16toh(word) >> 6));
		memcpy(out + 2 * i, &word, sizeof(word));
	}
}

void pixel_source_copy_samples(const struct pixel_source *source, unsigned sample, uint32_t y,
                               uint8_t *out)
{
	const struct pixel_format *format = source->format;
	struct sample where = orders[format->order].samples[sample];
	const struct pixel_plane *plane = &source->plane[where.plane];
	const uint8_t *in = plane->pixels + y * plane->stride_bytes + where.byte;
	size_t count = sample ? halve(source->width, format->chroma_shift_x) : source->width;
	size_t step = format->block_bytes[where.plane];

	if (format->pair && sample == 0)
		step /= 2;
	if (format->order == ORDER_Y_UV_HIGH && step == 2)
		gather_high(out, in, count, 2);
	else if (format->order == ORDER_Y_UV_HIGH)
		gather_high(out, in, count, 4);
	else if (format->bits > 8 || step == 1)
		memcpy(out, in, count * step);
	else if (step == 2)
		gather(out, in, count, 2);
	else
		gather(out, in, count, 4);
}

/* ---- The values of one pixel ----------------------------------------------------------------- */

static double read_sample(const struct pixel_format *format, const uint8_t *bytes)
{
	unsigned word;

	if (format->bits == 32)
		return (double)read_float(bytes);
	if (format->bits == 8)
		return bytes[0];
	word = bytes[0] | (unsigned)bytes[1] << 8;
	return format->order == ORDER_Y_UV_HIGH ? word >> 6 : word;
}

static const uint8_t *find_sample(const struct pixel_source *source, struct sample sample,
                                  uint32_t x, uint32_t y)
{
	const struct pixel_format *format = source->format;
	const struct pixel_plane *plane = &source->plane[sample.plane];
	unsigned shift_x = sample.plane ? format->chroma_shift_x : format->pair;
	unsigned shift_y = sample.plane ? format->chroma_shift_y : 0;
	size_t column = (size_t)(x >> shift_x) * format->block_bytes[sample.plane];

	return plane->pixels + (y >> shift_y) * plane->stride_bytes + column + sample.byte;
}

void pixel_source_read(const struct pixel_source *source, uint32_t x, uint32_t y,
                       struct pixel_values *values)
{
	const struct pixel_format *format = source->format;
	const struct order *order = &orders[format->order];
	struct pixel_values read = { .names = order->names, .is_float = format->bits == 32 };

	read.count = (unsigned)strlen(order->names);
	if (read.count == 4 && !format->alpha)
		read.count = 3;
	for (unsigned i = 0; i < read.count; i++) {
		struct sample sample = order->samples[i];

		if (i == 0 && format->pair && x & 1)
			sample.byte += 2;
		read.value[i] = read_sample(format, find_sample(source, sample, x, y));
	}
	read.has_measure = format->kind == PIXEL_VALUE && source->value_scale != 0;
	read.measure = read.value[0] * (double)source->value_scale + (double)source->value_offset;
	*values = read;
}
