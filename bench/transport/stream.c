/* SPDX-License-Identifier: MIT */
#include "stream.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

int stream_prepare(struct link *link, uint64_t state_bytes, stream_connector *connect)
{
	struct stream *stream;
	int error = link_make_state(link, state_bytes);

	if (error)
		return error;
	stream = link->state;
	for (int i = 0; i < RECEIVERS_MAX; i++)
		stream->read_fds[i] = stream->write_fds[i] = -1;
	for (unsigned i = 0; i < link->receivers && !error; i++)
		error = connect(link, i);
	if (error)
		stream_finish(link, false);
	return error;
}

void stream_finish(struct link *link, bool killed)
{
	struct stream *stream = link->state;

	(void)killed;
	link_close_fds(stream->read_fds);
	link_close_fds(stream->write_fds);
}

int stream_connect_pipe(struct link *link, unsigned receiver, int pipe_bytes)
{
	struct stream *stream = link->state;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return link_fail_errno(link, "pipe2");
	stream->read_fds[receiver] = ends[0];
	stream->write_fds[receiver] = ends[1];
	if (pipe_bytes && fcntl(ends[1], F_SETPIPE_SZ, pipe_bytes) < 0)
		return link_fail_errno(link, "F_SETPIPE_SZ");
	return 0;
}

static int get_memory(struct link *link)
{
	struct stream *stream = link->state;
	void *memory;
	int error;

	if (stream->pixels)
		return 0;
	error = link_map(link, link->frame_bytes, false, &memory);
	if (!error)
		stream->pixels = memory;
	return error;
}

int stream_open_sender(struct link *link)
{
	struct stream *stream = link->state;

	link_close_fds(stream->read_fds);
	for (unsigned i = 0; i < link->receivers && link->receivers > 1; i++)
		if (fcntl(stream->write_fds[i], F_SETFL, O_NONBLOCK) < 0)
			return link_fail_errno(link, "fcntl");
	return get_memory(link);
}

int stream_open_receiver(struct link *link, unsigned receiver)
{
	struct stream *stream = link->state;

	stream->fd = stream->read_fds[receiver];
	stream->read_fds[receiver] = -1;
	link_close_fds(stream->read_fds);
	link_close_fds(stream->write_fds);
	return get_memory(link);
}

int stream_buffer(struct link *link, uint8_t **pixels)
{
	const struct stream *stream = link->state;

	*pixels = stream->pixels;
	return 0;
}

/* Writes as much as fits. If the descriptor blocks, that is the rest of the frame. */
static int write_some(struct link *link, stream_writer *writer, int fd, uint64_t *written)
{
	const struct stream *stream = link->state;
	ssize_t bytes;

	while (*written < link->frame_bytes) {
		bytes = writer(fd, stream->pixels + *written, link->frame_bytes - *written);
		if (bytes < 0 && errno == EAGAIN)
			break;
		if (bytes < 0 && errno != EINTR)
			return link_fail_errno(link, "write");
		if (bytes > 0)
			*written += (uint64_t)bytes;
	}
	return 0;
}

int stream_send_by(struct link *link, stream_writer *writer)
{
	const struct stream *stream = link->state;
	struct pollfd waiting[RECEIVERS_MAX];
	uint64_t written[RECEIVERS_MAX] = { 0 };
	unsigned waiting_count;
	int error;

	for (;;) {
		waiting_count = 0;
		for (unsigned i = 0; i < link->receivers; i++) {
			error = write_some(link, writer, stream->write_fds[i], &written[i]);
			if (error)
				return error;
			if (written[i] < link->frame_bytes)
				waiting[waiting_count++] =
					(struct pollfd){ .fd = stream->write_fds[i],
					                 .events = POLLOUT };
		}
		if (waiting_count == 0)
			return 0;
		if (poll(waiting, waiting_count, -1) < 0 && errno != EINTR)
			return link_fail_errno(link, "poll");
	}
}

static ssize_t plain_write(int fd, const uint8_t *pixels, uint64_t bytes)
{
	return write(fd, pixels, bytes);
}

int stream_send(struct link *link)
{
	return stream_send_by(link, plain_write);
}

int stream_receive(struct link *link, const uint8_t **pixels)
{
	const struct stream *stream = link->state;
	uint64_t got = 0;
	ssize_t bytes;

	while (got < link->frame_bytes) {
		bytes = read(stream->fd, stream->pixels + got, link->frame_bytes - got);
		if (bytes == 0)
			return link_fail(link, -EPIPE, "the sender closed its end");
		if (bytes < 0 && errno != EINTR)
			return link_fail_errno(link, "read");
		if (bytes > 0)
			got += (uint64_t)bytes;
	}
	*pixels = stream->pixels;
	return 0;
}
