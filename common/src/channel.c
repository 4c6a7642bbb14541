/* SPDX-License-Identifier: MIT */
#include "channel.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "error.h"
#include "lock.h"
#include "ring.h"
#include "sysv.h"

#define PROJECTS 255 /* ftok takes 8 bits, not all 0 */
#define OPEN_FLAGS (O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
#define OWNERSHIP 0, 1 /* the byte of the lock file whose lock makes the owner */

static int open_lock_file(const char *path, int flags)
{
	int fd = open(path, OPEN_FLAGS | flags, 0600);
	int error;

	if (fd < 0 && errno == ELOOP)
		return fail(-EPERM, "%s is a symbolic link: remove it", path);
	if (fd < 0)
		return fail_errno("cannot open %s", path);
	error = folder_check_file(fd, geteuid(), path);
	if (error) {
		close(fd);
		return error;
	}
	return fd;
}

/* Returns how many bytes of it there were, or an error. */
static int read_record(int fd, struct lock_record *record)
{
	ssize_t bytes;

	memset(record, 0, sizeof(*record));
	bytes = pread(fd, record, sizeof(*record), 0);
	return bytes < 0 ? fail_errno("cannot read the lock file") : (int)bytes;
}

static int write_record(struct channel *channel)
{
	ssize_t written = pwrite(channel->lock_fd, &channel->record, sizeof(channel->record), 0);

	if (written < 0)
		return fail_errno("cannot write %s", channel->place.lock_file);
	if (written != sizeof(channel->record))
		return fail(-ENOSPC, "cannot write %s: no space", channel->place.lock_file);
	return 0;
}

static int fail_busy(const struct channel *channel, int fd)
{
	struct lock_record record;

	if (read_record(fd, &record) < 0 || record.pid == 0)
		return fail(-EBUSY, "channel %s is held by another producer", channel->place.name);
	return fail(-EBUSY,
	            "channel %s is held by another producer, process %d: choose another (-c)",
	            channel->place.name, record.pid);
}

/* Locks the file that stands under its name: an owner removes it before letting go, so the one that
 * was opened may be no more. 0, or 1: try again. */
static int lock_file(struct channel *channel)
{
	struct stat opened, named;
	int fd = open_lock_file(channel->place.lock_file, O_CREAT);
	int error;

	if (fd < 0)
		return fd;
	error = lock_try(fd, LOCK_EXCLUSIVE, OWNERSHIP);
	if (error == -EAGAIN)
		error = fail_busy(channel, fd);
	else if (!error && fstat(fd, &opened) < 0)
		error = fail_errno("cannot examine %s", channel->place.lock_file);
	else if (!error && (lstat(channel->place.lock_file, &named) < 0 ||
	                    named.st_ino != opened.st_ino || named.st_dev != opened.st_dev))
		error = 1;
	if (error) {
		close(fd);
		return error;
	}
	channel->lock_fd = fd;
	channel->lock_device = opened.st_dev;
	channel->lock_inode = opened.st_ino;
	return 0;
}

/* A segment under one of our keys stays behind only if its maker died before marking it for removal.
 * It is a stranger's if it is in use, or holds anything but zeros or our own header. */
static bool is_half_made(const struct channel *channel, int id)
{
	static const struct layout_fixed nothing;
	const struct layout_header *header;
	struct layout_fixed fixed;
	struct sysv_status status;
	void *base;

	if (sysv_segment_status(id, &status) || status.creator != geteuid() || status.users != 0 ||
	    status.size < sizeof(*header) || sysv_segment_attach(id, false, &base))
		return false;
	header = base;
	fixed = header->fixed;
	layout_copied();
	sysv_segment_detach(base);
	return memcmp(&fixed, &nothing, sizeof(fixed)) == 0 ||
	       (fixed.lock_device == channel->lock_device &&
	        fixed.lock_inode == channel->lock_inode);
}

void channel_sweep_key(const struct channel *channel, key_t key)
{
	int id;

	if (!sysv_segment_find(key, &id) && is_half_made(channel, id))
		sysv_segment_remove(id);
	ring_sweep(key);
}

