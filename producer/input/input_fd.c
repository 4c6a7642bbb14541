/* SPDX-License-Identifier: MIT */
#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "cli.h"

enum { TURN_MS = 100, PIPE_BYTES = 1 << 20 };

void tap_init(struct tap *tap, int fd)
{
	tap->fd = fd;
	atomic_init(&tap->stopped, false);
	fcntl(fd, F_SETPIPE_SZ, PIPE_BYTES);
}

/* In turns, since a signal may come just before the wait. */
static int wait_readable(const struct tap *tap)
{
	struct pollfd poller = { .fd = tap->fd, .events = POLLIN };

	while (!cli_interrupted() && !atomic_load(&tap->stopped)) {
		int ready = poll(&poller, 1, TURN_MS);

		if (ready > 0)
			return 0;
		if (ready < 0 && errno != EINTR)
			return -errno;
	}
	return -EINTR;
}

ssize_t tap_readv(struct tap *tap, const struct iovec *places, int count)
{
	for (;;) {
		int result = wait_readable(tap);
		ssize_t got;

		if (result)
			return result;
		got = count == 1 ? read(tap->fd, places->iov_base, places->iov_len)
		                 : readv(tap->fd, places, count);
		if (got > 0)
			return got;
		if (got == 0)
			return -ENODATA;
		if (errno != EINTR && errno != EAGAIN)
			return -errno;
	}
}

ssize_t tap_read(struct tap *tap, void *data, size_t size)
{
	const struct iovec place = { .iov_base = data, .iov_len = size };

	return tap_readv(tap, &place, 1);
}

void tap_stop(struct tap *tap)
{
	atomic_store(&tap->stopped, true);
}
