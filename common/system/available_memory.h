/* SPDX-License-Identifier: MIT
 *
 * How much memory there is, for the library and the programs. Any thread. */
#ifndef SHMFLIP_AVAILABLE_MEMORY_H
#define SHMFLIP_AVAILABLE_MEMORY_H

#include <stdint.h>

/* Returns the bytes that the system can give without swapping (MemAvailable of proc(5)), or fewer
 * if a limit of this process's cgroup, or of one above it, leaves fewer. UINT64_MAX: unknown. */
uint64_t memory_available_bytes(void);

/* The cgroups' part. root is put before /proc/self/cgroup and /sys/fs/cgroup: "", but for tests. */
uint64_t memory_cgroup_available_bytes(const char *root);

#endif
