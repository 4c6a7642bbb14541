/* SPDX-License-Identifier: MIT
 *
 * A viewer's file descriptor to poll. It is an epoll(7) instance over
 *
 *   inotify(7)  on the directory, for the next channel file; and on the channel file that the
 *               viewer is attached to. The producer reads a byte of it after each change of the
 *               segment. The kernel closes it after the producer's death
 *   a nudge     an eventfd(2), by which the viewer says that it has not finished, or is interrupted
 *   a timer     once a second for what inotify cannot tell; more often where it cannot be had
 *
 * docs/protocol.md says why no event is lost. One thread, but for watch_nudge(). */
#ifndef SHMFLIP_WATCH_H
#define SHMFLIP_WATCH_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "directory.h"

/* A full fence, on both sides: between a change of the segment and the read that tells of it, and
 * between the watch for that and the look. So either the read finds the watch, or the look finds
 * the change. Not atomic_thread_fence(), which gcc's thread sanitizer refuses. */
static inline void watch_fence(void)
{
	__sync_synchronize();
}

struct watch {
	int fd; /* the descriptor; -1: none was asked for, and the members below are not set */
	int inotify_fd; /* -1: the user has no instances left */
	int timer_fd;
	_Atomic int nudge_fd; /* -1: not yet. Set last: see watch_nudge() */
	atomic_bool nudged;
	int directory_watch; /* -1: the directory is missing, or may not be listed */
	int file_watch;      /* -1: none */
	int64_t period_ns;   /* of the timer */
	int64_t due_ns;      /* its next expiry */
};

enum watch_heard {
	WATCH_FRAMES, /* at most changes of the watched file's segment */
	WATCH_CHECK,  /* look at everything: a nudge, or the timer */
	WATCH_CHANGE, /* look at everything: a file or the directory has changed */
};

/* For a viewer whose descriptor nobody has asked for. */
void watch_init(struct watch *watch);

/* Makes the descriptor, and watches the directory. It is readable at first.
 * -EMFILE, -ENFILE, -ENOMEM */
int watch_open(struct watch *watch, const struct channel_paths *paths);
void watch_close(struct watch *watch);

/* Call these with a watch that is open. */

/* Watches a channel file that is open as fd, or with -1 none. Call it before the first look at the
 * segment. */
void watch_file(struct watch *watch, const struct channel_paths *paths, int fd);

/* Takes what the descriptor was readable for. Call it before the look that it is for. */
enum watch_heard watch_read(struct watch *watch, const struct channel_paths *paths);

/* When to look without an event. again: soon, because the last look came too early, or failed. */
void watch_set_timer(struct watch *watch, bool attached, bool again);

/* Makes the descriptor readable. Any thread, and signal handlers; does nothing before
 * watch_open(). */
void watch_nudge(struct watch *watch);

#endif
