/* SPDX-License-Identifier: MIT
 *
 * A group of processes that start together and run until the last has exited. Each runs a
 * program or a function of ours. */
#ifndef SHMFLIP_BENCH_PROCESS_GROUP_H
#define SHMFLIP_BENCH_PROCESS_GROUP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { PROCESS_GROUP_MAX = 3, PROCESS_ARGUMENTS_MAX = 32, PROCESS_GROUP_DETAIL_SIZE = 160 };

struct process {
	char *arguments[PROCESS_ARGUMENTS_MAX + 1]; /* the program and its arguments */
	unsigned argument_count;
	int (*run)(const void *argument); /* instead of a program; returns the exit status */
	const void *argument;
	int stdin_fd;  /* 0: /dev/null; the group closes it once all have started */
	int stdout_fd; /* 0: /dev/null; likewise */
	pid_t pid;
};

struct process_group {
	struct process items[PROCESS_GROUP_MAX];
	unsigned count;
};

/* Zero-initialise the group. Returns the next of PROCESS_GROUP_MAX processes. */
struct process *process_group_add(struct process_group *group);
void process_argument(struct process *process, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Connects stdout of from to stdin of to with a pipe of 1 MiB. Returns 0 or a negative errno. */
int process_group_connect(struct process *from, struct process *to);

/* Starts the processes and blocks until all have exited. *cpu_ns: their processor time. detail:
 * PROCESS_GROUP_DETAIL_SIZE bytes, for the reason of an error. Returns 0 or a negative errno:
 *   -ENOENT     a program is not installed
 *   -ETIMEDOUT  it took more than timeout_ns and was killed
 *   -EINTR      the user interrupted
 *   -ECHILD     SIGCHLD is ignored, so no exit status is known
 *   -EIO        a process failed */
int process_group_run(struct process_group *group, int64_t timeout_ns, int64_t *elapsed_ns,
                      int64_t *cpu_ns, char *detail);

void process_group_finish(struct process_group *group);

#endif
