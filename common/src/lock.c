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

/* Gets a lock that conflicts with this one, or F_UNLCK. */
static int get(int fd, struct flock *lock)
{
	while (fcntl(fd, F_OFD_GETLK, lock) < 0)
		if (errno != EINTR)
			return fail_errno("cannot query locks on the channel's file");
	return 0;
}

int lock_find(int fd, uint64_t first, uint64_t end, bool *found, struct lock_range *found_range)
{
	/* An exclusive lock conflicts with both kinds. */
	struct flock lock = range(F_WRLCK, first, end);
	int error = get(fd, &lock);

	if (error)
		return error;
	*found = lock.l_type != F_UNLCK;
	if (*found && found_range) {
		found_range->first = (uint64_t)lock.l_start;
		found_range->end =
			lock.l_len == 0 ? end : found_range->first + (uint64_t)lock.l_len;
	}
	return 0;
}

int lock_query_exclusive(int fd, uint64_t byte, bool *locked)
{
	/* A shared lock conflicts with an exclusive one only. */
	struct flock lock = range(F_RDLCK, byte, byte + 1);
	int error = get(fd, &lock);

	if (!error)
		*locked = lock.l_type != F_UNLCK;
	return error;
}

int lock_list(int fd, uint64_t first, uint64_t end, struct lock_range *list, unsigned limit,
              unsigned *count)
{
	/* Behind the listed ones, the array has those that lie after the range searched now, the
	 * nearest one first. */
	unsigned listed = 0, after = limit;
	uint64_t search_end;
	bool found;
	int error;

	while (listed < after) {
		search_end = after < limit ? list[after].first : end;
		found = false;
		/* The kernel reports any one lock: search before it next. */
		if (first < search_end) {
			error = lock_find(fd, first, search_end, &found, &list[after - 1]);
			if (error)
				return error;
		}
		if (found) {
			after--;
		} else if (after < limit) {
			first = list[after].end;
			list[listed++] = list[after++];
		} else {
			break;
		}
	}
	while (after < limit)
		list[listed++] = list[after++];
	*count = listed;
	return 0;
}
