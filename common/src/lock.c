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

int lock_find(int fd, uint64_t first, uint64_t end, bool *found, struct lock_range *found_range)
{
	/* An exclusive lock conflicts with both kinds. */
	struct flock lock = range(F_WRLCK, first, end);

	while (fcntl(fd, F_OFD_GETLK, &lock) < 0)
		if (errno != EINTR)
			return fail_errno("cannot query locks on the channel's file");
	*found = lock.l_type != F_UNLCK;
	if (*found && found_range) {
		found_range->first = (uint64_t)lock.l_start;
		found_range->end =
			lock.l_len == 0 ? end : found_range->first + (uint64_t)lock.l_len;
	}
	return 0;
}

int lock_list(int fd, uint64_t first, uint64_t end, uint64_t *firsts, unsigned limit,
              unsigned *count)
{
	struct lock_range lock;
	bool found;
	int error;

	while (first < end && *count < limit) {
		error = lock_find(fd, first, end, &found, &lock);
		if (error || !found)
			return error;
		if (firsts)
			firsts[*count] = lock.first;
		++*count;
		/* The kernel reports any one lock: list those before it now. */
		if (lock.first > first) {
			error = lock_list(fd, first, lock.first, firsts, limit, count);
			if (error)
				return error;
		}
		first = lock.end;
	}
	return 0;
}
