/* SPDX-License-Identifier: MIT */
#include "tracee.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process.h"

#define INT3 0xcc
#define NOP 0x90
#define AT_CALL (SIGTRAP | 0x80) /* the signal for a system call under PTRACE_O_TRACESYSGOOD */

#define RIP offsetof(struct user_regs_struct, rip)

struct start {
	void (*run)(void *);
	void *argument;
};

static void ignore(int signal)
{
	(void)signal;
}

static void run_traced(void *argument)
{
	const struct start *start = argument;

	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
		fault("cannot be traced: %s", strerror(errno));
	tracee_mark();
	start->run(start->argument);
}

/* Returns the signal that halted the victim. */
static int wait_for_halt(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		fault("the victim is stuck");
	if (!WIFSTOPPED(status))
		fault("the victim exited before it was killed");
	return WSTOPSIG(status);
}

static void resume(enum __ptrace_request how, pid_t pid)
{
	if (ptrace(how, pid, NULL, NULL) < 0)
		fault("cannot resume the victim: %s", strerror(errno));
}

pid_t tracee_start(void (*run)(void *), void *argument)
{
	struct start start = { run, argument };
	pid_t pid = process_start(run_traced, &start);

	/* The alarm interrupts waitpid() if the victim is stuck. */
	sigaction(SIGALRM, &(struct sigaction){ .sa_handler = ignore }, NULL);
	alarm(process_timeout_ms / 1000);
	wait_for_halt(pid);
	if (ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD) < 0)
		fault("cannot trace: %s", strerror(errno));
	return pid;
}

void tracee_run_to_mark(pid_t pid)
{
	resume(PTRACE_CONT, pid);
	if (wait_for_halt(pid) != SIGTRAP)
		fault("the victim got a signal");
}

static struct user_regs_struct registers(pid_t pid)
{
	struct user_regs_struct registers;

	if (ptrace(PTRACE_GETREGS, pid, NULL, &registers) < 0)
		fault("cannot read the victim's registers: %s", strerror(errno));
	return registers;
}

static uint64_t instruction_pointer(pid_t pid)
{
	return (uint64_t)ptrace(PTRACE_PEEKUSER, pid, RIP, NULL);
}

static uint64_t peek(pid_t pid, uint64_t address)
{
	return (uint64_t)ptrace(PTRACE_PEEKTEXT, pid, address, NULL);
}

static void poke(pid_t pid, uint64_t address, uint64_t word)
{
	if (ptrace(PTRACE_POKETEXT, pid, address, word) < 0)
		fault("cannot set a breakpoint: %s", strerror(errno));
}

void tracee_run_past_call(pid_t pid, long number)
{
	struct user_regs_struct now;

	do {
		/* It halts on entry to the call and on return. */
		for (int i = 0; i < 2; i++) {
			resume(PTRACE_SYSCALL, pid);
			if (wait_for_halt(pid) != AT_CALL)
				fault("the victim did not halt at a system call");
		}
		now = registers(pid);
	} while ((long)now.orig_rax != number || (long)now.rax < 0);
}

static bool is_first_time(const struct trace *trace, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (trace->address[j] == trace->address[i])
			return false;
	return true;
}

void tracee_record(pid_t pid, struct trace *trace)
{
	uint64_t address;

	for (trace->count = 0; trace->count < TRACE_MAX; trace->count++) {
		address = instruction_pointer(pid);
		trace->address[trace->count] = address;
		trace->first[trace->count] = is_first_time(trace, trace->count);
		if ((peek(pid, address) & 0xff) == INT3)
			return;
		resume(PTRACE_SINGLESTEP, pid);
		if (wait_for_halt(pid) != SIGTRAP)
			fault("the victim got a signal");
	}
	fault("the victim reaches no mark");
}

bool trace_advances(const struct trace *trace, size_t instructions)
{
	return instructions == 0 ||
	       trace->address[instructions] != trace->address[instructions - 1];
}

/* Runs to the first instruction at that address. Returns whether it was reached before the mark. */
static bool run_to(pid_t pid, uint64_t address)
{
	uint64_t word = peek(pid, address);
	bool reached;

	poke(pid, address, (word & ~UINT64_C(0xff)) | INT3);
	resume(PTRACE_CONT, pid);
	reached = wait_for_halt(pid) == SIGTRAP && instruction_pointer(pid) == address + 1;
	poke(pid, address, word);
	if (reached && ptrace(PTRACE_POKEUSER, pid, RIP, address) < 0)
		fault("cannot set the victim's instruction pointer: %s", strerror(errno));
	return reached;
}

bool tracee_step(pid_t pid, const struct trace *trace, size_t instructions)
{
	size_t done = instructions;

	while (done > 0 && !trace->first[done])
		done--;
	/* The last address is that of the mark, which needs no breakpoint. */
	if (done > 0 && done < trace->count && !run_to(pid, trace->address[done]))
		return false;
	if (done == trace->count)
		tracee_run_to_mark(pid);
	for (; done < instructions; done++) {
		if (instruction_pointer(pid) == trace->address[trace->count])
			return false;
		resume(PTRACE_SINGLESTEP, pid);
		if (wait_for_halt(pid) != SIGTRAP)
			return false;
	}
	return instructions == trace->count ||
	       instruction_pointer(pid) == trace->address[instructions];
}

void tracee_kill(pid_t pid)
{
	int status;

	kill(pid, SIGKILL);
	if (waitpid(pid, &status, 0) != pid || !WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
		fault("the victim did not die of SIGKILL");
	alarm(0);
}

void tracee_detach(pid_t pid, uint64_t mark)
{
	if (mark)
		poke(pid, mark, (peek(pid, mark) & ~UINT64_C(0xff)) | NOP);
	if (ptrace(PTRACE_DETACH, pid, NULL, NULL) < 0)
		fault("cannot resume the victim: %s", strerror(errno));
	alarm(0);
}
