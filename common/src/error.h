/* SPDX-License-Identifier: MIT
 *
 * The one line behind a failure, for shmflip_error_detail(). Kept per thread. Used where something
 * is opened or made, never on the way of a frame. */
#ifndef SHMFLIP_ERROR_H
#define SHMFLIP_ERROR_H

/* Remembers the line and returns error, a negative errno value. */
int fail(int error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same for a system call that failed just now: appends what errno means, returns -errno. */
int fail_errno(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
