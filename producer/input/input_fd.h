/* SPDX-License-Identifier: MIT
 *
 * The descriptor of a stream. A pipe is enlarged to 1 MiB, which is as much as Linux lets any
 * user have by default: then each switch between writer and reader moves more. Reading blocks;
 * an interruption (cli.h) ends it. One thread, unless said otherwise. */
#ifndef SHMFLIP_PRODUCER_INPUT_INPUT_FD_H
#define SHMFLIP_PRODUCER_INPUT_INPUT_FD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

struct input_fd {
	int fd;
	bool is_pipe;   /* FIFO or socket */
	bool has_ended; /* what a next writer writes is not read before a reopening */
	atomic_bool cancelled;
	_Atomic uint64_t waits; /* how often no byte was there yet. Any thread */
};

/* The caller keeps the descriptor, and closes it. */
void input_fd_init(struct input_fd *input, int fd);

/* Waits for data and reads what is there: 1 to size bytes. Returns their number, or
 * -ENODATA  end of the stream
 * -EINTR    interrupted or cancelled
 * or the error of poll(2) or read(2). */
ssize_t input_fd_read(struct input_fd *input, void *data, size_t size);

/* The same, into up to IOV_MAX vectors. */
ssize_t input_fd_readv(struct input_fd *input, const struct iovec *vectors, int count);

/* Makes the next read of a FIFO wait for its next writer. Drops what is left to read before the
 * end.
 * -EINTR  interrupted or cancelled
 * or the error of read(2) or open(2). */
int input_fd_reopen(struct input_fd *input);

/* Ends the current read and each later one with -EINTR, within 0.1 s. Any thread. */
void input_fd_cancel(struct input_fd *input);

#endif
