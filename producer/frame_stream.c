/* SPDX-License-Identifier: MIT */
#include "frame_stream.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "png_header.h"

/* Opening a FIFO does not wait for a writer; reading does. */
static int open_input(struct frame_stream *stream)
{
	const char *path = stream->options->sources[0];
	int fd;

	if (strcmp(path, "-") == 0) {
		stream->name = "stdin";
		input_fd_init(&stream->input, STDIN_FILENO);
		return 0;
	}
	stream->name = frame_task_base_name(path);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0) {
		int error = -errno;

		cli_error("cannot read %s: %s", path, strerror(-error));
		return error;
	}
	input_fd_init(&stream->input, fd);
	stream->opened = true;
	return 0;
}

int frame_stream_init(struct frame_stream *stream, const struct options *options)
{
	*stream = (struct frame_stream){ .options = options };
	return open_input(stream);
}

void frame_stream_finish(struct frame_stream *stream)
{
	png_stream_finish(&stream->png);
	raw_stream_finish(&stream->raw);
	if (stream->opened)
		close(stream->input.fd);
}

static void choose_output(struct frame_stream *stream)
{
	stream->raw.pixels = stream->options->pixels;
	stream->raw.colour = stream->options->colour;
	stream->kind = STREAM_RAW;
}

/* Detects the kind of the stream by its first two bytes: PNGs, unless they are known to be
 * another. */
static int open_stream(struct frame_stream *stream)
{
	uint8_t prefix[2];
	size_t size = 0;

	if (stream->options->raw.format) {
		raw_stream_init_bare(&stream->raw, &stream->input, &stream->options->raw);
		stream->raw.rate = stream->options->raw_rate;
		choose_output(stream);
		return 0;
	}
	while (size < sizeof(prefix)) {
		ssize_t got = input_fd_read(&stream->input, prefix + size, sizeof(prefix) - size);

		if (got == -ENODATA && (size || !stream->options->reopen))
			break;
		if (got < 0)
			return (int)got;
		size += (size_t)got;
	}
	if (size < sizeof(prefix) || !raw_stream_recognizes(prefix)) {
		stream->kind = STREAM_PNG;
		return png_stream_init(&stream->png, &stream->input, PNG_BYTES_MAX, prefix, size);
	}
	raw_stream_init(&stream->raw, &stream->input, prefix);
	choose_output(stream);
	return 0;
}

static int fetch_png(struct frame_stream *stream, struct frame_task *task)
{
	struct png_header header;
	const char *reason;
	int error = png_stream_next(&stream->png, &task->png, &task->size, &task->fault);

	task->common_fault = error == -EILSEQ;
	if (error)
		return error;
	if (png_header_parse(task->png, task->size, &header, &reason) == 0)
		frame_task_set_header(task, &header, stream->options);
	return png_stream_take(&stream->png, &task->buffer);
}

static int fetch_raw(struct frame_stream *stream, struct frame_task *task)
{
	int error = raw_stream_next(&stream->raw, &task->fault);

	if (!error) {
		task->raw = &stream->raw;
		task->width = stream->raw.layout.width;
		task->height = stream->raw.layout.height;
		task->fourcc = stream->raw.output.fourcc;
		task->colour = stream->raw.output.colour;
		task->aspect_num = stream->raw.layout.aspect_num;
		task->aspect_den = stream->raw.layout.aspect_den;
	}
	return error;
}

/* The next writer of a FIFO is to write a stream of the same kind. */
static int reopen(struct frame_stream *stream)
{
	if (stream->kind == STREAM_RAW)
		raw_stream_restart(&stream->raw);
	return input_fd_reopen(&stream->input);
}

static int fetch_from_writer(struct frame_stream *stream, struct frame_task *task)
{
	int error = stream->kind == STREAM_UNKNOWN ? open_stream(stream) : 0;

	if (error)
		return error;
	return stream->kind == STREAM_RAW ? fetch_raw(stream, task) : fetch_png(stream, task);
}

int frame_stream_fetch(struct frame_stream *stream, struct frame_task *task)
{
	int error = fetch_from_writer(stream, task);

	while (error == -ENODATA && stream->options->reopen) {
		error = reopen(stream);
		if (!error)
			error = fetch_from_writer(stream, task);
	}
	return error == -EBADMSG || error == -EILSEQ ? 0 : error;
}
