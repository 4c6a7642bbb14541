/* SPDX-License-Identifier: MIT
 *
 * Processes of a campaign: started, waited for within a bound, killed and known to be dead by it.
 * A fault ends the program, with all that it started. Used by one thread. */
#ifndef SHMFLIP_CRASH_PROCESS_H
#define SHMFLIP_CRASH_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Longer than anybody may be held up by another's death, however busy the machine is. Mutants are given
 * less. */
extern int patience_ms;

/* To be called first. */
void process_init(void);

/* What is going on, for fault to tell: printf-like. */
void process_context(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Says what is wrong, unless another process has, and ends this one with status 1. */
void fault(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* The same with what the library says of its last error. */
void fault_of(const char *what, int error) __attribute__((noreturn));

/* Runs a function in a child, which dies with its parent. */
pid_t process_start(void (*run)(void *), void *argument);

/* Waits until the child has ended by itself, with status 0; whatever else is a fault. */
void process_expect_end(pid_t pid, const char *who);

/* Waits for a child that was sent SIGKILL. Whether that was what it died of; false: it had ended by
 * itself before, with status 0. */
bool process_expect_killed(pid_t pid, const char *who);

int64_t process_now_ns(void);
void process_nap_ns(int64_t ns);

#endif
