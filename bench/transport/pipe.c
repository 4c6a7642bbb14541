/* SPDX-License-Identifier: MIT
 *
 * A pipe, as large as it comes or as large as any user may make it. */
#include <fcntl.h>
#include <unistd.h>

#include "stream.h"
#include "table.h"

enum { AS_IT_COMES = 0, LARGE = 1 << 20 };

static int prepare(struct link *link)
{
	int error = stream_prepare(link);
	struct stream *stream = link->state;
	int ends[2];

	for (unsigned i = 0; i < link->receivers && !error; i++) {
		if (pipe2(ends, O_CLOEXEC) < 0) {
			error = link_fail_errno(link, "pipe2");
			break;
		}
		stream->read_fds[i] = ends[0];
		stream->write_fds[i] = ends[1];
		if (link->transport->variant &&
		    fcntl(ends[1], F_SETPIPE_SZ, link->transport->variant) < 0)
			error = link_fail_errno(link, "F_SETPIPE_SZ");
	}
	if (error && stream)
		stream_finish(link, false);
	return error;
}

#define FUNCTIONS                                                                                  \
	.kernel_copies = 2, .prepare = prepare, .finish = stream_finish,                           \
	.open_sender = stream_open_sender, .buffer = stream_buffer, .send = stream_send,           \
	.open_receiver = stream_open_receiver, .receive = stream_receive

const struct transport transport_pipe = {
	.name = "pipe",
	.title = "pipe, 64 KiB as it comes",
	.variant = AS_IT_COMES,
	FUNCTIONS,
};

const struct transport transport_pipe_large = {
	.name = "pipe-1m",
	.title = "pipe, 1 MiB",
	.variant = LARGE,
	FUNCTIONS,
};
