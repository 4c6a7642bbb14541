/* SPDX-License-Identifier: MIT
 *
 * The processes of a campaign: starts them, waits for them within a timeout, checks what they died
 * of. A fault ends the program and every process that it started. Used by one thread. */
#ifndef SHMFLIP_TESTS_CRASH_PROCESS_H
#define SHMFLIP_TESTS_CRASH_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A process that needs longer is stuck. Another process's death delays nobody that long, even on a
 * busy machine. Mutants get less. */
extern int process_timeout_ms;

/* Call this first. */
void process_init(void);

/* Sets what fault() adds to its line: where the campaign is. printf-like. */
void process_context(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints what is wrong, unless another process already has, and exits with status 1. */
void fault(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* The same, with the library's last error message. */
void fault_error(const char *what, int error) __attribute__((noreturn));

/* Returns zeroed memory that this process shares with its children. */
void *process_share(size_t bytes);

/* Waits until a child has set the flag. A timeout is a fault. */
void process_await(const _Atomic bool *flag, const char *who);

/* Runs a function in a child, which dies with its parent. */
pid_t process_start(void (*run)(void *), void *argument);

/* Waits until the child has exited by itself. Any status but 0 is a fault. */
void process_expect_exit(pid_t pid, const char *who);

/* Waits for a child that SIGKILL was sent to. Returns whether SIGKILL ended it; false: it had
 * already exited by itself, with status 0. */
bool process_expect_killed(pid_t pid, const char *who);

void process_sleep_ns(int64_t ns);

#endif
