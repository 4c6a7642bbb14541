/* SPDX-License-Identifier: MIT
 *
 * The one line about a failure, for shmflip_error_detail(). One per thread. Used where something is
 * opened or created, never on the path of a frame. */
#ifndef SHMFLIP_ERROR_H
#define SHMFLIP_ERROR_H

/* Sets the line. Cold: compilers move the branches that call it away from the others, which lie
 * closer together then. */
void error_set(const char *format, ...) __attribute__((format(printf, 1, 2), cold));

/* Sets the line. Its value is error, a negative errno. A macro, so that compilers and analysers see
 * that it is not 0. */
#define fail(error, ...) (error_set(__VA_ARGS__), (error))

/* Sets the line for errors that have no more to say: -EAGAIN, -EINTR, -ECANCELED, -ECHILD. Others
 * keep theirs. Returns error. Cheap, for what happens often. */
int fail_plain(int error);

/* Sets the line for a system call that has just failed: appends errno's text, returns -errno. */
int fail_errno(const char *format, ...) __attribute__((format(printf, 1, 2), cold));

#endif
