/* SPDX-License-Identifier: MIT
 *
 * A Unix stream socket, with the default buffer or a large one. */
#include <errno.h>
#include <sys/socket.h>

#include "stream.h"
#include "table.h"

enum { DEFAULT_SIZE = 0, LARGE = 4 << 20 };

/* Any user gets at most net.core.wmem_max, which may be less. Root gets all. */
static int enlarge(struct link *link, int fd, int bytes)
{
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof(bytes)) == 0)
		return 0;
	if (errno == EPERM && setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes)) == 0)
		return 0;
	return link_fail_errno(link, "setsockopt");
}

static int connect_pair(struct link *link, unsigned receiver)
{
	struct stream *stream = link->state;
	int ends[2], bytes = link->transport->variant;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return link_fail_errno(link, "socketpair");
	stream->read_fds[receiver] = ends[0];
	stream->write_fds[receiver] = ends[1];
	return bytes ? enlarge(link, ends[1], bytes) : 0;
}

static int prepare(struct link *link)
{
	return stream_prepare(link, sizeof(struct stream), connect_pair);
}

const struct transport transport_unix = {
	.name = "unix",
	.title = "Unix stream socket, default buffer",
	.kernel_copies = 2,
	.variant = DEFAULT_SIZE,
	.prepare = prepare,
	STREAM_FUNCTIONS,
};

const struct transport transport_unix_large = {
	.name = "unix-4m",
	.title = "Unix stream socket, buffer of 4 MiB",
	.kernel_copies = 2,
	.variant = LARGE,
	.prepare = prepare,
	STREAM_FUNCTIONS,
};
