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
#include <time.h>
#include <unistd.h>

#include "shmflip.h"

int patience_ms = 60000;

static char context[160];
static _Atomic bool *faulty; /* shared: some process has said what is wrong */

void process_init(void)
{
	faulty = mmap(NULL, sizeof(*faulty), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
	              0);
	if (faulty == MAP_FAILED) {
		perror("crash");
		exit(1);
	}
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
	if (!atomic_exchange(faulty, true))
		fprintf(stderr, "crash: %s (%s)\n", line, context);
	exit(1);
}

void fault_of(const char *what, int error)
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

static int wait_for(pid_t pid, const char *who)
{
	struct pollfd ended = { .fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN };
	int64_t end_ns = process_now_ns() + patience_ms * INT64_C(1000000);
	int status;

	if (ended.fd < 0)
		fault("cannot watch %s: %s", who, strerror(errno));
	while (poll(&ended, 1, 20) != 1)
		if (*faulty || process_now_ns() > end_ns)
			fault("%s is stuck", who);
	close(ended.fd);
	if (waitpid(pid, &status, 0) != pid)
		fault("cannot wait for %s: %s", who, strerror(errno));
	return status;
}

void process_expect_end(pid_t pid, const char *who)
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

int64_t process_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

void process_nap_ns(int64_t ns)
{
	nanosleep(&(struct timespec){ ns / 1000000000, ns % 1000000000 }, NULL);
}
