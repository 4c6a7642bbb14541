/* SPDX-License-Identifier: MIT
 *
 * Whether a pipe delivers faster than its frames are shown: then bytes are always waiting. One
 * cannot tell whether the writer is live, and loses frames or falls behind, or has time. Main
 * thread. */
#ifndef SHMFLIP_PRODUCER_BACKLOG_H
#define SHMFLIP_PRODUCER_BACKLOG_H

#include <stdbool.h>
#include <stdint.h>

#include "input/input_fd.h"

struct backlog {
	const struct input_fd *input;
	uint64_t waits;   /* of the input, when last seen */
	int64_t since_ns; /* no wait since */
};

void backlog_init(struct backlog *backlog, const struct input_fd *input, int64_t now_ns);

/* Looks at the input. Returns whether no read had to wait for bytes of the pipe for two seconds. */
bool backlog_update(struct backlog *backlog, int64_t now_ns);

#endif
