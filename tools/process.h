/* SPDX-License-Identifier: MIT
 *
 * What /proc says of a channel's producer. */
#ifndef SHMFLIP_TOOLS_PROCESS_H
#define SHMFLIP_TOOLS_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

/* The process that made a System V segment of this IPC namespace, by the kernel's word and as /proc
 * counts processes. The pid on a channel's record may be of another pid namespace. 0: not known. */
pid_t process_of_segment(int segment_id);

/* Whether a signal (Ctrl-Z) or a debugger stopped the process. False: it runs, or is not known. */
bool process_is_stopped(pid_t pid);

#endif
