/* SPDX-License-Identifier: MIT
 *
 * Kernel locks on bytes of a file: open-file-description locks (fcntl(2)). They belong to an open
 * descriptor and vanish with it, however its process ends. The bytes need not exist. Any thread.
 * Nothing here blocks. */
#ifndef SHMFLIP_LOCK_H
#define SHMFLIP_LOCK_H

#include <stdbool.h>
#include <stdint.h>

enum lock_kind { LOCK_SHARED, LOCK_EXCLUSIVE };

/* A range of bytes is first to end - 1. */
struct lock_range {
	uint64_t first;
	uint64_t end;
};

/* Locks a range.
 * -EAGAIN  another descriptor's lock conflicts */
int lock_try(int fd, enum lock_kind kind, uint64_t first, uint64_t end);

int lock_release(int fd, uint64_t first, uint64_t end);

/* Finds a lock of another descriptor, of either kind, within a range. *found_range gets that lock,
 * which need not be the first one; it may be NULL. */
int lock_find(int fd, uint64_t first, uint64_t end, bool *found, struct lock_range *found_range);

/* Queries whether another descriptor has locked a byte exclusively. */
int lock_query_exclusive(int fd, uint64_t byte, bool *locked);

/* Lists the disjoint ranges that other descriptors have locked within a range, in no order, and at
 * most limit of them. */
int lock_list(int fd, uint64_t first, uint64_t end, struct lock_range *locks, unsigned limit,
              unsigned *count);

#endif
