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

/* Like lock_find(), of a range that may be empty. */
static int find_below(int fd, uint64_t first, uint64_t end, bool *found, struct lock_range *range)
{
	*found = false;
	return first < end ? lock_find(fd, first, end, found, range) : 0;
}

/* The kernel reports any one lock of a range. Those below it are listed before it, and those above
 * it after it. No recursion: the lockers decide how deep that would go. */
int lock_list(int fd, uint64_t first, uint64_t end, struct lock_range *locks, unsigned limit,
              unsigned *count)
{
	struct lock_range *locks_end = locks + limit;
	struct lock_range *listed = locks;
	struct lock_range *waiting = locks_end; /* until those below are listed; the lowest first */
	bool found;
	int error;

	while (listed < waiting) {
		error = find_below(fd, first, waiting < locks_end ? waiting->first : end, &found,
		                   waiting - 1);
		if (error)
			return error;
		if (found) {
			waiting--;
			continue;
		}
		if (waiting == locks_end)
			break;
		first = waiting->end;
		*listed++ = *waiting++;
	}
	/* If the limit is reached, no space is between the two. */
	*count = (unsigned)(listed - locks) + (unsigned)(locks_end - waiting);
	return 0;
}
