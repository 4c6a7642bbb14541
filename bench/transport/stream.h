/* SPDX-License-Identifier: MIT
 *
 * For transports that write each frame into one descriptor per receiver. A receiver reads it
 * into memory of its own. */
#ifndef SHMFLIP_BENCH_TRANSPORT_STREAM_H
#define SHMFLIP_BENCH_TRANSPORT_STREAM_H

#include "transport.h"

/* link->state, or its first member. */
struct stream {
	int write_fds[RECEIVERS_MAX];
	int read_fds[RECEIVERS_MAX];
	int fd;          /* in a receiver: its own */
	uint8_t *pixels; /* what it writes from, or reads into */
};

/* Sets read_fds[receiver] and write_fds[receiver] of the stream. */
typedef int stream_connector(struct link *link, unsigned receiver);

/* Allocates link->state, of state_bytes, and connects every receiver. */
int stream_prepare(struct link *link, uint64_t state_bytes, stream_connector *connect);
/* For a connector: a pipe of pipe_bytes; 0: of the default size. */
int stream_connect_pipe(struct link *link, unsigned receiver, int pipe_bytes);
/* Closes all descriptors that are still open in this process. */
void stream_finish(struct link *link, bool killed);

/* Each closes the other side's descriptors and maps its memory. */
int stream_open_sender(struct link *link);
int stream_open_receiver(struct link *link, unsigned receiver);

int stream_buffer(struct link *link, uint8_t **pixels);
/* Writes to all receivers. With several, it fills each descriptor as soon as that has room. */
int stream_send(struct link *link);
int stream_receive(struct link *link, const uint8_t **pixels);

/* The same with another function than write(2), which behaves like it. */
typedef ssize_t stream_writer(int fd, const uint8_t *pixels, uint64_t bytes);
int stream_send_by(struct link *link, stream_writer *writer);

#define STREAM_FUNCTIONS                                                                           \
	.finish = stream_finish, .open_sender = stream_open_sender, .buffer = stream_buffer,       \
	.send = stream_send, .open_receiver = stream_open_receiver, .receive = stream_receive

#endif
