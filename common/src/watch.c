/* SPDX-License-Identifier: MIT */
#include "watch.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "clock.h"
#include "error.h"
#include "fork.h"

/* The producer's reads, its death, and a change of mode. */
#define FILE_EVENTS (IN_ACCESS | IN_CLOSE_WRITE | IN_ATTRIB | IN_DELETE_SELF)
/* A channel file comes or goes, or its mode changes. */
#define DIRECTORY_EVENTS                                                                           \
	(IN_MOVED_TO | IN_DELETE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)

/* A forked child may keep a dead producer's file open, and another file system may be mounted over
 * the directory: no event tells that. */
#define PERIOD_NS NS_PER_S
#define PERIOD_WITHOUT_DIRECTORY_NS (100 * NS_PER_MS)
#define PERIOD_WITHOUT_FILE_NS (5 * NS_PER_MS)
#define PERIOD_AGAIN_NS NS_PER_MS

#define EVENT_BYTES_MAX (sizeof(struct inotify_event) + NAME_MAX + 1)

/* ---- Making and closing ---- */

void watch_init(struct watch *watch)
{
	watch->fd = -1;
	atomic_init(&watch->nudge_fd, -1);
}

static int add(const struct watch *watch, int fd)
{
	struct epoll_event event = { .events = EPOLLIN };

	if (epoll_ctl(watch->fd, EPOLL_CTL_ADD, fd, &event) < 0)
		return fail_errno("cannot watch a descriptor");
	return 0;
}

static void close_fd(int fd)
{
	if (fd >= 0)
		fork_close(fd);
}

