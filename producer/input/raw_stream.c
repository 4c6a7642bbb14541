/* SPDX-License-Identifier: MIT */
#include "raw_stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "pnm_header.h"

enum { SKIPPED_BYTES = 1 << 18, VECTORS_MAX = 128 };

static bool is_pnm(const char *magic)
{
	return magic[0] == 'P' && magic[1] >= '5' && magic[1] <= '7';
}

bool raw_stream_recognizes(const uint8_t prefix[2])
{
	return is_pnm((const char *)prefix) || (prefix[0] == 'Y' && prefix[1] == 'U');
}

void raw_stream_init(struct raw_stream *stream, struct input_fd *input, const uint8_t prefix[2])
{
	*stream = (struct raw_stream){ .input = input,
		                       .kind = prefix[0] == 'Y' ? RAW_Y4M : RAW_PNM,
		                       .end = 2 };
	memcpy(stream->unread, prefix, 2);
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

void raw_stream_restart(struct raw_stream *stream)
{
	stream->start = stream->end = 0;
	stream->remaining = 0;
	stream->broken = stream->announced = false;
}

/* ---- Bytes -------------------------------------------------------------------------------- */

/* Makes sure that a byte is unread. */
static int fill_unread(struct raw_stream *stream)
{
	ssize_t got;

	if (stream->start < stream->end)
		return 0;
	got = input_fd_read(stream->input, stream->unread, sizeof(stream->unread));
	if (got < 0)
		return (int)got;
	stream->start = 0;
	stream->end = (size_t)got;
	return 0;
}

/* Reads what is there of the rest of the frame, first the unread bytes. */
static ssize_t read_some(struct raw_stream *stream, const struct iovec *vectors, int count)
{
	size_t held = stream->end - stream->start;
	ssize_t got;

	if (held) {
		got = (ssize_t)(held < vectors->iov_len ? held : vectors->iov_len);
		memcpy(vectors->iov_base, stream->unread + stream->start, (size_t)got);
		stream->start += (size_t)got;
	} else {
		got = input_fd_readv(stream->input, vectors, count);
	}
	if (got > 0)
		stream->remaining -= (uint64_t)got;
	return got == -ENODATA ? -EBADMSG : got;
}

/* Points the vectors at the rest of the rows, after the first done bytes. */
static int fill_vectors(struct iovec *vectors, uint8_t *data, size_t stride, size_t row_bytes,
                        size_t rows, size_t done)
{
	size_t row = done / row_bytes, column = done % row_bytes;
	int count = 0;

	for (; row < rows && count < VECTORS_MAX; row++, column = 0) {
		vectors[count].iov_base = data + row * stride + column;
		vectors[count++].iov_len = row_bytes - column;
	}
	return count;
}

int raw_stream_read_rows(struct raw_stream *stream, uint8_t *data, size_t stride, size_t row_bytes,
                         size_t rows)
{
	struct iovec vectors[VECTORS_MAX];

	if (stride == row_bytes) {
		row_bytes *= rows;
		rows = 1;
	}
	for (size_t done = 0; done < row_bytes * rows;) {
		int count = fill_vectors(vectors, data, stride, row_bytes, rows, done);
		ssize_t got = read_some(stream, vectors, count);

		if (got < 0)
			return (int)got;
		done += (size_t)got;
	}
	return 0;
}

/* ---- Headers ------------------------------------------------------------------------------ */

/* Skips what the caller did not read of the last frame. */
static int skip_rest(struct raw_stream *stream)
{
	int error = stream->remaining ? buffer_reserve(&stream->rows, SKIPPED_BYTES) : 0;

	while (!error && stream->remaining) {
		size_t size = stream->remaining < SKIPPED_BYTES ? stream->remaining : SKIPPED_BYTES;

		error = raw_stream_read_rows(stream, stream->rows.data, size, size, 1);
	}
	return error == -EBADMSG ? -ENODATA : error;
}

/* Reads a line, and NUL-terminates it. -EMSGSIZE: it is too long. */
static int read_line(struct raw_stream *stream, char text[RAW_HEADER_BYTES_MAX])
{
	size_t size = 0;

	while (size + 1 < RAW_HEADER_BYTES_MAX) {
		int error = fill_unread(stream);
		char byte;

		if (error)
			return error == -ENODATA && size ? -EBADMSG : error;
		byte = stream->unread[stream->start++];
		if (byte == '\0')
			return -EBADMSG;
		text[size++] = byte;
		text[size] = '\0';
		if (byte == '\n')
			return 0;
	}
	return -EMSGSIZE;
}

/* Refuses a wrong start at its second byte: the writer may send no more. */
static int read_pnm_header(struct raw_stream *stream, struct pnm_header *header)
{
	while (!header->complete) {
		int error = fill_unread(stream);

		if (error)
			return error == -ENODATA && header->size ? -EBADMSG : error;
		if (pnm_header_add(header, stream->unread[stream->start++]))
			return -EBADMSG;
		if (header->size == 2 && !is_pnm(header->text))
			return -EBADMSG;
	}
	return 0;
}

static const char *read_pnm(struct raw_stream *stream, int *error)
{
	struct pnm_header header = { .size = 0 };

	*error = read_pnm_header(stream, &header);
	if (*error == 0)
		return pnm_header_parse(&header, &stream->layout);
	return *error == -EBADMSG ? "damaged: not a PGM, PPM or PAM header" : NULL;
}

/* A frame's line may have parameters. */
static bool is_frame_line(const char *text)
{
	return strcmp(text, "FRAME\n") == 0 || strncmp(text, "FRAME ", 6) == 0;
}

static bool is_y4m_line(const char *text)
{
	return is_frame_line(text) || strncmp(text, "YUV4MPEG2 ", 10) == 0;
}

/* Another Y4M may follow the first, as from cat(1), with another size. */
static const char *read_y4m(struct raw_stream *stream, int *error)
{
	char text[RAW_HEADER_BYTES_MAX];
	const char *fault = NULL;

	*error = read_line(stream, text);
	while (*error == 0 && !fault && strncmp(text, "YUV4MPEG2 ", 10) == 0) {
		fault = raw_header_y4m(text, &stream->layout, &stream->rate);
		stream->announced = true;
		if (!fault)
			*error = read_line(stream, text);
	}
	if (*error == -EMSGSIZE)
		fault = is_y4m_line(text) ? "damaged: a Y4M line of more than 4 KiB"
		                          : "damaged: no FRAME line";
	else if (*error == 0 && !fault && !stream->announced)
		fault = "not a Y4M";
	else if (*error == 0 && !fault && !is_frame_line(text))
		fault = "damaged: no FRAME line";
	return *error == -EBADMSG ? "damaged: no FRAME line" : fault;
}

/* What the user says of the colour goes before what the stream says. It is for video: PNM is RGB or
 * gray. */
static void override_colour(struct raw_stream *stream)
{
	struct shmflip_colour *colour = &stream->layout.colour;

	if (stream->kind == RAW_PNM)
		return;
	if (stream->colour.matrix && !stream->layout.format->pixel_bytes)
		colour->matrix = stream->colour.matrix;
	if (stream->colour.range)
		colour->range = stream->colour.range;
}

/* Returns NULL, or why the announced frame cannot be read. */
static const char *prepare_frame(struct raw_stream *stream)
{
	override_colour(stream);
	stream->remaining = raw_layout_bytes(&stream->layout);
	return raw_output_choose(&stream->layout, &stream->pixels, &stream->output);
}

int raw_stream_next(struct raw_stream *stream, const char **reason)
{
	int error = stream->broken ? -ENODATA : skip_rest(stream);
	const char *fault = NULL;

	if (!error && stream->kind == RAW_BARE)
		error = fill_unread(stream);
	else if (!error && stream->kind == RAW_PNM)
		fault = read_pnm(stream, &error);
	else if (!error)
		fault = read_y4m(stream, &error);
	if (!error && !fault)
		fault = prepare_frame(stream);
	if (fault) {
		*reason = fault;
		stream->broken = true;
		return -EBADMSG;
	}
	return error;
}
