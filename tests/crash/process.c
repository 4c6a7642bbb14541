/* SPDX-License-Identifier: MIT */
#include "process.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "monotonic.h"
#include "shmflip.h"

int process_timeout_ms = 60000;

static char context[160];
static _Atomic bool *fault_printed; /* shared by all processes */

void *process_share(size_t bytes)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED) {
		perror("crash: no shared memory");
		exit(1);
	}
	return memory;
}

void process_init(void)
{
	fault_printed = process_share(sizeof(*fault_printed));
}

void process_context(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(context, sizeof(context), format, arguments);
	va_end(arguments);
}

void fault(const char *format, ...)
{
	char line[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	if (!atomic_exchange(fault_printed, true))
		fprintf(stderr, "crash: %s (%s)\n", line, context);
	exit(1);
}

void fault_error(const char *what, int error)
{
	fault("%s: %s: %s", what, strerror(-error), shmflip_error_detail());
}

pid_t process_start(void (*run)(void *), void *argument)
{
	pid_t parent = getpid(), child = fork();

	if (child < 0)
		fault("cannot start a process: %s", strerror(errno));
	if (child > 0)
		return child;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() == parent)
		run(argument);
	_exit(0);
}

void process_await(const _Atomic bool *flag, const char *who)
{
	int64_t end_ns = monotonic_now_ns() + process_timeout_ms * NS_PER_MS;

	while (!*flag) {
		if (monotonic_now_ns() > end_ns)
			fault("%s is not ready in time", who);
		process_sleep_ns(NS_PER_MS);
	}
}

/* Returns the status that waitpid() gives. */
static int wait_for(pid_t pid, const char *who)
{
	struct pollfd exited = { .fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN };
	int64_t end_ns = monotonic_now_ns() + process_timeout_ms * NS_PER_MS;
	int status;

	if (exited.fd < 0)
		fault("cannot open a pidfd for %s: %s", who, strerror(errno));
	while (poll(&exited, 1, 20) != 1)
		if (*fault_printed || monotonic_now_ns() > end_ns)
			fault("%s is stuck", who);
	close(exited.fd);
	if (waitpid(pid, &status, 0) != pid)
		fault("cannot wait for %s: %s", who, strerror(errno));
	return status;
}

void process_expect_exit(pid_t pid, const char *who)
{
	int status = wait_for(pid, who);

	if (WIFSIGNALED(status))
		fault("%s died of signal %d", who, WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		fault("%s failed", who);
}

bool process_expect_killed(pid_t pid, const char *who)
{
	int status = wait_for(pid, who);

	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		return true;
	if (WIFSIGNALED(status))
		fault("%s died of signal %d", who, WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		fault("%s failed", who);
	return false;
}

void process_sleep_ns(int64_t ns)
{
	nanosleep(&(struct timespec){ ns / NS_PER_S, ns % NS_PER_S }, NULL);
}
