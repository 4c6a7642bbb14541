/* SPDX-License-Identifier: MIT
 *
 * A named pipe of 1 MiB, as between unrelated processes. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "stream.h"
#include "table.h"

enum { LARGE = 1 << 20 };

/* Opening a FIFO to write blocks until it has a reader. So open it to read first, without
 * blocking. */
static int connect_fifo(struct link *link, unsigned receiver)
{
	struct stream *stream = link->state;
	const char *path;
	char name[32];

	snprintf(name, sizeof(name), "fifo-%u", receiver);
	path = link_path(link, name);
	if (mkfifo(path, 0600) < 0)
		return link_fail_errno(link, "mkfifo");
	stream->read_fds[receiver] = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (stream->read_fds[receiver] < 0)
		return link_fail_errno(link, "open to read");
	stream->write_fds[receiver] = open(path, O_WRONLY | O_CLOEXEC);
	if (stream->write_fds[receiver] < 0)
		return link_fail_errno(link, "open to write");
	if (fcntl(stream->read_fds[receiver], F_SETFL, 0) < 0 ||
	    fcntl(stream->write_fds[receiver], F_SETPIPE_SZ, LARGE) < 0)
		return link_fail_errno(link, "fcntl");
	return 0;
}

static int prepare(struct link *link)
{
	return stream_prepare(link, sizeof(struct stream), connect_fifo);
}

const struct transport transport_fifo = {
	.name = "fifo",
	.title = "named pipe, 1 MiB",
	.kernel_copies = 2,
	.prepare = prepare,
	STREAM_FUNCTIONS,
};
