/* SPDX-License-Identifier: MIT
 *
 * A pipe, as large as it comes or as large as any user may make it. */
#include "stream.h"
#include "table.h"

enum { AS_IT_COMES = 0, LARGE = 1 << 20 };

static int prepare(struct link *link)
{
	int error = stream_prepare(link, sizeof(struct stream));

	if (error)
		return error;
	error = stream_make_pipes(link, link->transport->variant);
	if (error)
		stream_finish(link, false);
	return error;
}

const struct transport transport_pipe = {
	.name = "pipe",
	.title = "pipe, 64 KiB as it comes",
	.kernel_copies = 2,
	.variant = AS_IT_COMES,
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
