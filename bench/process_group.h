/* SPDX-License-Identifier: MIT
 *
 * Processes that do one thing together, from their start to the end of the last: programs, or functions
 * of ours. */
#ifndef SHMFLIP_BENCH_PROCESS_GROUP_H
#define SHMFLIP_BENCH_PROCESS_GROUP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { PROCESS_GROUP_MAX = 3, PROCESS_ARGUMENTS_MAX = 32, PROCESS_GROUP_DETAIL_SIZE = 160 };

struct process {
	char *arguments[PROCESS_ARGUMENTS_MAX +
	                1]; /* a program and what it is told; or none, and: */
	unsigned argument_count;
	int (*run)(const void *argument); /* in a process of its own; returns its exit status */
	const void *argument;
	int stdin_fd;  /* 0: nothing to read; closed here when it has started */
	int stdout_fd; /* 0: /dev/null; likewise */
	pid_t pid;
};

struct process_group {
	struct process items[PROCESS_GROUP_MAX];
	unsigned count;
};

/* Zero-initialise. The next process. */
struct process *process_group_add(struct process_group *group);
void process_argument(struct process *process, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Connects the one's output with the other's input by a pipe of 1 MiB. 0 or a negative errno. */
int process_group_connect(struct process *from, struct process *to);

/* Runs it to the end. *cpu_ns: what all of them used. -ENOENT: a program is missing; -ETIMEDOUT: it took
 * more than timeout_ns and was killed; -EINTR: the user wants to stop; -EIO: a process failed. detail:
 * PROCESS_GROUP_DETAIL_SIZE bytes, why. */
int process_group_run(struct process_group *group, int64_t timeout_ns, int64_t *elapsed_ns,
                      int64_t *cpu_ns, char *detail);

void process_group_finish(struct process_group *group);

#endif
