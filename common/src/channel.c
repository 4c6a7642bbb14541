/* SPDX-License-Identifier: MIT */
#include "channel.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "clock.h"
#include "error.h"
#include "lock.h"
#include "sysv.h"

#define OWNERSHIP 0, 1 /* bytes of the lock file: see channel.h */
#define PID_ANNOUNCED 1, 2
#define LOOKS 1000
#define LOOK_NS NS_PER_MS

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
		return fail_errno("cannot write %s", channel->paths.lock_file);
	if (written != sizeof(channel->record))
		return fail(-ENOSPC, "cannot write %s: no space", channel->paths.lock_file);
	return 0;
}

/* Check byte 1 first: once it is locked, the pid in the file is the owner's. */
static int read_pid(int fd, pid_t *pid)
{
	struct lock_record record;
	uint64_t first, end;
	int bytes, held = lock_find(fd, LOCK_EXCLUSIVE, PID_ANNOUNCED, &first, &end);

	if (held <= 0)
		return held;
	bytes = read_record(fd, &record);
	*pid = record.pid;
	return bytes < 0 ? bytes : 1;
}

int channel_find_owner(int fd, pid_t *pid)
{
	uint64_t first, end;
	int held;

	*pid = 0;
	for (int i = 0; i < LOOKS; i++) {
		held = lock_find(fd, LOCK_EXCLUSIVE, OWNERSHIP, &first, &end);
		if (held > 0)
			held = read_pid(fd, pid);
		else
			return held;
		if (held != 0)
			return held;
		clock_sleep(LOOK_NS);
	}
	return 1;
}

/* 1: it has gone meanwhile. */
static int fail_owned(const struct channel *channel, int fd)
{
	pid_t pid;
	int owned = channel_find_owner(fd, &pid);

	if (owned <= 0)
		return owned ? owned : 1;
	if (pid == 0)
		return fail(-EBUSY, "channel %s is held by another producer", channel->paths.name);
	return fail(-EBUSY,
	            "channel %s is held by another producer, process %d: choose another (-c)",
	            channel->paths.name, pid);
}

/* Locks the file that stands under its name: an owner removes it before letting go, so the one that
 * was opened may be no more. 0, or 1: try again. */