static int sweep(struct channel *channel)
{
	key_t key;
	int error;

	for (size_t i = 0; i < 2; i++) {
		if (channel->record.projects[i] == 0)
			continue;
		error = sysv_key(channel->place.lock_file, channel->record.projects[i], &key);
		if (error)
			return error;
		channel_sweep_key(channel, key);
	}
	unlink(channel->place.new_file);
	unlink(channel->place.channel_file);
	return 0;
}

static int take_over(struct channel *channel)
{
	int bytes = read_record(channel->lock_fd, &channel->record);
	int error;

	if (bytes < 0)
		return bytes;
	/* Whatever else stands in the file was not written by an owner that got as far as making
	 * objects; of another version's keys nothing is known. */
	if (layout_check_lock(&channel->record, (size_t)bytes, channel->place.lock_file))
		memset(&channel->record, 0, sizeof(channel->record));
	error = sweep(channel);
	if (error)
		return error;
	layout_mark_lock(&channel->record.mark);
	channel->record.pid = getpid();
	memset(channel->record.projects, 0, sizeof(channel->record.projects));
	return write_record(channel);
}

int channel_own(struct channel *channel, const struct folder_place *place, gid_t group, mode_t mode)
{
	int error;

	channel->place = *place;
	error = folder_make(place, group, mode);
	if (error)
		return error;
	error = folder_check(place, false, NULL);
	if (!error)
		error = folder_check_entry(place, mode);
	if (error)
		return error;
	do
		error = lock_file(channel);
	while (error > 0);
	if (error)
		return error;
	error = take_over(channel);
	if (error)
		close(channel->lock_fd);
	return error;
}

void channel_disown(struct channel *channel)
{
	unlink(channel->place.lock_file);
	close(channel->lock_fd);
}

/* Larger than all before since the system started, also than those of a lock file that was removed. */
static uint64_t next_generation(uint64_t last)
{
	struct timespec now;
	uint64_t us;

	clock_gettime(CLOCK_BOOTTIME, &now);
	us = (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
	return us > last ? us : last + 1;
}

static int try_project(struct channel *channel, unsigned project, key_t *key)
{
	int error;

	channel->record.projects[0] = project;
	error = write_record(channel);
	if (error)
		return error;
	return sysv_key(channel->place.lock_file, (int)project, key);
}

int channel_begin_generation(struct channel *channel, uint64_t *generation, key_t *key)
{
	struct lock_record *record = &channel->record;
	int error;

	record->generation = next_generation(record->generation);
	record->projects[1] = record->projects[0];
	error = try_project(channel, record->projects[0] % PROJECTS + 1, key);
	if (!error)
		*generation = record->generation;
	return error;
}

int channel_next_key(struct channel *channel, key_t *key)
{
	struct lock_record *record = &channel->record;
	unsigned project = record->projects[0] % PROJECTS + 1;

	if (project == record->projects[1] || (record->projects[1] == 0 && project == 1))
		return fail(-EEXIST,
		            "all System V keys of %s are taken by others: remove that file",
		            channel->place.lock_file);
	return try_project(channel, project, key);
}

int channel_commit_generation(struct channel *channel)
{
	channel->record.projects[1] = 0;
	return write_record(channel);
}

void channel_abandon_generation(struct channel *channel)
{
	channel->record.projects[0] = channel->record.projects[1];
	channel->record.projects[1] = 0;
	write_record(channel);
}

int shmflip_channel_holder(const char *dir, const char *channel, pid_t *pid)
{
	struct folder_place place;
	struct lock_record record;
	uint64_t first, end;
	int fd, error;

	error = folder_place(&place, dir, channel);
	if (error)
		return error;
	fd = open_lock_file(place.lock_file, 0);
	if (fd < 0)
		return fd;
	error = lock_find(fd, LOCK_EXCLUSIVE, OWNERSHIP, &first, &end);
	if (error == 1)
		error = read_record(fd, &record);
	else if (error == 0)
		error = fail(-ENOENT, "channel %s has no producer", place.name);
	close(fd);
	if (error < 0)
		return error;
	*pid = record.pid;
	return 0;
}
