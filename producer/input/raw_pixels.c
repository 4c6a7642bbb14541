/* SPDX-License-Identifier: MIT */
#include "raw_pixels.h"

#include <errno.h>
#include <stdlib.h>

#include "raw_unpack.h"
#include "raw_wide.h"
#include "raw_yuv.h"

/* BLOCK_BYTES are read at a time: few enough to stay in the processor's cache until they are
 * converted. raw_convert may read SLACK_BYTES after a row. */
enum { BLOCK_BYTES = 1 << 18, SLACK_BYTES = 3, SAMPLES = 65536, LIMITED = 1, FULL = 2 };

/* ---- Rows --------------------------------------------------------------------------------- */

/* Makes the final pixels of a row. Returns whether they are opaque. */
typedef bool finish_row(const struct raw_stream *stream, const struct raw_target *target,
                        uint8_t *in, uint8_t *out);

/* Makes the table of each possible sample scaled to 8 bits, rounded. */
static int make_scale(struct raw_stream *stream)
{
	uint32_t maximum = stream->layout.maximum;

	if (maximum == 255 || stream->maximum == maximum)
		return 0;
	if (!stream->scaled)
		stream->scaled = malloc(SAMPLES);
	if (!stream->scaled)
		return -ENOMEM;
	for (uint32_t i = 0; i < SAMPLES; i++)
		stream->scaled[i] =
			(uint8_t)(i < maximum ? (i * 255 + maximum / 2) / maximum : 255);
	stream->maximum = maximum;
	return 0;
}

/* Scales the samples of a row to 8 bits, in place. */
static void scale_row(const struct raw_stream *stream, uint8_t *row)
{
	size_t samples = (size_t)stream->layout.width * stream->layout.format->pixel_bytes;

	if (stream->layout.maximum == 255)
		return;
	for (size_t i = 0; i < samples; i++)
		row[i] = stream->scaled[stream->layout.maximum > 255
		                                ? (size_t)row[2 * i] << 8 | row[2 * i + 1]
		                                : row[i]];
}

static bool finish_ours(const struct raw_stream *stream, const struct raw_target *target,
                        uint8_t *in, uint8_t *out)
{
	uint32_t width = stream->layout.width;

	scale_row(stream, in);
	if (stream->layout.format->convert(in, out, width) == 255)
		return true;
	if (target->flatten)
		raw_flatten_row(out, width, target->background);
	return target->flatten;
}

/* Of 16 bits, from PNM. */
static bool finish_wide(const struct raw_stream *stream, const struct raw_target *target,
                        uint8_t *in, uint8_t *out)
{
	uint32_t width = stream->layout.width;
	uint16_t white = (uint16_t)stream->layout.maximum;

	if (raw_wide_row(in, out, width, stream->layout.format->pixel_bytes, white))
		return true;
	if (target->flatten)
		raw_wide_flatten(out, width, target->background, white);
	return target->flatten;
}

static uint32_t swap_red_and_blue(uint32_t colour)
{
	return (colour & 0x00ff00) | colour >> 16 | (colour & 0x0000ff) << 16;
}

/* Of the channel's own formats: in place. */
static bool finish_kept(const struct raw_stream *stream, const struct raw_target *target,
                        uint8_t *in, uint8_t *out)
{
	uint32_t width = stream->layout.width;

	scale_row(stream, in);
	if (!target->flatten)
		return false;
	if (stream->layout.format->fourcc == SHMFLIP_ABGR8888)
		raw_flatten_row(out, width, swap_red_and_blue(target->background));
	else if (stream->layout.format->fourcc == SHMFLIP_ABGR16161616)
		raw_wide_flatten(out, width, target->background, UINT16_MAX);
	return true;
}

/* ---- Frames ------------------------------------------------------------------------------- */

/* Reads rows into the buffer, or straight to their place, and finishes them there. */
static int read_rows(struct raw_stream *stream, struct raw_target *target, finish_row *finish,
                     bool in_place, bool *opaque)
{
	size_t row_bytes = raw_layout_row_bytes(&stream->layout), height = stream->layout.height;
	size_t block = row_bytes < BLOCK_BYTES ? BLOCK_BYTES / row_bytes : 1;
	size_t stride = target->layout->stride_bytes[0];
	size_t in_stride = in_place ? stride : row_bytes;
	int error = in_place ? 0 : buffer_reserve(&stream->rows, block * row_bytes + SLACK_BYTES);

	*opaque = true;
	for (size_t y = 0; y < height && !error; y += block) {
		size_t rows = height - y < block ? height - y : block;
		uint8_t *out = target->pixels + y * stride;
		uint8_t *in = in_place ? out : stream->rows.data;

		error = raw_stream_read_rows(stream, in, in_stride, row_bytes, rows);
		for (size_t i = 0; i < rows && !error; i++)
			*opaque &= finish(stream, target, in + i * in_stride, out + i * stride);
	}
	return error;
}

