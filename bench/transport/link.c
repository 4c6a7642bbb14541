/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "transport.h"

int link_fail(struct link *link, int error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(link->detail, LINK_DETAIL_SIZE, format, arguments);
	va_end(arguments);
	return error;
}

int link_fail_errno(struct link *link, const char *what)
{
	int error = errno;

	return link_fail(link, -error, "%s: %s", what, strerror(error));
}

int link_make_state(struct link *link, uint64_t bytes)
{
	link->state = calloc(1, bytes);
	return link->state ? 0 : link_fail(link, -ENOMEM, "out of memory");
}

int link_map(struct link *link, uint64_t bytes, bool shared, void **memory)
{
	int flags = MAP_ANONYMOUS | (shared ? MAP_SHARED : MAP_PRIVATE);
	void *mapped = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags, -1, 0);

	if (mapped == MAP_FAILED)
		return link_fail_errno(link, "mmap");
	*memory = mapped;
	return 0;
}

void link_close_fds(int fds[RECEIVERS_MAX])
{
	for (int i = 0; i < RECEIVERS_MAX; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
		fds[i] = -1;
	}
}

const char *link_path(const struct link *link, const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", link->directory, name);
	return path;
}
