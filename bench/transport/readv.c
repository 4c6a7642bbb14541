/* SPDX-License-Identifier: MIT
 *
 * process_vm_readv: the sender sends the address of the frame in its own memory, and receivers
 * let the kernel copy it into theirs. They need permission to trace the sender. */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/uio.h>
#include <unistd.h>

#include "control_sockets.h"
#include "table.h"

struct frame_location {
	pid_t sender;
	uint64_t address;
};

_Static_assert(sizeof(struct frame_location) <= CONTROL_MESSAGE_SIZE,
               "a message holds a frame location");

struct state {
	struct control_sockets sockets;
	uint8_t *memory; /* the sender's buffers, or the receiver's */
	uint8_t *current;
};

_Static_assert(offsetof(struct state, sockets) == 0, "see control_sockets.h");

static int prepare(struct link *link)
{
	return control_sockets_prepare(link, sizeof(struct state));
}

static int get_memory(struct link *link, unsigned frames)
{
	struct state *state = link->state;
	void *memory;
	int error = link_map(link, frames * link->frame_bytes, false, &memory);

	if (!error)
		state->memory = memory;
	return error;
}

static int open_sender(struct link *link)
{
	control_sockets_open_sender(link);
	/* Yama lets only parents trace their children by default. Without Yama this fails,
	 * harmlessly. */
	prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
	return get_memory(link, CONTROL_FRAMES);
}

static int buffer(struct link *link, uint8_t **pixels)
{
	struct state *state = link->state;
	unsigned index;
	int error = control_sockets_wait_buffer(link, &index);

	if (error)
		return error;
	state->current = state->memory + index * link->frame_bytes;
	*pixels = state->current;
	return 0;
}

static int send(struct link *link)
{
	struct state *state = link->state;
	struct frame_location location = { .sender = getpid(),
		                           .address = (uintptr_t)state->current };
	char message[CONTROL_MESSAGE_SIZE] = "";

	memcpy(message, &location, sizeof(location));
	return control_sockets_send(link, message, -1);
}

static int open_receiver(struct link *link, unsigned receiver)
{
	control_sockets_open_receiver(link, receiver);
	return get_memory(link, 1);
}

static int read_frame(struct link *link, const struct frame_location *location)
{
	const struct state *state = link->state;
	uint64_t got = 0;
	ssize_t bytes;

	while (got < link->frame_bytes) {
		struct iovec here = { state->memory + got, link->frame_bytes - got };
		struct iovec there = { (void *)(uintptr_t)(location->address + got), here.iov_len };

		bytes = process_vm_readv(location->sender, &here, 1, &there, 1, 0);
		if (bytes < 0 && (errno == EPERM || errno == ENOSYS))
			return link_fail(link, -ENOTSUP, "process_vm_readv is not allowed here");
		if (bytes <= 0)
			return link_fail_errno(link, "process_vm_readv");
		got += (uint64_t)bytes;
	}
	return 0;
}

static int receive(struct link *link, const uint8_t **pixels)
{
	struct state *state = link->state;
	char message[CONTROL_MESSAGE_SIZE];
	struct frame_location location;
	int fd, error = control_sockets_receive(link, message, &fd);

	if (error)
		return error;
	memcpy(&location, message, sizeof(location));
	error = read_frame(link, &location);
	*pixels = state->memory;
	return error;
}

const struct transport transport_readv = {
	.name = "readv",
	.title = "process_vm_readv from the sender's memory",
	.kernel_copies = 1,
	.prepare = prepare,
	.finish = control_sockets_finish,
	.open_sender = open_sender,
	.buffer = buffer,
	.send = send,
	.open_receiver = open_receiver,
	.receive = receive,
	.release = control_sockets_answer,
};
