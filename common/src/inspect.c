/* SPDX-License-Identifier: MIT
 *
 * Channels, for a process that is neither their producer nor a viewer: list, inspect, clean up. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attachment.h"
#include "channel.h"
#include "cleanup.h"
#include "error.h"
#include "fork.h"
#include "ring.h"
#include "structure.h"

#define LOCK_SUFFIX ".lock"

/* What the lock file says. */
struct ownership {
	int error; /* -ENOENT: there is no file. -EACCES: this user may not read it */
	bool owned;
	pid_t pid; /* of the owner, else of the last one; 0: not known */
	bool ours; /* shmflip created the file */
};

/* The file is empty if its creator was killed before writing it. */
static bool is_our_lock(int fd, const struct lock_record *record)
{
	struct layout_mark mark;
	struct stat status;

	layout_mark_lock(&mark);
	if (memcmp(record->mark.magic, mark.magic, sizeof(mark.magic)) == 0)
		return true;
	return fstat(fd, &status) == 0 && status.st_size == 0 && (status.st_mode & 0777) == 0600;
}

static int open_lock(const struct channel_paths *paths, uid_t owner, struct lock_record *record)
{
	int fd = directory_open_file(paths->lock_file, O_RDONLY, owner);

	memset(record, 0, sizeof(*record));
	if (fd >= 0 && pread(fd, record, sizeof(*record), 0) < 0)
		memset(record, 0, sizeof(*record));
	return fd;
}

static void query_ownership(const struct channel_paths *paths, uid_t owner, struct ownership *out)
{
	struct lock_record record;
	int fd = open_lock(paths, owner, &record);

	*out = (struct ownership){ .error = fd < 0 ? fd : 0 };
	if (fd < 0)
		return;
	out->error = channel_find_owner(fd, &out->owned, &out->pid);
	out->ours = is_our_lock(fd, &record);
	if (!out->error && !out->owned && out->ours)
		out->pid = channel_recorded_pid(&record);
	fork_close(fd);
}

static bool is_our_channel_file(const struct channel_paths *paths, uid_t owner)
{
	struct layout_mark mark, found = { 0 };
	int fd = directory_open_file(paths->channel_file, O_RDONLY, owner);
	bool ours;

	if (fd < 0)
		return false;
	layout_mark_channel(&mark);
	ours = pread(fd, &found, sizeof(found), 0) == sizeof(found) &&
	       memcmp(found.magic, mark.magic, sizeof(mark.magic)) == 0;
	fork_close(fd);
	return ours;
}

/* ---- Status ---- */

/* What shmflip_status_free() frees. The attachment, which is detached, keeps the stream and the
 * newest frame's description. */
struct status_memory {
	struct shmflip_status public; /* first: its address is the memory's */
	struct shmflip_channel channel;
	struct attachment *attachment;
	int32_t viewer_pids[SHMFLIP_VIEWERS_MAX];
};

/* Takes the newest frame's description. Its pixels may change as soon as this returns. */
static int inspect_newest(struct status_memory *memory)
{
	struct attachment *attachment = memory->attachment;
	struct frame *frame;
	uint64_t sequence;
	uint32_t slot;
	int error = slots_take_newest(&attachment->reader, attachment->fixed.first_frame - 1,
	                              &sequence, &slot);

	if (error)
		return error == -EAGAIN ? 0 : error;
	error = frame_read(&attachment->pool, slot, sequence, &frame);
	slots_release(&attachment->pins.locks, sequence);
	if (error)
		return error;
	/* So that its release does nothing. */
	atomic_store_explicit(&frame->use, FRAME_FREE, memory_order_relaxed);
	for (int plane = 0; plane < SHMFLIP_PLANES_MAX; plane++)
		frame->public.plane[plane].pixels = NULL;
	memory->public.newest = &frame->public;
	return 0;
}

static enum shmflip_state state_of(const struct attachment *attachment)
{
	switch (attachment_state(attachment)) {
	case LAYOUT_ENDED:
		return SHMFLIP_ENDED;
	case LAYOUT_FAILED:
		return SHMFLIP_FAILED;
	default:
		return SHMFLIP_RUNNING;
	}
}

