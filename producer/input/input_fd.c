/* SPDX-License-Identifier: MIT */
#include "input_fd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

enum { POLL_MS = 100, PIPE_BYTES = 1 << 20 };

void input_fd_init(struct input_fd *input, int fd)
{
	struct stat status = { 0 };

	fstat(fd, &status);
	input->fd = fd;
	input->has_ended = false;
	input->is_pipe = S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode);
	atomic_init(&input->cancelled, false);
	atomic_init(&input->waits, 0);
	fcntl(fd, F_SETPIPE_SZ, PIPE_BYTES);
}

/* Polls in short steps: a signal just before poll(2) does not interrupt it. */
static int wait_readable(struct input_fd *input)
{
	struct pollfd poller = { .fd = input->fd, .events = POLLIN };
	int timeout_ms = 0;

	/* Pairs with input_fd_cancel(). */
	while (!cli_interrupted() && !atomic_load(&input->cancelled)) {
		int ready = poll(&poller, 1, timeout_ms);

		if (ready > 0)
			return 0;
		if (ready < 0 && errno != EINTR)
			return -errno;
		/* Pairs with backlog_update(). */
		if (timeout_ms == 0)
			atomic_fetch_add_explicit(&input->waits, 1, memory_order_relaxed);
		timeout_ms = POLL_MS;
	}
	return -EINTR;
}

ssize_t input_fd_readv(struct input_fd *input, const struct iovec *vectors, int count)
{
	while (!input->has_ended) {
		int error = wait_readable(input);
		ssize_t got;

		if (error)
			return error;
		got = count == 1 ? read(input->fd, vectors->iov_base, vectors->iov_len)
		                 : readv(input->fd, vectors, count);
		if (got > 0)
			return got;
		if (got < 0 && errno != EINTR && errno != EAGAIN)
			return -errno;
		input->has_ended = got == 0;
	}
	return -ENODATA;
}

ssize_t input_fd_read(struct input_fd *input, void *data, size_t size)
{
	const struct iovec vector = { .iov_base = data, .iov_len = size };

	return input_fd_readv(input, &vector, 1);
}

/* Without a writer since it was opened, a FIFO is not ready; after its writers are gone, it is. The
 * old description stays open meanwhile, so that no writer finds the FIFO without a reader. */
static int open_again(struct input_fd *input)
{
	char path[32];
	int fd, error = 0;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", input->fd);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (dup3(fd, input->fd, O_CLOEXEC) < 0)
		error = -errno;
	close(fd);
	input->has_ended = false;
	return error;
}

int input_fd_reopen(struct input_fd *input)
{
	char rest[4096];
	ssize_t got;

	do
		got = input_fd_read(input, rest, sizeof(rest));
	while (got > 0);
	return got == -ENODATA ? open_again(input) : (int)got;
}

void input_fd_cancel(struct input_fd *input)
{
	/* Pairs with wait_readable(). */
	atomic_store(&input->cancelled, true);
}
