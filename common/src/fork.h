/* SPDX-License-Identifier: MIT
 *
 * What a child of fork() must not have of its parent's. A kernel lock lives as long as any copy of
 * its descriptor: a child that kept one would keep a dead parent's channel and frames locked. So a
 * handler in the child closes the descriptors that were opened here. Any thread. */
#ifndef SHMFLIP_FORK_H
#define SHMFLIP_FORK_H

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/types.h>

#include "error.h"

extern _Atomic unsigned fork_count;

/* A number that differs in every child of this process. */
unsigned fork_number(void);

/* Whether this process is a child of the one in which fork_number() was number. Signal handlers. */
static inline bool fork_is_child(unsigned number)
{
	/* Only this thread exists when a child changes it. */
	return number != atomic_load_explicit(&fork_count, memory_order_relaxed);
}

/* Checks that a handle was made in this process, when fork_number() was number.
 * -ECHILD  it was not */
static inline int fork_check(unsigned number)
{
	return fork_is_child(number) ? fail_plain(-ECHILD) : 0;
}

/* open(2), fcntl(F_DUPFD_CLOEXEC) and close(2) for descriptors that carry locks. They are closed in
 * a child. Do not call fork_close for them there: the number may be that of the child's own file.
 * Return a descriptor, or -1 and errno. */
int fork_open(const char *path, int flags, mode_t mode);
int fork_dup(int fd);

/* Adds a descriptor that carries no lock, and that a child should not have either. Returns it. On
 * failure closes it and returns -1. fd -1: returns it. */
int fork_add(int fd);
void fork_close(int fd);

/* Keeps fork() waiting while memory is mapped that a child must not have, until it is marked so.
 * Call nothing of this header between the two. */
void fork_hold(void);
void fork_resume(void);

#endif
