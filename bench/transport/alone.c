/* SPDX-License-Identifier: MIT
 *
 * Limits of memory: one process, without hand-over. It alternates between two buffers, so that
 * its caches hold as much as with other transports. */
#include <string.h>

#include "table.h"
#include "touch.h"

enum variant { ONE_PROCESS, COPY };
enum { BUFFERS = 2 };

struct state {
	uint8_t *memory;
	unsigned next;
	uint64_t sum; /* so that the compiler keeps the reads */
};

static int open_sender(struct link *link)
{
	struct state *state;
	void *memory;
	int error = link_make_state(link, sizeof(*state));

	if (!error)
		error = link_map(link, BUFFERS * link->frame_bytes, true, &memory);
	if (error)
		return error;
	state = link->state;
	state->memory = memory;
	return 0;
}

static uint8_t *buffer_at(const struct link *link, unsigned index)
{
	const struct state *state = link->state;

	return state->memory + index % BUFFERS * link->frame_bytes;
}

static int buffer(struct link *link, uint8_t **pixels)
{
	struct state *state = link->state;

	*pixels = buffer_at(link, state->next);
	return 0;
}

static int send(struct link *link)
{
	struct state *state = link->state;
	uint8_t *pixels = buffer_at(link, state->next++);

	if (link->transport->variant == COPY)
		memcpy(buffer_at(link, state->next), pixels, link->frame_bytes);
	else
		*(volatile uint64_t *)&state->sum += touch_sum(pixels, link->frame_bytes);
	return 0;
}

const struct transport transport_alone = {
	.name = "alone",
	.title = "limit: one process does the work of both sides in the same memory",
	.traits = TRANSPORT_SHARED | TRANSPORT_LIMIT | TRANSPORT_ALONE,
	.touches = 1 << TOUCH_READ | 1 << TOUCH_WRITE_READ | 1 << TOUCH_COPY_READ,
	.variant = ONE_PROCESS,
	.open_sender = open_sender,
	.buffer = buffer,
	.send = send,
};

const struct transport transport_copy = {
	.name = "copy",
	.title = "limit: one process copies from memory to memory",
	.traits = TRANSPORT_LIMIT | TRANSPORT_ALONE,
	.touches = 1 << TOUCH_READ,
	.variant = COPY,
	.open_sender = open_sender,
	.buffer = buffer,
	.send = send,
};
