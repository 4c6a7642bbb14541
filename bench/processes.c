/* SPDX-License-Identifier: MIT */
#include "team.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"

enum { NOT_FOUND = 127, PIPE_BYTES = 1 << 20, LOOK_NS = 500000 };

struct member *team_add(struct team *team)
{
	return &team->members[team->count++];
}

void member_word(struct member *member, const char *format, ...)
{
	va_list arguments;

	if (member->word_count == TEAM_WORDS_MAX)
		return;
	va_start(arguments, format);
	if (vasprintf(&member->words[member->word_count], format, arguments) < 0)
		member->words[member->word_count] = NULL;
	else
		member->word_count++;
	va_end(arguments);
}

int team_connect(struct member *from, struct member *to)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	/* Where the system does not let pipes be so large, they are what they are. */
	fcntl(ends[1], F_SETPIPE_SZ, PIPE_BYTES);
	to->stdin_fd = ends[0];
	from->stdout_fd = ends[1];
	return 0;
}

static void wire(int fd, int standard, int flags)
{
	int nothing;

	if (fd) {
		dup2(fd, standard);
		return;
	}
	nothing = open("/dev/null", flags);
	dup2(nothing, standard);
	close(nothing);
}

static void close_fds(struct member *member)
{
	if (member->stdin_fd)
		close(member->stdin_fd);
	if (member->stdout_fd)
		close(member->stdout_fd);
	member->stdin_fd = member->stdout_fd = 0;
}

/* What programs have to say would stand in the middle of the table. */
static void __attribute__((noreturn))
become_member(struct team *team, struct member *member, pid_t parent)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		signal(signals[i], SIG_DFL);
	/* ^C in the terminal is for us to pass on. */
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	wire(member->stdin_fd, STDIN_FILENO, O_RDONLY);
	wire(member->stdout_fd, STDOUT_FILENO, O_WRONLY);
	wire(0, STDERR_FILENO, O_WRONLY);
	/* Whoever holds a pipe's other end keeps its reader from seeing the end. */
	for (unsigned i = 0; i < team->count; i++)
		close_fds(&team->members[i]);
	if (member->run)
		_exit(member->run(member->argument));
	execvp(member->words[0], member->words);
	_exit(errno == ENOENT ? NOT_FOUND : 1);
}

static int start_all(struct team *team)
{
	pid_t parent = getpid();
	int error = 0;

	for (unsigned i = 0; i < team->count && !error; i++) {
		struct member *member = &team->members[i];

		member->pid = fork();
		if (member->pid == 0)
			become_member(team, member, parent);
		if (member->pid < 0) {
			error = -errno;
			member->pid = 0;
		}
	}
	for (unsigned i = 0; i < team->count; i++)
		close_fds(&team->members[i]);
	return error;
}

static const char *name_of(const struct member *member)
{
	return member->word_count ? member->words[0] : "the reader";
}

static int judge(const struct member *member, int status, char *detail)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_FOUND) {
		snprintf(detail, TEAM_DETAIL_SIZE, "%s is not installed", name_of(member));
		return -ENOENT;
	}
	snprintf(detail, TEAM_DETAIL_SIZE, "%s failed, with %s %d", name_of(member),
	         WIFEXITED(status) ? "status" : "signal",
	         WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
	return -EIO;
}

/* Reaps whoever has ended. *left: those that have not. The first that failed decides. */
static int reap(struct team *team, unsigned *left, char *detail)
{
	int status, error = 0;

	*left = 0;
	for (unsigned i = 0; i < team->count; i++) {
		struct member *member = &team->members[i];

		if (member->pid == 0)
			continue;
		if (waitpid(member->pid, &status, WNOHANG) == 0) {
			++*left;
			continue;
		}
		member->pid = 0;
		if (!error)
			error = judge(member, status, detail);
	}
	return error;
}

static int await_all(struct team *team, int64_t deadline_ns, char *detail)
{
	unsigned left;
	int error;

	for (;;) {
		error = reap(team, &left, detail);
		if (error || left == 0)
			return error;
		if (cli_interrupted())
			return -EINTR;
		if (cli_now_ns() >= deadline_ns) {
			snprintf(detail, TEAM_DETAIL_SIZE, "no end to it: killed");
			return -ETIMEDOUT;
		}
		nanosleep(&(struct timespec){ .tv_nsec = LOOK_NS }, NULL);
	}
}

static void end(struct team *team, int signal_number)
{
	for (unsigned i = 0; i < team->count; i++)
		if (team->members[i].pid)
			kill(team->members[i].pid, signal_number);
}

/* Ends those that are left: politely, so that they clean up, and then not. */
static void end_all(struct team *team)
{
	char detail[TEAM_DETAIL_SIZE];
	unsigned left = 0;

	end(team, SIGTERM);
	for (int i = 0; i < 1000; i++) {
		reap(team, &left, detail);
		if (left == 0)
			return;
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	}
	end(team, SIGKILL);
	while (left > 0)
		reap(team, &left, detail);
}

static int64_t used_by_children(void)
{
	struct rusage usage;

	getrusage(RUSAGE_CHILDREN, &usage);
	return (int64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000000 +
	       (int64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000;
}

int team_run(struct team *team, int64_t patience_ns, int64_t *elapsed_ns, int64_t *cpu_ns,
             char *detail)
{
	int64_t begin_ns = cli_now_ns(), used_ns = used_by_children();
	int error;

	*detail = '\0';
	error = start_all(team);
	if (!error)
		error = await_all(team, begin_ns + patience_ns, detail);
	*elapsed_ns = cli_now_ns() - begin_ns;
	end_all(team);
	*cpu_ns = used_by_children() - used_ns;
	return error;
}

void team_finish(struct team *team)
{
	for (unsigned i = 0; i < team->count; i++) {
		close_fds(&team->members[i]);
		for (unsigned word = 0; word < team->members[i].word_count; word++)
			free(team->members[i].words[word]);
	}
	*team = (struct team){ 0 };
}
