/* SPDX-License-Identifier: MIT */
#include "input_fd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "cli.h"

enum { POLL_MS = 100, PIPE_BYTES = 1 << 20 };

void input_fd_init(struct input_fd *input, int fd)
{
	input->fd = fd;
	atomic_init(&input->cancelled, false);
	fcntl(fd, F_SETPIPE_SZ, PIPE_BYTES);
}

/* Polls in short steps: a signal just before poll(2) does not interrupt it. */
static int wait_readable(const struct input_fd *input)
{
	struct pollfd poller = { .fd = input->fd, .events = POLLIN };

	/* Pairs with input_fd_cancel(). */
	while (!cli_interrupted() && !atomic_load(&input->cancelled)) {
		int ready = poll(&poller, 1, POLL_MS);

		if (ready > 0)
			return 0;
		if (ready < 0 && errno != EINTR)
			return -errno;
	}
	return -EINTR;
}

ssize_t input_fd_readv(struct input_fd *input, const struct iovec *vectors, int count)
{
	for (;;) {
		int error = wait_readable(input);
		ssize_t got;

		if (error)
			return error;
		got = count == 1 ? read(input->fd, vectors->iov_base, vectors->iov_len)
		                 : readv(input->fd, vectors, count);
		if (got > 0)
			return got;
		if (got == 0)
			return -ENODATA;
		if (errno != EINTR && errno != EAGAIN)
			return -errno;
	}
}

ssize_t input_fd_read(struct input_fd *input, void *data, size_t size)
{
	const struct iovec vector = { .iov_base = data, .iov_len = size };

	return input_fd_readv(input, &vector, 1);
}

void input_fd_cancel(struct input_fd *input)
{
	/* Pairs with wait_readable(). */
	atomic_store(&input->cancelled, true);
}
