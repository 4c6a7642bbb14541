/* SPDX-License-Identifier: MIT
 *
 * ZeroMQ over ipc: a PUSH socket per receiver. It sends from the sender's buffer without copying
 * and queues at most one frame. */
#include <errno.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <zmq.h>

#include "table.h"

enum { BUFFERS = 2 };

struct buffer {
	uint8_t *pixels;
	_Atomic bool lent; /* to the library; its own thread calls return_buffer() */
	sem_t *returned;
};

struct state {
	void *context;
	void *sockets[RECEIVERS_MAX]; /* a receiver uses the first */
	struct buffer buffers[BUFFERS];
	struct buffer *current;
	sem_t returned; /* counts buffers that are not lent */
	zmq_msg_t message;
};

static int fail(struct link *link, const char *what)
{
	int error = zmq_errno();

	return link_fail(link, -error, "%s: %s", what, zmq_strerror(error));
}

static int open_socket(struct link *link, unsigned receiver, int type)
{
	int (*attach)(void *, const char *) = type == ZMQ_PUSH ? zmq_bind : zmq_connect;
	struct state *state = link->state;
	char endpoint[512];
	int one = 1, none = 0;
	void *socket = zmq_socket(state->context, type);

	if (!socket)
		return fail(link, "zmq_socket");
	state->sockets[type == ZMQ_PUSH ? receiver : 0] = socket;
	zmq_setsockopt(socket, ZMQ_SNDHWM, &one, sizeof(one));
	zmq_setsockopt(socket, ZMQ_RCVHWM, &one, sizeof(one));
	zmq_setsockopt(socket, ZMQ_LINGER, &none, sizeof(none));
	snprintf(endpoint, sizeof(endpoint), "ipc://%s/zeromq-%u", link->directory, receiver);
	return attach(socket, endpoint) < 0 ? fail(link, "zmq_bind or zmq_connect") : 0;
}

static int open_context(struct link *link)
{
	struct state *state;
	int error = link_make_state(link, sizeof(*state));

	if (error)
		return error;
	state = link->state;
	state->context = zmq_ctx_new();
	return state->context ? 0 : fail(link, "zmq_ctx_new");
}

static int open_sender(struct link *link)
{
	int error = open_context(link);
	struct state *state = link->state;
	void *memory;

	if (!error)
		error = link_map(link, BUFFERS * link->frame_bytes, false, &memory);
	for (unsigned i = 0; i < link->receivers && !error; i++)
		error = open_socket(link, i, ZMQ_PUSH);
	if (error)
		return error;
	sem_init(&state->returned, 0, BUFFERS);
	for (unsigned i = 0; i < BUFFERS; i++) {
		state->buffers[i].pixels = (uint8_t *)memory + i * link->frame_bytes;
		state->buffers[i].returned = &state->returned;
	}
	return 0;
}

static int open_receiver(struct link *link, unsigned receiver)
{
	int error = open_context(link);

	return error ? error : open_socket(link, receiver, ZMQ_PULL);
}

static int buffer(struct link *link, uint8_t **pixels)
{
	struct state *state = link->state;

	while (sem_wait(&state->returned) < 0)
		if (errno != EINTR)
			return link_fail_errno(link, "sem_wait");
	state->current = &state->buffers[0];
	/* Pairs with return_buffer(). */
	while (atomic_load_explicit(&state->current->lent, memory_order_acquire))
		state->current++;
	*pixels = state->current->pixels;
	return 0;
}

/* The library calls it once the message has been sent to all receivers. */
static void return_buffer(void *pixels, void *hint)
{
	struct buffer *buffer = hint;

	(void)pixels;
	/* Pairs with buffer(). */
	atomic_store_explicit(&buffer->lent, false, memory_order_release);
	sem_post(buffer->returned);
}

static int send(struct link *link)
{
	struct state *state = link->state;
	struct buffer *current = state->current;
	zmq_msg_t message, copy;

	atomic_store_explicit(&current->lent, true, memory_order_relaxed);
	if (zmq_msg_init_data(&message, current->pixels, link->frame_bytes, return_buffer,
	                      current) < 0)
		return fail(link, "zmq_msg_init_data");
	for (unsigned i = 0; i < link->receivers; i++) {
		zmq_msg_init(&copy);
		zmq_msg_copy(&copy, &message);
		while (zmq_msg_send(&copy, state->sockets[i], 0) < 0)
			if (zmq_errno() != EINTR)
				return fail(link, "zmq_msg_send");
	}
	zmq_msg_close(&message);
	return 0;
}

static int receive(struct link *link, const uint8_t **pixels)
{
	struct state *state = link->state;

	zmq_msg_init(&state->message);
	while (zmq_msg_recv(&state->message, state->sockets[0], 0) < 0)
		if (zmq_errno() != EINTR)
			return fail(link, "zmq_msg_recv");
	if (zmq_msg_size(&state->message) != link->frame_bytes)
		return link_fail(link, -EMSGSIZE, "a message of unexpected size");
	*pixels = zmq_msg_data(&state->message);
	return 0;
}

static void release(struct link *link)
{
	struct state *state = link->state;

	zmq_msg_close(&state->message);
}

static void close_all(struct link *link)
{
	struct state *state = link->state;

	for (unsigned i = 0; i < RECEIVERS_MAX; i++)
		if (state->sockets[i])
			zmq_close(state->sockets[i]);
	zmq_ctx_term(state->context);
}

const struct transport transport_zeromq = {
	.name = "zeromq",
	.title = "ZeroMQ over ipc, without copying on send",
	.kernel_copies = 2,
	.open_sender = open_sender,
	.buffer = buffer,
	.send = send,
	.close_sender = close_all,
	.open_receiver = open_receiver,
	.receive = receive,
	.release = release,
	.close_receiver = close_all,
};
