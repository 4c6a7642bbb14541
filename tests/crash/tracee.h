/* SPDX-License-Identifier: MIT
 *
 * A process that ptrace runs instruction by instruction. Its code contains marks, at which it
 * halts. What it does between two marks is recorded once. Later tracees, started by the same
 * process, are then halted after any number of those instructions: a breakpoint halts each at the
 * nearest earlier address that the path has not passed before, and single steps do the rest. (A
 * step costs 20 us in a virtual machine.) Used by one thread. x86-64 only. */
#ifndef SHMFLIP_TESTS_CRASH_TRACEE_H
#define SHMFLIP_TESTS_CRASH_TRACEE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Called by the tracee: halts it until the tracer resumes it. */
static inline void tracee_mark(void)
{
#ifdef __x86_64__
	__asm__ volatile("int3");
#endif
}

#define TRACE_MAX 200000

/* The path between two marks. */
struct trace {
	uint64_t address[TRACE_MAX]; /* of the next instruction, after so many */
	bool first[TRACE_MAX];       /* the path has not passed that address before */
	size_t count;                /* instructions between the marks */
};

/* Starts a process that halts before it runs the function. If a tracee does not halt in time, that
 * is a fault. */
pid_t tracee_start(void (*run)(void *), void *argument);

void tracee_run_to_mark(pid_t pid);

/* Runs until a system call of this number has just succeeded. */
void tracee_run_past_call(pid_t pid, long number);

/* Steps to the next mark and records the path. A string instruction (rep) counts once per
 * repetition. */
void tracee_record(pid_t pid, struct trace *trace);

/* Whether the next instruction after so many is another one, not a repetition of the last. */
bool trace_advances(const struct trace *trace, size_t instructions);

/* Runs the first so many instructions of the trace. Returns whether the tracee took the same
 * path. */
bool tracee_step(pid_t pid, const struct trace *trace, size_t instructions);

/* Lets the tracee run by itself. mark: the address of a mark ahead, which is removed first, or
 * 0. */
void tracee_detach(pid_t pid, uint64_t mark);

/* Kills and reaps the tracee, and checks that SIGKILL was what it died of. */
void tracee_kill(pid_t pid);

#endif
