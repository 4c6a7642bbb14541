/* SPDX-License-Identifier: MIT
 *
 * The one line behind a failure, for shmflip_error_detail(). Kept per thread. Used where something
 * is opened or made, never on the way of a frame. */
#ifndef SHMFLIP_ERROR_H
#define SHMFLIP_ERROR_H

/* Remembers the line. */
void error_set(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same, and is the error, a negative errno value. A macro, so that compilers and analysers see
 * that it is not 0. */
#define fail(error, ...) (error_set(__VA_ARGS__), (error))

/* The same for a system call that failed just now: appends what errno means, returns -errno. */
int fail_errno(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
