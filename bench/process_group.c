/* SPDX-License-Identifier: MIT */
#include "process_group.h"

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
#include "usage.h"

enum { NOT_FOUND = 127, PIPE_BYTES = 1 << 20, POLL_NS = 500000 };

struct process *process_group_add(struct process_group *group)
{
	return &group->items[group->count++];
}

void process_argument(struct process *process, const char *format, ...)
{
	va_list arguments;

	if (process->argument_count == PROCESS_ARGUMENTS_MAX)
		return;
	va_start(arguments, format);
	if (vasprintf(&process->arguments[process->argument_count], format, arguments) < 0)
		process->arguments[process->argument_count] = NULL;
	else
		process->argument_count++;
	va_end(arguments);
}

int process_group_connect(struct process *from, struct process *to)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	/* May fail: the system may limit pipes. Then it keeps its size. */
	fcntl(ends[1], F_SETPIPE_SZ, PIPE_BYTES);
	to->stdin_fd = ends[0];
	from->stdout_fd = ends[1];
	return 0;
}

static void redirect(int fd, int standard_fd, int flags)
{
	int nothing;

	if (fd) {
		dup2(fd, standard_fd);
		return;
	}
	nothing = open("/dev/null", flags);
	dup2(nothing, standard_fd);
	close(nothing);
}

static void close_fds(struct process *process)
{
	if (process->stdin_fd)
		close(process->stdin_fd);
	if (process->stdout_fd)
		close(process->stdout_fd);
	process->stdin_fd = process->stdout_fd = 0;
}

/* stderr goes to /dev/null too: messages of programs would disturb the table. */
static void __attribute__((noreturn))
exec_process(struct process_group *group, struct process *process, pid_t parent)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		signal(signals[i], SIG_DFL);
	/* Ctrl-C in the terminal must reach only us. We stop the processes. */
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	redirect(process->stdin_fd, STDIN_FILENO, O_RDONLY);
	redirect(process->stdout_fd, STDOUT_FILENO, O_WRONLY);
	redirect(0, STDERR_FILENO, O_WRONLY);
	/* A reader sees the end of a pipe only after all write ends are closed. */
	for (unsigned i = 0; i < group->count; i++)
		close_fds(&group->items[i]);
	if (process->run)
		_exit(process->run(process->argument));
	execvp(process->arguments[0], process->arguments);
	_exit(errno == ENOENT ? NOT_FOUND : 1);
}

static int start_all(struct process_group *group)
{
	pid_t parent = getpid();
	int error = 0;

	for (unsigned i = 0; i < group->count && !error; i++) {
		struct process *process = &group->items[i];

		process->pid = fork();
		if (process->pid == 0)
			exec_process(group, process, parent);
		if (process->pid < 0) {
			error = -errno;
			process->pid = 0;
		}
	}
	for (unsigned i = 0; i < group->count; i++)
		close_fds(&group->items[i]);
	return error;
}

static const char *name_of(const struct process *process)
{
	return process->argument_count ? process->arguments[0] : "the reader";
}

static int check_status(const struct process *process, int status, char *detail)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_FOUND) {
		snprintf(detail, PROCESS_GROUP_DETAIL_SIZE, "%s is not installed",
		         name_of(process));
		return -ENOENT;
	}
	snprintf(detail, PROCESS_GROUP_DETAIL_SIZE, "%s failed, with %s %d", name_of(process),
	         WIFEXITED(status) ? "status" : "signal",
	         WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
	return -EIO;
}

/* If SIGCHLD is ignored, nobody knows how the process exited. */
static int fail_wait(const struct process *process, char *detail)
{
	int error = errno;

	snprintf(detail, PROCESS_GROUP_DETAIL_SIZE, "cannot wait for %s: %s", name_of(process),
	         strerror(error));
	return -error;
}

/* Reaps the processes that have exited. *running: how many have not. Returns the error of the first
 * that failed. */
static int reap(struct process_group *group, unsigned *running, char *detail)
{
	int status, error = 0;
	pid_t reaped;

	*running = 0;
	for (unsigned i = 0; i < group->count; i++) {
		struct process *process = &group->items[i];

		if (process->pid == 0)
			continue;
		reaped = waitpid(process->pid, &status, WNOHANG);
		if (reaped == 0) {
			++*running;
			continue;
		}
		process->pid = 0;
		if (!error)
			error = reaped < 0 ? fail_wait(process, detail)
			                   : check_status(process, status, detail);
	}
	return error;
}

static int wait_for_all(struct process_group *group, int64_t deadline_ns, char *detail)
{
	unsigned running;
	int error;

	for (;;) {
		error = reap(group, &running, detail);
		if (error || running == 0)
			return error;
		if (cli_interrupted())
			return -EINTR;
		if (monotonic_now_ns() >= deadline_ns) {
			snprintf(detail, PROCESS_GROUP_DETAIL_SIZE, "timed out: killed");
			return -ETIMEDOUT;
		}
		nanosleep(&(struct timespec){ .tv_nsec = POLL_NS }, NULL);
	}
}

static void signal_all(struct process_group *group, int signal_number)
{
	for (unsigned i = 0; i < group->count; i++)
		if (group->items[i].pid)
			kill(group->items[i].pid, signal_number);
}

/* Terminates the processes that still run: with SIGTERM, so that they can clean up, then with
 * SIGKILL. */
static void stop_all(struct process_group *group)
{
	char detail[PROCESS_GROUP_DETAIL_SIZE];
	unsigned running = 0;

	signal_all(group, SIGTERM);
	for (int i = 0; i < 1000; i++) {
		reap(group, &running, detail);
		if (running == 0)
			return;
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	}
	signal_all(group, SIGKILL);
	while (running > 0)
		reap(group, &running, detail);
}

int process_group_run(struct process_group *group, int64_t timeout_ns, int64_t *elapsed_ns,
                      int64_t *cpu_ns, char *detail)
{
	int64_t begin_ns = monotonic_now_ns(), used_ns = usage_rusage_ns(RUSAGE_CHILDREN);
	int error;

	*detail = '\0';
	error = start_all(group);
	if (!error)
		error = wait_for_all(group, begin_ns + timeout_ns, detail);
	*elapsed_ns = monotonic_now_ns() - begin_ns;
	stop_all(group);
	*cpu_ns = usage_rusage_ns(RUSAGE_CHILDREN) - used_ns;
	return error;
}

void process_group_finish(struct process_group *group)
{
	for (unsigned i = 0; i < group->count; i++) {
		close_fds(&group->items[i]);
		for (unsigned word = 0; word < group->items[i].argument_count; word++)
			free(group->items[i].arguments[word]);
	}
	*group = (struct process_group){ 0 };
}
