/* SPDX-License-Identifier: MIT
 *
 * Processes that do one thing together, from their start to the end of the last: programs, or functions
 * of ours. */
#ifndef BENCH_TEAM_H
#define BENCH_TEAM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { TEAM_MEMBERS_MAX = 3, TEAM_WORDS_MAX = 32, TEAM_DETAIL_SIZE = 160 };

struct member {
	char *words[TEAM_WORDS_MAX + 1]; /* a program and what it is told; or none, and: */
	unsigned word_count;
	int (*run)(const void *argument); /* in a process of its own; returns its exit status */
	const void *argument;
	int stdin_fd;  /* 0: nothing to read; closed here when it has started */
	int stdout_fd; /* 0: /dev/null; likewise */
	pid_t pid;
};

struct team {
	struct member members[TEAM_MEMBERS_MAX];
	unsigned count;
};

/* Zero-initialise. The next member. */
struct member *team_add(struct team *team);
void member_word(struct member *member, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Connects the one's output with the other's input by a pipe of 1 MiB. 0 or a negative errno. */
int team_connect(struct member *from, struct member *to);

/* Runs it to the end. *cpu_ns: what all of them used. -ENOENT: a program is missing; -ETIMEDOUT: it took
 * more than patience_ns and was killed; -EINTR: the user wants to stop; -EIO: a member failed. detail:
 * TEAM_DETAIL_SIZE bytes, why. */
int team_run(struct team *team, int64_t patience_ns, int64_t *elapsed_ns, int64_t *cpu_ns,
             char *detail);

void team_finish(struct team *team);

#endif
