/* SPDX-License-Identifier: MIT */
#include "raw_pixels.h"

#include <errno.h>
#include <stdlib.h>

#include "pixel_convert.h"
#include "raw_wide.h"

/* BLOCK_BYTES are read at a time: few enough to stay in the processor's cache until they are
 * converted. raw_convert may read SLACK_BYTES after a row. */
enum { BLOCK_BYTES = 1 << 18, SLACK_BYTES = 3, SAMPLES = 65536 };

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

/* Blends a row of our pixels if that is wanted. Returns whether it is opaque. */
static bool finish_alpha(const struct raw_target *target, uint8_t *row, uint32_t width,
                         uint8_t alpha)
{
	if (alpha == 255)
		return true;
	if (target->flatten)
		raw_flatten_row(row, width, target->background);
	return target->flatten;
}

static bool finish_ours(const struct raw_stream *stream, const struct raw_target *target,
                        uint8_t *in, uint8_t *out)
{
	uint32_t width = stream->layout.width;

	scale_row(stream, in);
	return finish_alpha(target, out, width, stream->layout.format->convert(in, out, width));
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

static uint32_t rows_of_block(size_t row_bytes)
{
	return row_bytes < BLOCK_BYTES ? (uint32_t)(BLOCK_BYTES / row_bytes) : 1;
}

/* Reads rows into the buffer, or straight to their place, and finishes them there. */
static int read_rows(struct raw_stream *stream, struct raw_target *target, finish_row *finish,
                     bool in_place, bool *opaque)
{
	size_t row_bytes = raw_layout_row_bytes(&stream->layout), height = stream->layout.height;
	size_t block = rows_of_block(row_bytes);
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
	else if (maximum < 255 || (target->flatten && pixel_format_opaque(own) != own))
		error = read_finished(stream, target, &opaque);
	else
		error = read_planes(stream, target);
	target->fourcc =
		opaque ? pixel_format_opaque(stream->output.fourcc) : stream->output.fourcc;
	return error;
}

/* ---- Conversion --------------------------------------------------------------------------- */

static bool is_yuv(const struct raw_layout *layout)
{
	return layout->format->pixel_bytes == 0;
}

/* Describes rows in the buffer as a picture of their own. Those of several planes are the whole
 * frame. */
static int describe_block(const struct raw_stream *stream, uint32_t rows,
                          struct shmflip_frame *frame)
{
	const struct raw_layout *layout = &stream->layout;
	const uint8_t *pixels = stream->rows.data;
	struct shmflip_layout planes;
	int error;

	shmflip_init(&planes);
	error = shmflip_format_layout(layout->format->fourcc, layout->width, rows, &planes);
	*frame = (struct shmflip_frame){ .fourcc = layout->format->fourcc,
		                         .width = layout->width,
		                         .height = rows,
		                         .planes = planes.planes,
		                         .colour = layout->colour };
	for (uint32_t i = 0; i < planes.planes; i++) {
		size_t stride = is_yuv(layout) ? planes.row_bytes[i] : raw_layout_row_bytes(layout);

		frame->plane[i] = (struct shmflip_plane){ pixels, stride, planes.rows[i] };
		pixels += stride * planes.rows[i];
	}
	return error;
}

/* Converts the rows in the buffer. */
static int convert_block(const struct raw_stream *stream, const struct raw_target *target,
                         uint32_t rows, uint8_t *out, bool *opaque)
{
	uint32_t width = stream->layout.width;
	size_t stride = target->layout->stride_bytes[0];
	struct pixel_converter converter;
	struct pixel_source source;
	struct shmflip_frame frame;
	int error = describe_block(stream, rows, &frame);

	if (!error)
		error = pixel_source_init(&source, &frame);
	if (error)
		return error;
	pixel_converter_init(&converter, &source, NULL);
	pixel_convert(&converter, 0, 0, width, rows, out, stride);
	for (uint32_t y = 0; y < rows && source.format->alpha; y++)
		*opaque &= finish_alpha(target, out + y * stride, width,
		                        raw_alpha_of_row(out + y * stride, width));
	return 0;
}

/* Reads as many rows at a time as are converted at a time: of YUV, the whole frame. */
static int read_converted(struct raw_stream *stream, struct raw_target *target, bool *opaque)
{
	const struct raw_layout *layout = &stream->layout;
	size_t row_bytes = is_yuv(layout) ? 0 : raw_layout_row_bytes(layout);
	uint32_t block = is_yuv(layout) ? layout->height : rows_of_block(row_bytes);
	size_t bytes = is_yuv(layout) ? raw_layout_bytes(layout) : block * row_bytes;
	size_t stride = target->layout->stride_bytes[0];
	int error = buffer_reserve(&stream->rows, bytes);

	for (uint32_t y = 0; y < layout->height && !error; y += block) {
		uint32_t rows = layout->height - y < block ? layout->height - y : block;
		size_t size = is_yuv(layout) ? bytes : rows * row_bytes;

		error = raw_stream_read_rows(stream, stream->rows.data, size, size, 1);
		for (uint32_t i = 0; i < rows && !error && !is_yuv(layout); i++)
			scale_row(stream, stream->rows.data + i * row_bytes);
		if (!error)
			error = convert_block(stream, target, rows, target->pixels + y * stride,
			                      opaque);
	}
	return error;
}

static int read_ours(struct raw_stream *stream, struct raw_target *target)
{
	const struct raw_format *format = stream->layout.format;
	bool opaque = true;
	int error = make_scale(stream);

	if (!error && format->convert)
		error = read_rows(stream, target, finish_ours, format->in_place, &opaque);
	else if (!error)
		error = read_converted(stream, target, &opaque);
	target->fourcc = opaque ? SHMFLIP_XRGB8888 : SHMFLIP_ARGB8888;
	return error;
}

int raw_pixels_read(struct raw_stream *stream, struct raw_target *target)
{
	return stream->output.kept ? read_kept(stream, target) : read_ours(stream, target);
}