static int lock_file(struct channel *channel)
{
	struct stat opened;
	int fd = directory_open_file(channel->paths.lock_file, O_RDWR | O_CREAT, geteuid());
	int error;

	if (fd < 0)
		return fd;
	error = lock_try(fd, LOCK_EXCLUSIVE, OWNERSHIP);
	if (error == -EAGAIN)
		error = fail_owned(channel, fd);
	else if (!error && fstat(fd, &opened) < 0)
		error = fail_errno("cannot examine %s", channel->paths.lock_file);
	else if (!error && !directory_is_same_file(channel->paths.lock_file, fd))
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

/* What else stands in the file was not written by an owner that got as far as making objects. */
static int read_last_record(struct channel *channel)
{
	int bytes = read_record(channel->lock_fd, &channel->record);

	if (bytes < 0)
		return bytes;
	channel->record_known = true;
	if (layout_check_lock(&channel->record, (size_t)bytes, channel->paths.lock_file)) {
		memset(&channel->record, 0, sizeof(channel->record));
		channel->record_known = bytes == 0;
	}
	return 0;
}

int channel_acquire_for_cleanup(struct channel *channel, const struct channel_paths *paths)
{
	int error;

	channel->paths = *paths;
	do
		error = lock_file(channel);
	while (error > 0);
	if (error)
		return error;
	error = read_last_record(channel);
	if (error)
		close(channel->lock_fd);
	return error;
}

static int announce_pid(struct channel *channel)
{
	struct lock_record *record = &channel->record;
	int error;

	layout_mark_lock(&record->mark);
	channel->record_known = true;
	record->pid = getpid();
	memset(record->projects, 0, sizeof(record->projects));
	error = write_record(channel);
	return error ? error : lock_try(channel->lock_fd, LOCK_EXCLUSIVE, PID_ANNOUNCED);
}

/* Whether a producer lives whose lock file somebody deleted: it will soon have a new one. The pid in
 * the lock file is known to own the channel no longer. */
static int check_no_live_producer(const struct channel *channel)
{
	pid_t pid;
	int lives = cleanup_find_live_producer(channel, &pid);

	if (lives <= 0)
		return lives;
	return fail(-EBUSY,
	            "channel %s is held by another producer, process %d, whose lock file was "
	            "deleted: choose another (-c)",
	            channel->paths.name, pid);
}

/* An owner once more has the channel file of its living generation standing. By that others find it, and
 * should it die before its next generation is open, what it left. */
static int take_over(struct channel *channel, bool again)
{
	struct shmflip_removed removed = { 0 };
	int error =
		again ? cleanup_recorded(channel, &removed) : cleanup_channel(channel, &removed);

	if (error) {
		close(channel->lock_fd);
		return error;
	}
	error = announce_pid(channel);
	/* All that the lock file named is removed. */
	if (error)
		channel_release(channel);
	return error;
}

static int acquire(struct channel *channel, const struct channel_paths *paths, gid_t group,
                   mode_t mode, bool again)
{
	int error = directory_create(paths, group, mode);

	if (!error)
		error = directory_check(paths, false, NULL);
	if (!error)
		error = directory_check_entry(paths, mode);
	if (!error)
		error = channel_acquire_for_cleanup(channel, paths);
	if (error)
		return error;
	error = again ? 0 : check_no_live_producer(channel);
	if (error) {
		channel_release(channel);
		return error;
	}
	return take_over(channel, again);
}

int channel_acquire(struct channel *channel, const struct channel_paths *paths, gid_t group,
                    mode_t mode)
{
	return acquire(channel, paths, group, mode, false);
}

bool channel_still_owned(const struct channel *channel)
{
	return directory_is_same_file(channel->paths.lock_file, channel->lock_fd);
}

int channel_reacquire(struct channel *channel, gid_t group, mode_t mode)
{
	struct channel again;
	int error = acquire(&again, &channel->paths, group, mode, true);

	if (error == -EBUSY)
		return fail(-ESTALE, "%s was deleted, and another producer took channel %s",
		            channel->paths.lock_file, channel->paths.name);
	if (error)
		return error;
	close(channel->lock_fd);
	again.record.generation = channel->record.generation;
	*channel = again;
	return 0;
}

void channel_release(struct channel *channel)
{
	if (channel_still_owned(channel))
		unlink(channel->paths.lock_file);
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
	return sysv_key(channel->paths.lock_file, (int)project, key);
}

int channel_begin_generation(struct channel *channel, uint64_t *generation, key_t *key)
{
	struct lock_record *record = &channel->record;
	int error;

	record->generation = next_generation(record->generation);
	record->projects[1] = record->projects[0];
	error = try_project(channel, record->projects[0] % CLEANUP_PROJECTS + 1, key);
	if (!error)
		*generation = record->generation;
	return error;
}

int channel_next_key(struct channel *channel, key_t *key)
{
	struct lock_record *record = &channel->record;
	unsigned project = record->projects[0] % CLEANUP_PROJECTS + 1;

	if (project == record->projects[1] || (record->projects[1] == 0 && project == 1))
		return fail(-EEXIST,
		            "all System V keys of %s are taken by others: remove that file",
		            channel->paths.lock_file);
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
	struct channel_paths paths;
	pid_t owner;
	int fd, owned;
	int error = channel_paths_init(&paths, dir, channel);

	if (error)
		return error;
	fd = directory_open_file(paths.lock_file, O_RDONLY, geteuid());
	if (fd < 0)
		return fd;
	owned = channel_find_owner(fd, &owner);
	close(fd);
	if (owned == 0)
		return fail(-ENOENT, "channel %s has no producer", paths.name);
	if (owned > 0)
		*pid = owner;
	return owned < 0 ? owned : 0;
}
