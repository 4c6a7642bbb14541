/* SPDX-License-Identifier: MIT
 *
 * A pipe, of the default size or as large as any user may make it. */
#include "stream.h"
#include "table.h"

enum { DEFAULT_SIZE = 0, LARGE = 1 << 20 };

static int connect_pipe(struct link *link, unsigned receiver)
{
	return stream_connect_pipe(link, receiver, link->transport->variant);
}

static int prepare(struct link *link)
{
	return stream_prepare(link, sizeof(struct stream), connect_pipe);
}

const struct transport transport_pipe = {
	.name = "pipe",
	.title = "pipe, default size of 64 KiB",
	.kernel_copies = 2,
	.variant = DEFAULT_SIZE,
	.prepare = prepare,
	STREAM_FUNCTIONS,
};

const struct transport transport_pipe_large = {
	.name = "pipe-1m",
	.title = "pipe, 1 MiB",
	.kernel_copies = 2,
	.variant = LARGE,
	.prepare = prepare,
	STREAM_FUNCTIONS,
};
