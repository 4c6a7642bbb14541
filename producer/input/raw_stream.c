/* SPDX-License-Identifier: MIT */
#include "raw_stream.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Rows that are read at a time: few enough to be in the cache still when they are looked at. And what
 * raw_convert may look at behind a row. */
enum { ROWS_BYTES = 1 << 18, PLACES = 128, SLACK_BYTES = 3, SAMPLES = 65536 };

bool raw_stream_knows(const uint8_t begun[2])
{
	return (begun[0] == 'P' && begun[1] >= '5' && begun[1] <= '7') ||
	       (begun[0] == 'Y' && begun[1] == 'U');
}

void raw_stream_init(struct raw_stream *stream, struct input_fd *input, const uint8_t begun[2])
{
	*stream = (struct raw_stream){ .input = input,
		                       .kind = begun[0] == 'Y' ? RAW_Y4M : RAW_PNM,
		                       .end = 2 };
	memcpy(stream->ahead, begun, 2);
}

void raw_stream_init_bare(struct raw_stream *stream, struct input_fd *input,
                          const struct raw_layout *layout)
{
	*stream = (struct raw_stream){ .input = input, .kind = RAW_BARE, .layout = *layout };
}

void raw_stream_finish(struct raw_stream *stream)
{
	buffer_finish(&stream->rows);
	free(stream->scaled);
	stream->scaled = NULL;
}

/* ---- Bytes -------------------------------------------------------------------------------- */

/* Has something ahead. */
static int look_ahead(struct raw_stream *stream)
{
	ssize_t got;

	if (stream->start < stream->end)
		return 0;
	got = input_fd_read(stream->input, stream->ahead, sizeof(stream->ahead));
	if (got < 0)
		return (int)got;
	stream->start = 0;
	stream->end = (size_t)got;
	return 0;
}

/* As much as there is of what is left of the frame, first what was read ahead. */
static ssize_t take_some(struct raw_stream *stream, const struct iovec *places, int count)
{
	size_t held = stream->end - stream->start;
	ssize_t got;

	if (held) {
		got = (ssize_t)(held < places->iov_len ? held : places->iov_len);
		memcpy(places->iov_base, stream->ahead + stream->start, (size_t)got);
		stream->start += (size_t)got;
	} else {
		got = input_fd_readv(stream->input, places, count);
	}
	if (got > 0)
		stream->left -= (uint64_t)got;
	return got == -ENODATA ? -EBADMSG : got;
}

/* Places for what is left of the rows behind the first done bytes. */
static int lay_out(struct iovec *places, uint8_t *data, size_t stride, size_t row_bytes,
                   size_t rows, size_t done)
{
	size_t row = done / row_bytes, column = done % row_bytes;
	int count = 0;

	for (; row < rows && count < PLACES; row++, column = 0) {
		places[count].iov_base = data + row * stride + column;
		places[count++].iov_len = row_bytes - column;
	}
	return count;
}

static int read_rows(struct raw_stream *stream, uint8_t *data, size_t stride, size_t row_bytes,
                     size_t rows)
{
	struct iovec places[PLACES];

	if (stride == row_bytes) {
		row_bytes *= rows;
		rows = 1;
	}
	for (size_t done = 0; done < row_bytes * rows;) {
		int count = lay_out(places, data, stride, row_bytes, rows, done);
		ssize_t got = take_some(stream, places, count);

		if (got < 0)
			return (int)got;
		done += (size_t)got;
	}
	return 0;
}

/* ---- What comes next ---------------------------------------------------------------------- */

/* Passes over what nobody wanted to have. */
static int pass_over(struct raw_stream *stream)
{
	int result = stream->left ? buffer_reserve(&stream->rows, ROWS_BYTES) : 0;

	while (!result && stream->left) {
		size_t size = stream->left < ROWS_BYTES ? stream->left : ROWS_BYTES;

		result = read_rows(stream, stream->rows.data, size, size, 1);
	}
	return result == -EBADMSG ? -ENODATA : result;
}

/* Reads text up to where whole() says that it is, and NUL-terminates it. */
static int read_text(struct raw_stream *stream, char text[RAW_HEADER_BYTES_MAX],
                     bool (*whole)(const char *text))
{
	size_t size = 0;

	while (size + 1 < RAW_HEADER_BYTES_MAX) {
		int result = look_ahead(stream);
		char byte;

		if (result)
			return result == -ENODATA && size ? -EBADMSG : result;
		byte = stream->ahead[stream->start++];
		if ((byte < ' ' || byte > '~') && !isspace((unsigned char)byte))
			break;
		text[size++] = byte;
		text[size] = '\0';
		if ((byte == '\n' || byte == ' ' || byte == '\t' || byte == '\r') && whole(text))
			return 0;
	}
	return -EBADMSG;
}

static bool is_line(const char *text)
{
	return text[strlen(text) - 1] == '\n';
}

static const char *read_pnm(struct raw_stream *stream, int *result)
{
	char text[RAW_HEADER_BYTES_MAX];

	*result = read_text(stream, text, raw_header_pnm_is_whole);
	if (*result == 0 && (text[0] != 'P' || text[1] < '5' || text[1] > '7'))
		return "not a PGM, PPM or PAM";
	if (*result == 0)
		return raw_header_pnm(text, &stream->layout);
	return *result == -EBADMSG ? "damaged: no header of a PGM, PPM or PAM" : NULL;
}

