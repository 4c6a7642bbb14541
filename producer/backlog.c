/* SPDX-License-Identifier: MIT */
#include "backlog.h"

#include <stdatomic.h>

#include "monotonic.h"

#define LASTING_NS (2 * NS_PER_S)

void backlog_init(struct backlog *backlog, const struct input_fd *input, int64_t now_ns)
{
	*backlog = (struct backlog){ .input = input, .since_ns = now_ns };
}

bool backlog_update(struct backlog *backlog, int64_t now_ns)
{
	/* Pairs with wait_readable() of input_fd.c. */
	uint64_t waits = atomic_load_explicit(&backlog->input->waits, memory_order_relaxed);

	if (waits != backlog->waits || !backlog->input->is_pipe) {
		backlog->waits = waits;
		backlog->since_ns = now_ns;
	}
	return now_ns - backlog->since_ns >= LASTING_NS;
}
