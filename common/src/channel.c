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
#include "fork.h"
#include "lock.h"
#include "namespaces.h"
#include "sysv.h"

/* Bytes of the lock file: see channel.h. */
#define OWNER_BYTE 0
#define PID_BYTE 1

/* How often and how long to wait for an owner's pid. */
#define PID_TRIES 1000
#define PID_SLEEP_NS NS_PER_MS

static int lock_byte(int fd, uint64_t byte)
{
	return lock_try(fd, LOCK_EXCLUSIVE, byte, byte + 1);
}

/* Returns how many bytes the file had for the record, or an error. */
static int read_record(int fd, struct lock_record *record)
{
	ssize_t bytes;

	memset(record, 0, sizeof(*record));
	bytes = pread(fd, record, sizeof(*record), 0);
	return bytes < 0 ? fail_errno("cannot read the lock file") : (int)bytes;
}

static int write_record(struct channel *channel)
{
	return directory_write_file(channel->lock_fd, channel->paths.lock_file, &channel->record,
	                            sizeof(channel->record));
}

pid_t channel_recorded_pid(const struct lock_record *record)
{
	return namespaces_differ(record->pid_namespace, namespace_number("pid")) ? 0 : record->pid;
}

/* Check the pid's byte first: once it is locked, the pid in the file is the owner's. */
static int read_pid(int fd, bool *announced, pid_t *pid)
{
	struct lock_record record;
	bool locked;
	int bytes;
	int error = lock_query_exclusive(fd, PID_BYTE, &locked);

	if (error)
		return error;
	if (locked) {
		bytes = read_record(fd, &record);
		if (bytes < 0)
			return bytes;
		*pid = channel_recorded_pid(&record);
	}
	*announced = locked;
	return 0;
}

/* Signals do not make the wait for a pid shorter. */
static void sleep_for_pid(void)
{
	int64_t deadline_ns = monotonic_now_ns() + PID_SLEEP_NS;
	int64_t ns;

	while ((ns = clock_remaining_ns(deadline_ns, PID_SLEEP_NS)) > 0)
		clock_sleep(ns);
}

int channel_find_owner(int fd, bool *owned, pid_t *pid)
{
	pid_t owner = 0;
	bool locked = true, announced = false;
	int error;

	for (int i = 0; i < PID_TRIES && locked && !announced; i++) {
		if (i > 0)
			sleep_for_pid();
		error = lock_query_exclusive(fd, OWNER_BYTE, &locked);
		if (!error && locked)
			error = read_pid(fd, &announced, &owner);
		if (error)
			return error;
	}
	*owned = locked;
	*pid = owner;
	return 0;
}

/* The locks of a killed process last until the children that it had just forked have run: see
 * fork.h. Waits for that, as long as for a pid. */
static int find_live_owner(const struct channel *channel, int fd, bool *owned, pid_t *pid)
{
	int error = channel_find_owner(fd, owned, pid);

	for (int i = 1; i < PID_TRIES && !error && *owned; i++) {
		if (!cleanup_producer_is_dead(channel))
			break;
		sleep_for_pid();
		error = channel_find_owner(fd, owned, pid);
	}
	return error;
}

/* pid 0: not known. */
static int fail_held(const struct channel *channel, pid_t pid, const char *state)
{
	const char *name = channel->paths.name;

	if (pid == 0)
		return fail(-EBUSY,
		            "channel %s is held by another producer%s: choose another channel",
		            name, state);
	if (pid == getpid())
		return fail(-EBUSY,
		            "channel %s is held by another producer of this process%s: close that "
		            "one, or choose another channel",
		            name, state);
	return fail(-EBUSY,
	            "channel %s is held by another producer, process %d%s: choose another channel",
	            name, pid, state);
}

/* Returns 0 if the owner has released the channel since its lock was met. */
static int check_no_owner(const struct channel *channel, int fd)
{
	pid_t pid;
	bool owned;
	int error = find_live_owner(channel, fd, &owned, &pid);

	if (error || !owned)
		return error;
	return fail_held(channel, pid, "");
}

/* Locks the file that has the lock file's name. An owner removes it before unlocking it, so the
 * opened file may have lost its name: then *locked is false, and the next try may succeed. */
