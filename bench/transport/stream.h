/* SPDX-License-Identifier: MIT
 *
 * What transports share that write a frame into one descriptor for each receiver, which reads it into
 * memory of its own. */
#ifndef BENCH_TRANSPORT_STREAM_H
#define BENCH_TRANSPORT_STREAM_H

#include "transport.h"

struct stream {
	int write_fds[RECEIVERS_MAX];
	int read_fds[RECEIVERS_MAX];
	int fd;          /* in a receiver: its own */
	uint8_t *pixels; /* where it writes from, or reads to */
};

/* Makes link->state a stream without descriptors. */
int stream_prepare(struct link *link);
/* Closes every descriptor in the benchmark itself. */
void stream_finish(struct link *link, bool killed);

/* Each closes the other side's descriptors and gets its memory. */
int stream_open_sender(struct link *link);
int stream_open_receiver(struct link *link, unsigned receiver);

int stream_buffer(struct link *link, uint8_t **pixels);
/* To all receivers: with several, each gets more as soon as it has room. */
int stream_send(struct link *link);
int stream_receive(struct link *link, const uint8_t **pixels);

#endif
