/* SPDX-License-Identifier: MIT
 *
 * Small messages from the sender to each receiver, with a descriptor if need be, and an answer to each
 * when its frame has been dealt with: for transports whose pixels go another way. Two frames
 * may be on their way at once. */
#ifndef SHMFLIP_BENCH_TRANSPORT_CONTROL_SOCKETS_H
#define SHMFLIP_BENCH_TRANSPORT_CONTROL_SOCKETS_H

#include "transport.h"

enum { CONTROL_FRAMES = 2, CONTROL_MESSAGE_SIZE = 32 };

struct control_sockets {
	int sender_fds[RECEIVERS_MAX];
	int receiver_fds[RECEIVERS_MAX];
	int fd; /* in a receiver: its own */
	uint64_t sent;
};

/* In the benchmark itself, before and after. */
int control_sockets_init(struct control_sockets *sockets, struct link *link);
void control_sockets_finish(struct control_sockets *sockets);

/* Closes the other side's descriptors. */
void control_sockets_be_sender(struct control_sockets *sockets);
void control_sockets_be_receiver(struct control_sockets *sockets, unsigned receiver);

/* Waits until the frame before the last has been dealt with by every receiver. Which buffer is free
 * then: 0 or 1. */
int control_sockets_wait_buffer(struct control_sockets *sockets, struct link *link,
                                unsigned *index);

/* fd: -1: none. message: CONTROL_MESSAGE_SIZE bytes. */
int control_sockets_send(struct control_sockets *sockets, struct link *link, const void *message,
                         int fd);
/* *fd: to be closed by the caller; -1: none came. */
int control_sockets_receive(struct control_sockets *sockets, struct link *link, void *message,
                            int *fd);
void control_sockets_answer(struct control_sockets *sockets);

#endif