static int try_lock_file(struct channel *channel, bool *locked)
{
	struct stat opened;
	int fd = directory_open_file(channel->paths.lock_file, O_RDWR | O_CREAT, geteuid());
	int error;

	if (fd < 0)
		return fd;
	error = lock_byte(fd, OWNER_BYTE);
	if (!error && fstat(fd, &opened) < 0)
		error = fail_errno("cannot examine %s", channel->paths.lock_file);
	if (!error && directory_is_same_file(channel->paths.lock_file, fd)) {
		channel->lock_fd = fd;
		channel->lock_device = opened.st_dev;
		channel->lock_inode = opened.st_ino;
		*locked = true;
		return 0;
	}
	if (error == -EAGAIN)
		error = check_no_owner(channel, fd);
	fork_close(fd);
	if (!error)
		*locked = false;
	return error;
}

/* An owner that created objects has written a valid record first. Ignore any other content. */
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
	bool locked;
	int error;

	channel->paths = *paths;
	do
		error = try_lock_file(channel, &locked);
	while (!error && !locked);
	if (error)
		return error;
	error = read_last_record(channel);
	if (error)
		fork_close(channel->lock_fd);
	return error;
}

static int announce_pid(struct channel *channel)
{
	struct lock_record *record = &channel->record;
	int error;

	layout_mark_lock(&record->mark);
	channel->record_known = true;
	record->pid = getpid();
	record->pid_namespace = namespace_number("pid");
	memset(record->projects, 0, sizeof(record->projects));
	error = write_record(channel);
	return error ? error : lock_byte(channel->lock_fd, PID_BYTE);
}

/* A live producer whose lock file somebody deleted will soon create a new one. The process that the
 * lock file names no longer owns the channel, since we hold the lock. */
static int check_no_live_producer(const struct channel *channel)
{
	pid_t pid;
	bool found;
	int error = cleanup_find_live_producer(channel, &found, &pid);

	if (error || !found)
		return error;
	return fail_held(channel, pid, ", whose lock file was deleted");
}

/* With reacquire, keeps the channel file of our live generation. Other processes find the
 * generation by that file, and what we left if we die before the next generation is open. */
static int take_over(struct channel *channel, bool reacquire)
{
	struct shmflip_removed removed = { 0 };
	int error = reacquire ? cleanup_recorded(channel, &removed)
	                      : cleanup_channel(channel, &removed);

	if (error) {
		fork_close(channel->lock_fd);
		return error;
	}
	error = announce_pid(channel);
	/* All that the lock file named is removed. */
	if (error)
		channel_release(channel);
	return error;
}

static int acquire(struct channel *channel, const struct channel_paths *paths, gid_t group,
                   mode_t mode, bool reacquire)
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
	error = reacquire ? 0 : check_no_live_producer(channel);
	if (error) {
		channel_refuse(channel);
		return error;
	}
	return take_over(channel, reacquire);
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
	struct channel fresh;
	int error = acquire(&fresh, &channel->paths, group, mode, true);

	if (error == -EBUSY)
		return fail(-ESTALE, "%s was deleted, and another producer took channel %s",
		            channel->paths.lock_file, channel->paths.name);
	if (error)
		return error;
	fork_close(channel->lock_fd);
	fresh.record.generation = channel->record.generation;
	*channel = fresh;
	return 0;
}

void channel_release(struct channel *channel)
{
	if (channel_still_owned(channel))
		unlink(channel->paths.lock_file);
	fork_close(channel->lock_fd);
}

void channel_refuse(struct channel *channel)
{
	bool is_empty = channel->record_known && channel->record.mark.version == 0;

	if (is_empty)
		channel_release(channel);
	else
		fork_close(channel->lock_fd);
}

/* Larger than every earlier number since boot, even those that a removed lock file counted. */
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
	struct lock_record *record = &channel->record;
	int error = sysv_key(channel->paths.lock_file, (int)project, key);

	if (error)
		return error;
	record->projects[0] = project;
	record->keys[0] = *key;
	return write_record(channel);
}

int channel_begin_generation(struct channel *channel, uint64_t *generation, key_t *key)
{
	struct lock_record *record = &channel->record;
	int error;

	record->generation = next_generation(record->generation);
	record->projects[1] = record->projects[0];
	record->keys[1] = record->keys[0];
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
		return fail(-EEXIST, "other programs use all System V keys of %s: remove that file",
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
	channel->record.keys[0] = channel->record.keys[1];
	channel->record.projects[1] = 0;
	write_record(channel);
}
