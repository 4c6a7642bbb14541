/* SPDX-License-Identifier: MIT */
#include "fork.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

/* The descriptors that carry locks. A fork waits for the mutex, so that a child sees a complete
 * list, with every such descriptor in it. */
static struct {
	pthread_mutex_t mutex;
	int *fds;
	size_t count;
	size_t size;
} list = { .mutex = PTHREAD_MUTEX_INITIALIZER };

_Atomic unsigned fork_count;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void before_fork(void)
{
	pthread_mutex_lock(&list.mutex);
}

static void after_fork_in_parent(void)
{
	pthread_mutex_unlock(&list.mutex);
}

static void after_fork_in_child(void)
{
	for (size_t i = 0; i < list.count; i++)
		close(list.fds[i]);
	list.count = 0;
	atomic_fetch_add_explicit(&fork_count, 1, memory_order_relaxed);
	pthread_mutex_unlock(&list.mutex);
}

static void install(void)
{
	pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}

unsigned fork_number(void)
{
	pthread_once(&once, install);
	return atomic_load_explicit(&fork_count, memory_order_relaxed);
}

/* Makes room first, so that an open descriptor is never left out. */
static bool reserve(void)
{
	size_t size = list.size ? 2 * list.size : 8;
	int *fds;

	if (list.count < list.size)
		return true;
	fds = realloc(list.fds, size * sizeof(*fds));
	if (!fds) {
		errno = ENOMEM;
		return false;
	}
	list.fds = fds;
	list.size = size;
	return true;
}

static int add(int fd)
{
	if (fd >= 0)
		list.fds[list.count++] = fd;
	return fd;
}

void fork_hold(void)
{
	pthread_once(&once, install);
	pthread_mutex_lock(&list.mutex);
}

void fork_resume(void)
{
	pthread_mutex_unlock(&list.mutex);
}

int fork_open(const char *path, int flags, mode_t mode)
{
	int fd = -1;

	pthread_once(&once, install);
	pthread_mutex_lock(&list.mutex);
	if (reserve())
		fd = add(open(path, flags, mode));
	pthread_mutex_unlock(&list.mutex);
	return fd;
}

int fork_dup(int fd)
{
	int copy = -1;

	pthread_mutex_lock(&list.mutex);
	if (reserve())
		copy = add(fcntl(fd, F_DUPFD_CLOEXEC, 0));
	pthread_mutex_unlock(&list.mutex);
	return copy;
}

int fork_add(int fd)
{
	if (fd < 0)
		return -1;
	pthread_mutex_lock(&list.mutex);
	if (reserve()) {
		add(fd);
	} else {
		close(fd);
		fd = -1;
	}
	pthread_mutex_unlock(&list.mutex);
	return fd;
}

void fork_close(int fd)
{
	pthread_mutex_lock(&list.mutex);
	for (size_t i = 0; i < list.count; i++) {
		if (list.fds[i] == fd) {
			list.fds[i] = list.fds[--list.count];
			close(fd);
			break;
		}
	}
	pthread_mutex_unlock(&list.mutex);
}
