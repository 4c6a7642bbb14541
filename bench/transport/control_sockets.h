/* SPDX-License-Identifier: MIT
 *
 * Small messages from the sender to each receiver, for transports whose pixels go another way. A
 * message may carry a descriptor. The receiver answers each message once it is done with the
 * frame. At most two frames are in flight. */
#ifndef SHMFLIP_BENCH_TRANSPORT_CONTROL_SOCKETS_H
#define SHMFLIP_BENCH_TRANSPORT_CONTROL_SOCKETS_H

#include "transport.h"

enum { CONTROL_FRAMES = 2, CONTROL_MESSAGE_SIZE = 32 };

/* link->state, or its first member. */
struct control_sockets {
	int sender_fds[RECEIVERS_MAX];
	int receiver_fds[RECEIVERS_MAX];
	int fd; /* in a receiver: its own */
	uint64_t sent;
};

/* In the benchmark. Allocates link->state, of state_bytes, and a pair of sockets per receiver. */
int control_sockets_prepare(struct link *link, uint64_t state_bytes);
void control_sockets_finish(struct link *link, bool killed);

/* Each closes the other side's descriptors. */
void control_sockets_open_sender(struct link *link);
int control_sockets_open_receiver(struct link *link, unsigned receiver);

/* Waits until every receiver is done with the frame before the last. *index: the buffer that is
 * now free, 0 or 1. */
int control_sockets_wait_buffer(struct link *link, unsigned *index);

/* message: CONTROL_MESSAGE_SIZE bytes. fd: -1 for none. */
int control_sockets_send(struct link *link, const void *message, int fd);
/* *fd: the caller closes it; -1: the message had none. */
int control_sockets_receive(struct link *link, void *message, int *fd);
void control_sockets_answer(struct link *link);

#endif
