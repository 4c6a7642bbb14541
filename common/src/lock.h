/* SPDX-License-Identifier: MIT
 *
 * Kernel locks on bytes of a file: open-file-description locks (fcntl(2)), which belong to an open
 * descriptor and vanish with it, however its process ends. The bytes need not exist. Any thread;
 * none of it blocks. */
#ifndef SHMFLIP_LOCK_H
#define SHMFLIP_LOCK_H

#include <stdint.h>

enum lock_kind { LOCK_SHARED, LOCK_EXCLUSIVE };

/* Locks bytes first to end - 1. -EAGAIN: somebody else's lock is in the way. */
int lock_try(int fd, enum lock_kind kind, uint64_t first, uint64_t end);

int lock_release(int fd, uint64_t first, uint64_t end);

/* Whether a lock of that kind would meet somebody else's: 1 and the bytes of one of those (not
 * necessarily the first) or 0. */
int lock_find(int fd, enum lock_kind kind, uint64_t first, uint64_t end, uint64_t *found_first,
              uint64_t *found_end);

/* Lists the disjoint ranges of first to end - 1 that others have locked, up to limit of them, adding
 * to *count. firsts gets the first byte of each, in no order; it may be NULL. */
int lock_list(int fd, uint64_t first, uint64_t end, uint64_t *firsts, unsigned limit,
              unsigned *count);

#endif