static const char *read_y4m(struct raw_stream *stream, int *result)
{
	char text[RAW_HEADER_BYTES_MAX];
	const char *fault = NULL;

	*result = 0;
	if (!stream->begun) {
		*result = read_text(stream, text, is_line);
		if (*result == 0 && strncmp(text, "YUV4MPEG2 ", 10) == 0)
			fault = raw_header_y4m(text, &stream->layout, &stream->fps_milli);
		else if (*result == 0)
			fault = "not a Y4M";
	}
	if (*result == 0 && !fault) {
		*result = read_text(stream, text, is_line);
		if (*result == 0 && strncmp(text, "FRAME", 5) != 0)
			fault = "damaged: no frame where one should be";
	}
	return *result == -EBADMSG ? "damaged: no frame where one should be" : fault;
}

int raw_stream_next(struct raw_stream *stream, const char **reason)
{
	int result = stream->lost ? -ENODATA : pass_over(stream);
	const char *fault = NULL;

	if (!result && stream->kind == RAW_BARE)
		result = look_ahead(stream);
	else if (!result && stream->kind == RAW_PNM)
		fault = read_pnm(stream, &result);
	else if (!result)
		fault = read_y4m(stream, &result);
	if (fault) {
		*reason = fault;
		stream->lost = true;
		return -EBADMSG;
	}
	if (!result) {
		stream->begun = true;
		stream->left = raw_layout_bytes(&stream->layout);
	}
	return result;
}

/* ---- Pixels ------------------------------------------------------------------------------- */

/* What a sample is of 8 bits, rounded, for each that there can be. */
static int make_scale(struct raw_stream *stream)
{
	uint32_t maximum = stream->layout.maximum;

	if (stream->maximum == maximum)
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

/* Makes the samples of a row 8 bits, where they are. */
static void scale_row(const struct raw_stream *stream, uint8_t *row, size_t samples)
{
	if (stream->layout.maximum == 255)
		return;
	for (size_t i = 0; i < samples; i++)
		row[i] = stream->scaled[stream->layout.maximum > 255
		                                ? (size_t)row[2 * i] << 8 | row[2 * i + 1]
		                                : row[i]];
}

static void finish_row(struct raw_target *target, uint8_t *row, uint32_t width, uint8_t alpha)
{
	if (alpha == 255)
		return;
	if (target->flatten)
		raw_flatten_row(row, width, target->background);
	else
		target->opaque = false;
}

/* Rows of packed pixels, from number y on, have been read to data. */
static void convert_rows(const struct raw_stream *stream, struct raw_target *target, uint8_t *data,
                         size_t stride, size_t y, size_t rows)
{
	const struct raw_layout *layout = &stream->layout;

	for (size_t i = 0; i < rows; i++) {
		uint8_t *in = data + i * stride;
		uint8_t *out = target->pixels + (y + i) * target->stride_bytes;
		uint8_t alpha;

		scale_row(stream, in, (size_t)layout->width * layout->format->samples);
		alpha = layout->format->convert(in, out, layout->width);
		finish_row(target, out, layout->width, alpha);
	}
}

static int read_packed(struct raw_stream *stream, struct raw_target *target)
{
	const struct raw_layout *layout = &stream->layout;
	size_t row_bytes = raw_layout_row_bytes(layout);
	size_t block = row_bytes < ROWS_BYTES ? ROWS_BYTES / row_bytes : 1;
	bool direct = layout->format->in_place;
	int result = 0;

	if (!direct)
		result = buffer_reserve(&stream->rows, block * row_bytes + SLACK_BYTES);
	if (!result && layout->maximum != 255)
		result = make_scale(stream);
	for (size_t y = 0; y < layout->height && !result; y += block) {
		size_t rows = layout->height - y < block ? layout->height - y : block;
		size_t stride = direct ? target->stride_bytes : row_bytes;
		uint8_t *data = direct ? target->pixels + y * stride : stream->rows.data;

		result = read_rows(stream, data, stride, row_bytes, rows);
		if (!result)
			convert_rows(stream, target, data, stride, y, rows);
	}
	return result;
}

static int read_planes(struct raw_stream *stream, struct raw_target *target)
{
	const struct raw_layout *layout = &stream->layout;
	const struct raw_format *format = layout->format;
	size_t width = layout->width, columns = (width + format->shift_x) >> format->shift_x;
	size_t rows = ((size_t)layout->height + format->shift_y) >> format->shift_y;
	size_t size = raw_layout_bytes(layout), luma = width * layout->height;
	int result = buffer_reserve(&stream->rows, size + (layout->no_chroma ? width : 0));
	const uint8_t *u = stream->rows.data + luma, *v = u + columns * rows;

	if (!result)
		result = read_rows(stream, stream->rows.data, size, size, 1);
	if (result)
		return result;
	if (layout->no_chroma) {
		memset(stream->rows.data + luma, 128, width);
		v = u;
		columns = 0;
	}
	for (size_t y = 0; y < layout->height; y++) {
		size_t chroma = (y >> format->shift_y) * columns;

		raw_yuv_row(&layout->yuv, stream->rows.data + y * width, u + chroma, v + chroma,
		            format->shift_x, target->pixels + y * target->stride_bytes, width);
	}
	return 0;
}

int raw_stream_read(struct raw_stream *stream, struct raw_target *target)
{
	target->opaque = true;
	return stream->layout.format->convert ? read_packed(stream, target)
	                                      : read_planes(stream, target);
}
