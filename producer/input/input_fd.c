/* SPDX-License-Identifier: MIT */
#include "input_fd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "cli.h"

enum { TURN_MS = 100, PIPE_BYTES = 1 << 20 };

void input_fd_init(struct input_fd *input, int fd)
{
	input->fd = fd;
	atomic_init(&input->stopped, false);
	fcntl(fd, F_SETPIPE_SZ, PIPE_BYTES);
}

/* In turns, since a signal may come just before the wait. */
static int wait_readable(const struct input_fd *input)
{
	struct pollfd poller = { .fd = input->fd, .events = POLLIN };

	while (!cli_interrupted() && !atomic_load(&input->stopped)) {
		int ready = poll(&poller, 1, TURN_MS);

		if (ready > 0)
			return 0;
		if (ready < 0 && errno != EINTR)
			return -errno;
	}
	return -EINTR;
}

ssize_t input_fd_readv(struct input_fd *input, const struct iovec *places, int count)
{
	for (;;) {
		int result = wait_readable(input);
		ssize_t got;

		if (result)
			return result;
		got = count == 1 ? read(input->fd, places->iov_base, places->iov_len)
		                 : readv(input->fd, places, count);
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
	const struct iovec place = { .iov_base = data, .iov_len = size };

	return input_fd_readv(input, &place, 1);
}

void input_fd_cancel(struct input_fd *input)
{
	atomic_store(&input->stopped, true);
}