static int read_planes(struct raw_stream *stream, const struct raw_target *target)
{
	const struct shmflip_layout *layout = target->layout;
	int error = 0;

	for (uint32_t plane = 0; plane < layout->planes && !error; plane++)
		error = raw_stream_read_rows(stream, target->pixels + layout->offset_bytes[plane],
		                             layout->stride_bytes[plane], layout->row_bytes[plane],
		                             layout->rows[plane]);
	return error;
}

static int read_wide(struct raw_stream *stream, struct raw_target *target, bool *opaque)
{
	unsigned samples = stream->layout.format->pixel_bytes;

	return read_rows(stream, target, finish_wide, samples == 1 || samples == 4, opaque);
}

static int read_finished(struct raw_stream *stream, struct raw_target *target, bool *opaque)
{
	int error = make_scale(stream);

	return error ? error : read_rows(stream, target, finish_kept, true, opaque);
}

static int read_kept(struct raw_stream *stream, struct raw_target *target)
{
	uint32_t own = stream->layout.format->fourcc, maximum = stream->layout.maximum;
	bool opaque = false;
	int error;

	if (maximum > 255)
		error = read_wide(stream, target, &opaque);
	else if (maximum < 255 || (target->flatten && raw_output_opaque(own) != own))
		error = read_finished(stream, target, &opaque);
	else
		error = read_planes(stream, target);
	target->fourcc = opaque ? raw_output_opaque(stream->output.fourcc) : stream->output.fourcc;
	return error;
}

static int read_ours(struct raw_stream *stream, struct raw_target *target)
{
	bool opaque = true;
	int error = make_scale(stream);

	if (!error)
		error = read_rows(stream, target, finish_ours, stream->layout.format->in_place,
		                  &opaque);
	target->fourcc = opaque ? SHMFLIP_XRGB8888 : SHMFLIP_ARGB8888;
	return error;
}

/* ---- Converted video ---------------------------------------------------------------------- */

static void choose_matrix(const struct raw_layout *layout, struct raw_yuv *yuv)
{
	const struct matrix *matrix = matrix_of_code(layout->colour.matrix);

	raw_yuv_init(yuv, matrix ? matrix : matrix_of_rows(layout->height),
	             layout->colour.range == FULL);
}

/* Converts the frame in the buffer. The buffer's end is for a row of samples. */
static void convert_video(struct raw_stream *stream, const struct raw_target *target,
                          const struct shmflip_layout *from, unsigned halved_x, unsigned halved_y)
{
	uint32_t fourcc = stream->layout.format->fourcc, width = stream->layout.width;
	uint8_t *samples = stream->rows.data + raw_layout_bytes(&stream->layout);
	const struct raw_row row = { .y = samples,
		                     .u = samples + width,
		                     .v = samples + 2 * (size_t)width,
		                     .width = width,
		                     .chroma_width = (width + halved_x) >> halved_x };
	struct raw_yuv yuv;

	choose_matrix(&stream->layout, &yuv);
	for (size_t y = 0; y < stream->layout.height; y++) {
		const uint8_t *planes[3] = { NULL }, *plane = stream->rows.data;

		for (uint32_t i = 0; i < from->planes; i++) {
			planes[i] = plane + (i ? y >> halved_y : y) * from->row_bytes[i];
			plane += (size_t)from->row_bytes[i] * from->rows[i];
		}
		raw_unpack_row(fourcc, planes, &row);
		raw_yuv_row(&yuv, row.y, row.u, row.v, halved_x,
		            target->pixels + y * target->layout->stride_bytes[0], width);
	}
}

static int read_video(struct raw_stream *stream, struct raw_target *target)
{
	const struct raw_layout *layout = &stream->layout;
	const struct shmflip_format_info *info = shmflip_format_info(layout->format->fourcc);
	size_t bytes = raw_layout_bytes(layout);
	struct shmflip_layout from;
	int error;

	shmflip_init(&from);
	error = shmflip_format_layout(info->fourcc, layout->width, layout->height, &from);
	if (!error)
		error = buffer_reserve(&stream->rows, bytes + 3 * (size_t)layout->width);
	if (!error)
		error = raw_stream_read_rows(stream, stream->rows.data, bytes, bytes, 1);
	if (!error)
		convert_video(stream, target, &from, info->chroma_halved_x, info->chroma_halved_y);
	target->fourcc = SHMFLIP_XRGB8888;
	return error;
}

static bool is_video(const struct raw_layout *layout)
{
	return !layout->format->convert || layout->colour.range == LIMITED;
}

int raw_pixels_read(struct raw_stream *stream, struct raw_target *target)
{
	if (stream->output.kept)
		return read_kept(stream, target);
	return is_video(&stream->layout) ? read_video(stream, target) : read_ours(stream, target);
}
