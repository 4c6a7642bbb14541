/* SPDX-License-Identifier: MIT */
#include "lock.h"

#include <errno.h>
#include <fcntl.h>

#include "error.h"

static struct flock range(short type, uint64_t first, uint64_t end)
{
	return (struct flock){
		.l_type = type,
		.l_whence = SEEK_SET,
		.l_start = (off_t)first,
		.l_len = (off_t)(end - first),
	};
}

static int set(int fd, short type, uint64_t first, uint64_t end)
{
	struct flock lock = range(type, first, end);

	while (fcntl(fd, F_OFD_SETLK, &lock) < 0) {
		if (errno == EAGAIN || errno == EACCES)
			return -EAGAIN;
		if (errno == EINVAL)
			return fail(-ENOTSUP, "this kernel has no open-file-description locks");
		if (errno != EINTR)
			return fail_errno("cannot lock the channel's file");
	}
	return 0;
}

int lock_try(int fd, enum lock_kind kind, uint64_t first, uint64_t end)
{
	return set(fd, kind == LOCK_EXCLUSIVE ? F_WRLCK : F_RDLCK, first, end);
}

int lock_release(int fd, uint64_t first, uint64_t end)
{
	return set(fd, F_UNLCK, first, end);
}

int lock_find(int fd, enum lock_kind kind, uint64_t first, uint64_t end, uint64_t *found_first,
              uint64_t *found_end)
{
	struct flock lock = range(kind == LOCK_EXCLUSIVE ? F_WRLCK : F_RDLCK, first, end);

	while (fcntl(fd, F_OFD_GETLK, &lock) < 0)
		if (errno != EINTR)
			return fail_errno("cannot look for locks on the channel's file");
	if (lock.l_type == F_UNLCK)
		return 0;
	*found_first = (uint64_t)lock.l_start;
	*found_end = lock.l_len == 0 ? end : (uint64_t)lock.l_start + (uint64_t)lock.l_len;
	return 1;
}

int lock_list(int fd, uint64_t first, uint64_t end, uint64_t *firsts, unsigned limit,
              unsigned *count)
{
	uint64_t found_first, found_end;
	int found;

	while (first < end && *count < limit) {
		found = lock_find(fd, LOCK_EXCLUSIVE, first, end, &found_first, &found_end);
		if (found <= 0)
			return found;
		if (firsts)
			firsts[*count] = found_first;
		++*count;
		/* The kernel reports any one lock: those before it come next. */
		if (found_first > first) {
			found = lock_list(fd, first, found_first, firsts, limit, count);
			if (found < 0)
				return found;
		}
		first = found_end;
	}
	return 0;
}