static int inspect_generation(struct status_memory *memory)
{
	struct attachment *attachment = memory->attachment;
	struct shmflip_status *status = &memory->public;
	struct stat file;
	int error = inspect_newest(memory);

	if (!error)
		error = pins_list_viewers(&attachment->pins, memory->viewer_pids,
		                          SHMFLIP_VIEWERS_MAX, &status->viewers);
	if (!error && fstat(attachment->fd, &file) < 0)
		error = fail_errno("cannot examine the channel's file");
	if (error)
		return error;
	attachment_channel(attachment, &memory->channel);
	status->state = state_of(attachment);
	status->owner = file.st_uid;
	status->group = file.st_gid;
	status->mode = file.st_mode & 0777;
	status->segment_id = attachment->pool.segment_id;
	status->semaphores_id = attachment->ring_id;
	status->segment_bytes = attachment->fixed.pixels_offset +
	                        attachment->fixed.slots * attachment->fixed.slot_bytes;
	return 0;
}

/* Sets the status of a channel that cannot be attached to. Fails if there is no channel. */
static int report_unattachable(const struct channel_paths *paths, uid_t owner,
                               const struct ownership *lock, int error,
                               struct shmflip_status *status)
{
	/* -ENOTSUP: it lives, and its locks or its memory are not seen from here. */
	bool alive = lock->owned || error == -ENOTSUP;

	status->state = alive ? SHMFLIP_RUNNING : SHMFLIP_DEAD;
	status->error = error;
	if (lock->owned && error == -EPIPE)
		status->error = fail(-EAGAIN,
		                     "the producer of channel %s died or is in another IPC "
		                     "namespace, and a process still holds its locks",
		                     paths->name);
	else if (lock->owned && error == -ENOENT)
		status->error =
			fail(-EAGAIN, "the producer of channel %s is starting", paths->name);
	if (alive)
		return 0;
	if (lock->error && lock->error != -ENOENT && !attachment_found_no_producer(error))
		return error;
	if (!lock->ours && !is_our_channel_file(paths, owner))
		return fail(-ENOENT, "there is no channel %s in %s", paths->name, paths->dir);
	if (attachment_found_no_producer(error))
		status->error = fail(-EPIPE, "the producer of channel %s died", paths->name);
	return 0;
}

static int inspect(const struct channel_paths *paths, struct status_memory *memory)
{
	const struct attachment_options options = { .any_format = true, .ended = true };
	struct ownership lock;
	uid_t owner;
	int error = directory_check(paths, true, &owner);

	if (error)
		return error;
	query_ownership(paths, owner, &lock);
	error = attachment_open(&memory->attachment, paths, &options);
	if (!error) {
		error = inspect_generation(memory);
		attachment_detach(memory->attachment);
	}
	if (!error)
		return 0;
	memory->public.newest = NULL;
	memory->channel = (struct shmflip_channel){ .pid = lock.pid };
	return report_unattachable(paths, owner, &lock, error, &memory->public);
}

int shmflip_channel_status(const char *dir, const char *channel, const struct shmflip_status **out)
{
	struct status_memory *memory;
	struct channel_paths paths;
	int error = channel_paths_init(&paths, dir, channel);

	if (error)
		return error;
	memory = calloc(1, sizeof(*memory));
	if (!memory)
		return fail(-ENOMEM, "out of memory");
	memory->public.channel = &memory->channel;
	memory->public.viewer_pids = memory->viewer_pids;
	error = inspect(&paths, memory);
	if (error)
		shmflip_status_free(&memory->public);
	else
		*out = &memory->public;
	return error;
}

void shmflip_status_free(const struct shmflip_status *status)
{
	struct status_memory *memory = (struct status_memory *)status;

	if (!memory)
		return;
	if (memory->attachment)
		attachment_close(memory->attachment);
	free(memory);
}

/* ---- Listing and cleaning ---- */