/* Without inotify the timer does. */
static int open_files(struct watch *watch, int *nudge_fd)
{
	int error;

	/* First: so only the user's limit can leave it out, not the process's. */
	watch->inotify_fd = fork_add(inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
	watch->fd = fork_add(epoll_create1(EPOLL_CLOEXEC));
	watch->timer_fd = fork_add(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
	*nudge_fd = fork_add(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
	if (watch->fd < 0 || watch->timer_fd < 0 || *nudge_fd < 0)
		return fail_errno("cannot make a descriptor to poll");
	error = add(watch, watch->timer_fd);
	if (!error)
		error = add(watch, *nudge_fd);
	if (!error && watch->inotify_fd >= 0)
		error = add(watch, watch->inotify_fd);
	return error;
}

static void watch_directory(struct watch *watch, const struct channel_paths *paths)
{
	int before = watch->directory_watch;

	if (watch->inotify_fd < 0)
		return;
	/* The same number as before, if it is the same directory. */
	watch->directory_watch = inotify_add_watch(watch->inotify_fd, paths->dir, DIRECTORY_EVENTS);
	if (before >= 0 && before != watch->directory_watch)
		inotify_rm_watch(watch->inotify_fd, before);
}

int watch_open(struct watch *watch, const struct channel_paths *paths)
{
	int nudge_fd = -1;
	int error;

	watch->inotify_fd = -1;
	watch->timer_fd = -1;
	watch->directory_watch = -1;
	watch->file_watch = -1;
	watch->period_ns = 0;
	atomic_init(&watch->nudged, false);
	error = open_files(watch, &nudge_fd);
	if (error) {
		close_fd(nudge_fd);
		watch_close(watch);
		return error;
	}
	watch_directory(watch, paths);
	watch_set_timer(watch, false, false);
	/* An interruption before this store is found by the nudge. */
	atomic_store(&watch->nudge_fd, nudge_fd);
	watch_nudge(watch);
	return 0;
}

void watch_close(struct watch *watch)
{
	close_fd(atomic_exchange(&watch->nudge_fd, -1));
	close_fd(watch->inotify_fd);
	close_fd(watch->timer_fd);
	close_fd(watch->fd);
	watch->fd = -1;
}

/* ---- The channel file ---- */

/* By the descriptor, because the name may be another file's by now. If /proc is missing or another
 * thing, by the name: then make sure that it still is this file's. */
static int add_file(int inotify_fd, const struct channel_paths *paths, int fd)
{
	char path[32];
	int watch;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	watch = inotify_add_watch(inotify_fd, path, FILE_EVENTS);
	if (watch >= 0)
		return watch;
	watch = inotify_add_watch(inotify_fd, paths->channel_file, FILE_EVENTS);
	if (watch < 0 || directory_is_same_file(paths->channel_file, fd))
		return watch;
	inotify_rm_watch(inotify_fd, watch);
	return -1;
}

void watch_file(struct watch *watch, const struct channel_paths *paths, int fd)
{
	int before = watch->file_watch;

	if (watch->inotify_fd < 0)
		return;
	watch->file_watch = fd >= 0 ? add_file(watch->inotify_fd, paths, fd) : -1;
	if (before >= 0 && before != watch->file_watch)
		inotify_rm_watch(watch->inotify_fd, before);
	watch_fence();
}

/* ---- Reading ---- */

/* Other channels come and go in the directory. A watch that went was removed here, or another event
 * tells why. */
static bool is_of_channel(const struct inotify_event *event, const struct channel_paths *paths)
{
	return !(event->mask & IN_IGNORED) &&
	       (event->len == 0 || strcmp(event->name, paths->name) == 0);
}

/* Returns whether there was anything else than changes of the file's segment. If the buffer was too
 * small, it may be among what remains, which wakes no edge-triggered poll: hence the nudge. */
static bool read_inotify(struct watch *watch, const struct channel_paths *paths)
{
	union {
		struct inotify_event first;
		char bytes[4096];
	} buffer;
	const struct inotify_event *event;
	ssize_t size = read(watch->inotify_fd, &buffer, sizeof(buffer));
	bool other = false;

	for (ssize_t offset = 0; offset < size; offset += (ssize_t)(sizeof(*event) + event->len)) {
		event = (const struct inotify_event *)(buffer.bytes + offset);
		if (is_of_channel(event, paths))
			other |= event->wd != watch->file_watch || event->mask != IN_ACCESS;
	}
	if (size > (ssize_t)(sizeof(buffer) - EVENT_BYTES_MAX)) {
		watch_nudge(watch);
		return true;
	}
	return other;
}

static bool read_timer(struct watch *watch)
{
	uint64_t expirations = 0;

	if (monotonic_now_ns() < watch->due_ns)
		return false;
	if (read(watch->timer_fd, &expirations, sizeof(expirations)) < 0)
		return false;
	watch->due_ns += (int64_t)expirations * watch->period_ns;
	return true;
}

static bool read_nudge(struct watch *watch)
{
	eventfd_t count;

	if (!atomic_exchange(&watch->nudged, false))
		return false;
	eventfd_read(atomic_load(&watch->nudge_fd), &count);
	return true;
}

enum watch_heard watch_read(struct watch *watch, const struct channel_paths *paths)
{
	bool nudged = read_nudge(watch);
	bool changed = watch->inotify_fd >= 0 && read_inotify(watch, paths);
	bool expired = read_timer(watch);

	if (changed || expired)
		watch_directory(watch, paths);
	if (changed)
		return WATCH_CHANGE;
	return nudged || expired ? WATCH_CHECK : WATCH_FRAMES;
}

/* ---- Making it readable ---- */

static int64_t period_of(const struct watch *watch, bool attached, bool again)
{
	if (again)
		return PERIOD_AGAIN_NS;
	if (attached)
		return watch->file_watch >= 0 ? PERIOD_NS : PERIOD_WITHOUT_FILE_NS;
	return watch->directory_watch >= 0 ? PERIOD_NS : PERIOD_WITHOUT_DIRECTORY_NS;
}

static struct timespec to_timespec(int64_t ns)
{
	return (struct timespec){ .tv_sec = ns / NS_PER_S, .tv_nsec = ns % NS_PER_S };
}

void watch_set_timer(struct watch *watch, bool attached, bool again)
{
	int64_t period_ns = period_of(watch, attached, again);
	struct itimerspec timer;

	if (period_ns == watch->period_ns)
		return;
	watch->period_ns = period_ns;
	watch->due_ns = monotonic_now_ns() + period_ns;
	timer.it_value = to_timespec(watch->due_ns);
	timer.it_interval = to_timespec(period_ns);
	timerfd_settime(watch->timer_fd, TFD_TIMER_ABSTIME, &timer, NULL);
}

/* In this order: watch_read() reads the eventfd only after it has seen nudged, so it must not see
 * that too early. */
void watch_nudge(struct watch *watch)
{
	int error = errno, fd = atomic_load(&watch->nudge_fd);

	if (fd >= 0) {
		eventfd_write(fd, 1);
		atomic_store(&watch->nudged, true);
	}
	errno = error;
}
