/* SPDX-License-Identifier: MIT
 *
 * A process that is run instruction by instruction, by ptrace. Its code has marks at which it halts.
 * What it does between two marks is recorded once; others like it, started by the same process, are
 * then halted after any number of those instructions: by a breakpoint at the last one before that is
 * new on the way, and from there one by one. (A step costs 20 us in a virtual machine.) Used by one thread.
 * x86-64 only. */
#ifndef SHMFLIP_CRASH_TRACEE_H
#define SHMFLIP_CRASH_TRACEE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* To be called by the tracee: halts until it is told to go on. */
static inline void tracee_mark(void)
{
#ifdef __x86_64__
	__asm__ volatile("int3");
#endif
}

#define TRACE_MAX 200000

struct trace {
	uint64_t address[TRACE_MAX]; /* of the instruction that comes after so many */
	bool first[TRACE_MAX];       /* that address has not been before */
	size_t count;                /* instructions between the marks */
};

/* Starts a function in a process that halts before it. Whatever does not halt in time is a fault. */
pid_t tracee_start(void (*run)(void *), void *argument);

void tracee_to_mark(pid_t pid);

/* Until a system call of this number has just succeeded. */
void tracee_past_call(pid_t pid, long number);

/* Steps to the next mark. An instruction that repeats itself to move
 * bytes counts as often as it does. */
void tracee_record(pid_t pid, struct trace *trace);

/* Whether after so many instructions the next one is not just the last one going on. */
bool trace_is_new(const struct trace *trace, size_t instructions);

/* Does the first so many instructions of the trace. Whether it took the same way. */
bool tracee_step(pid_t pid, const struct trace *trace, size_t instructions);

/* Lets it go on by itself, past the mark at this address, if there is one ahead of it. */
void tracee_let_go(pid_t pid, uint64_t mark);

/* Kills and reaps it, and makes sure that it died of that. */
void tracee_kill(pid_t pid);

#endif
