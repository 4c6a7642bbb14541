/* SPDX-License-Identifier: MIT
 *
 * The pipe refers to the sender's pages instead of copying them. The sender must not overwrite
 * pages before they have been read, and the kernel does not report when. But data is read once a
 * full pipe of later data follows it. So the sender cycles through enough buffers to fill the
 * pipe. */
#include <fcntl.h>
#include <stddef.h>
#include <sys/uio.h>

#include "stream.h"
#include "table.h"

enum { PIPE_BYTES = 1 << 20, PAGE = 4096 };

struct state {
	struct stream stream;
	uint8_t *memory;
	uint64_t buffer_bytes;
	uint64_t buffers;
	uint64_t next;
};

_Static_assert(offsetof(struct state, stream) == 0, "see stream.h");

static int connect_pipe(struct link *link, unsigned receiver)
{
	return stream_connect_pipe(link, receiver, PIPE_BYTES);
}

static int prepare(struct link *link)
{
	return stream_prepare(link, sizeof(struct state), connect_pipe);
}

static int open_sender(struct link *link)
{
	struct state *state = link->state;
	void *memory;
	int error;

	state->buffer_bytes = (link->frame_bytes + PAGE - 1) / PAGE * PAGE;
	/* One for the frame being made, and those that a full pipe may hold a part of. */
	state->buffers = 1 + (PIPE_BYTES + state->buffer_bytes - 1) / state->buffer_bytes;
	error = link_map(link, state->buffers * state->buffer_bytes, false, &memory);
	if (error)
		return error;
	state->memory = memory;
	state->stream.pixels = memory;
	return stream_open_sender(link);
}

static int buffer(struct link *link, uint8_t **pixels)
{
	struct state *state = link->state;

	state->stream.pixels = state->memory + state->next++ % state->buffers * state->buffer_bytes;
	*pixels = state->stream.pixels;
	return 0;
}

static ssize_t lend(int fd, const uint8_t *pixels, uint64_t bytes)
{
	struct iovec piece = { .iov_base = (void *)pixels, .iov_len = bytes };

	return vmsplice(fd, &piece, 1, 0);
}

static int send(struct link *link)
{
	return stream_send_by(link, lend);
}

const struct transport transport_vmsplice = {
	.name = "vmsplice",
	.title = "pipe, 1 MiB, pages lent with vmsplice",
	.kernel_copies = 1,
	.prepare = prepare,
	.finish = stream_finish,
	.open_sender = open_sender,
	.buffer = buffer,
	.send = send,
	.open_receiver = stream_open_receiver,
	.receive = stream_receive,
};
