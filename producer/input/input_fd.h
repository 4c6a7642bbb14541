/* SPDX-License-Identifier: MIT
 *
 * The descriptor that a stream comes from. A pipe is made as large as the system lets anybody make
 * one: each turn of reader and writer then moves more. Reading waits; an interruption (cli.h) ends the
 * wait. One thread, unless said otherwise. */
#ifndef SHMFLIP_PRODUCER_INPUT_INPUT_FD_H
#define SHMFLIP_PRODUCER_INPUT_INPUT_FD_H

#include <stdatomic.h>
#include <stddef.h>
#include <sys/types.h>
#include <sys/uio.h>

struct input_fd {
	int fd;
	atomic_bool stopped;
};

/* The descriptor stays the caller's. */
void input_fd_init(struct input_fd *input, int fd);

/* Reads as much of size bytes as there is, at least one. -ENODATA at the end, -EINTR, or what read(2)
 * said. */
ssize_t input_fd_read(struct input_fd *input, void *data, size_t size);

/* The same, into several places, at most IOV_MAX. */
ssize_t input_fd_readv(struct input_fd *input, const struct iovec *places, int count);

/* Ends all waiting, now and from now on, with -EINTR within a tenth of a second. Any thread. */
void input_fd_cancel(struct input_fd *input);

#endif
