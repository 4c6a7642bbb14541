/* SPDX-License-Identifier: MIT
 *
 * Small messages from the sender to each receiver, with a descriptor if need be, and an answer to each
 * when its frame has been dealt with: for transports whose pixels go another way. Two frames
 * may be on their way at once. */
#ifndef BENCH_TRANSPORT_COURIER_H
#define BENCH_TRANSPORT_COURIER_H

#include "transport.h"

enum { COURIER_FRAMES = 2, COURIER_MESSAGE_SIZE = 32 };

struct courier {
	int sender_fds[RECEIVERS_MAX];
	int receiver_fds[RECEIVERS_MAX];
	int fd; /* in a receiver: its own */
	uint64_t sent;
};

/* In the benchmark itself, before and after. */
int courier_init(struct courier *courier, struct link *link);
void courier_finish(struct courier *courier);

/* Closes the other side's descriptors. */
void courier_be_sender(struct courier *courier);
void courier_be_receiver(struct courier *courier, unsigned receiver);

/* Waits until the frame before the last has been dealt with by every receiver. Which buffer is free
 * then: 0 or 1. */
int courier_await_buffer(struct courier *courier, struct link *link, unsigned *index);

/* fd: -1: none. message: COURIER_MESSAGE_SIZE bytes. */
int courier_send(struct courier *courier, struct link *link, const void *message, int fd);
/* *fd: to be closed by the caller; -1: none came. */
int courier_receive(struct courier *courier, struct link *link, void *message, int *fd);
void courier_answer(struct courier *courier);

#endif