/* Finds the channel that has this lock file, or this channel file if it has no lock file. */
static bool find_channel(const char *file, const char *dir, struct channel_paths *paths)
{
	char name[SHMFLIP_NAME_MAX + sizeof(LOCK_SUFFIX)];
	size_t length = strlen(file), suffix = strlen(LOCK_SUFFIX);
	bool is_lock = length > suffix && strcmp(file + length - suffix, LOCK_SUFFIX) == 0;

	if (length >= sizeof(name))
		return false;
	strcpy(name, file);
	if (is_lock)
		name[length - suffix] = '\0';
	return !channel_paths_init(paths, dir, name) &&
	       (is_lock || access(paths->lock_file, F_OK) != 0);
}

/* -ENOENT  there is no channel
 * -ENOMEM, -EMFILE, -ENFILE  it could not be checked */
static int check_exists(const struct channel_paths *paths, uid_t owner)
{
	struct lock_record record;
	int fd = open_lock(paths, owner, &record);
	bool ours = fd >= 0 && is_our_lock(fd, &record);

	if (fd == -ENOMEM || fd == -EMFILE || fd == -ENFILE)
		return fd;
	if (fd >= 0)
		fork_close(fd);
	if (ours || is_our_channel_file(paths, owner))
		return 0;
	return fail(-ENOENT, "there is no channel %s in %s", paths->name, paths->dir);
}

int shmflip_channel_list(const char *dir, int (*found)(const char *channel, void *context),
                         void *context)
{
	struct channel_paths paths;
	const struct dirent *entry;
	uid_t owner;
	DIR *directory;
	int result = channel_paths_init(&paths, dir, NULL);

	if (!result)
		result = directory_check(&paths, true, &owner);
	if (result)
		return result;
	directory = opendir(paths.dir);
	if (!directory)
		return fail_errno("cannot read directory %s", paths.dir);
	while (!result && (entry = readdir(directory))) {
		if (!find_channel(entry->d_name, dir, &paths))
			continue;
		result = check_exists(&paths, owner);
		if (!result)
			result = found(paths.name, context);
		else if (result == -ENOENT)
			result = 0;
	}
	closedir(directory);
	return result;
}

/* Any program may have created an empty lock file and the files beside it. */
static bool is_lock_alone(const struct channel *channel)
{
	bool empty = channel->record_known && channel->record.mark.version == 0;

	return empty && !is_our_channel_file(&channel->paths, geteuid());
}

static int clean(struct channel *channel, struct shmflip_removed *removed)
{
	pid_t pid;
	bool found;
	int error = cleanup_find_live_producer(channel, &found, &pid);

	if (error)
		return error;
	if (found && pid == 0)
		return fail(-EBUSY, "channel %s is held by a producer", channel->paths.name);
	if (found)
		return fail(-EBUSY, "channel %s is held by a producer, process %d",
		            channel->paths.name, pid);
	return is_lock_alone(channel) ? 0 : cleanup_channel(channel, removed);
}

int shmflip_channel_clean(const char *dir, const char *channel_name,
                          struct shmflip_removed *removed)
{
	struct shmflip_removed sum = { 0 };
	struct channel channel;
	const struct channel_paths *paths = &channel.paths;
	bool had_lock_file;
	int error = removed ? structure_check(removed, "shmflip_removed") : 0;

	if (!error)
		error = channel_paths_init(&channel.paths, dir, channel_name);
	if (!error)
		error = directory_check(paths, false, NULL);
	if (!error)
		error = check_exists(paths, geteuid());
	if (error)
		return error;
	had_lock_file = access(paths->lock_file, F_OK) == 0;
	error = channel_acquire_for_cleanup(&channel, paths);
	if (error)
		return error;
	error = clean(&channel, &sum);
	if (error) {
		channel_refuse(&channel);
		return error;
	}
	channel_release(&channel);
	if (had_lock_file && access(paths->lock_file, F_OK) != 0)
		sum.files++;
	return removed ? structure_write(removed, &sum, sizeof(sum), "shmflip_removed") : 0;
}
