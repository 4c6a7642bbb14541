/* SPDX-License-Identifier: MIT */
#include "cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "attachment.h"
#include "fork.h"
#include "namespaces.h"
#include "ring.h"
#include "sysv.h"

/* A segment keeps one of our keys only if its creator died before marking it for removal. It is a
 * foreign one if it is in use, or holds anything but zeros or our own header. */
static bool is_half_made(const struct channel *channel, int id)
{
	static const struct layout_fixed nothing;
	const struct layout_header *header;
	struct layout_fixed fixed;
	struct sysv_status status;
	void *base;

	if (sysv_segment_status(id, &status) || status.creator != geteuid() || status.users != 0 ||
	    status.size < sizeof(*header) || sysv_segment_attach(id, status.size, false, &base))
		return false;
	header = base;
	fixed = header->fixed;
	layout_copy_barrier();
	sysv_segment_detach(base);
	return memcmp(&fixed, &nothing, sizeof(fixed)) == 0 ||
	       (fixed.lock_device == channel->lock_device &&
	        fixed.lock_inode == channel->lock_inode);
}

void cleanup_key(const struct channel *channel, key_t key, struct shmflip_removed *removed)
{
	int id;

	if (!sysv_segment_find(key, &id) && is_half_made(channel, id) && !sysv_segment_remove(id))
		removed->segments++;
	if (ring_remove_dead(key))
		removed->semaphores++;
}

/* Without a record, any of the lock file's keys may be in use. */
static int cleanup_all_keys(const struct channel *channel, struct shmflip_removed *removed)
{
	key_t key;
	int error;

	for (int project = 1; project <= CLEANUP_PROJECTS; project++) {
		error = sysv_key(channel->paths.lock_file, project, &key);
		if (error)
			return error;
		cleanup_key(channel, key, removed);
	}
	return 0;
}

int cleanup_recorded(const struct channel *channel, struct shmflip_removed *removed)
{
	const struct lock_record *record = &channel->record;

	if (!channel->record_known)
		return cleanup_all_keys(channel, removed);
	for (int i = 0; i < 2; i++)
		if (record->projects[i])
			cleanup_key(channel, record->keys[i], removed);
	return 0;
}

static const struct attachment_options any_generation = { .any_format = true, .ended = true };

bool cleanup_producer_is_dead(const struct channel *channel)
{
	struct attachment *attachment;
	int error = attachment_open(&attachment, &channel->paths, &any_generation);

	if (!error)
		attachment_close(attachment);
	return error == -EPIPE;
}

int cleanup_find_live_producer(const struct channel *channel, bool *found, pid_t *pid)
{
	struct attachment *attachment;
	pid_t producer = 0;
	int error = attachment_open(&attachment, &channel->paths, &any_generation);

	if (error == -ENOMEM || error == -EMFILE || error == -ENFILE || error == -ENOTSUP)
		return error;
	*found = !error;
	if (error)
		return 0;
	ring_producer_pid(attachment->ring_id, &producer);
	attachment_close(attachment);
	*pid = producer;
	return 0;
}

/* The channel file also names its writer's semaphores. It helps if somebody deleted or emptied the
 * lock file, or if the writer's process now runs another program. */
static void cleanup_named_ring(const struct channel *channel, struct shmflip_removed *removed)
{
	const struct channel_paths *paths = &channel->paths;
	struct channel_record record = { 0 };
	enum pins_producer producer;
	ssize_t bytes;
	int fd = directory_open_file(paths->channel_file, O_RDONLY, geteuid());

	if (fd < 0)
		return;
	bytes = pread(fd, &record, sizeof(record), 0);
	if (bytes >= 0 && !layout_check_channel(&record, (size_t)bytes, paths->channel_file) &&
	    !namespaces_differ(record.ipc_namespace, namespace_number("ipc")) &&
	    !pins_query_producer(fd, &record, &producer) &&
	    ring_remove_dead_id(record.ring_id, record.ring_key, producer == PINS_PRODUCER_GONE))
		removed->semaphores++;
	fork_close(fd);
}

static void cleanup_file(const char *path, struct shmflip_removed *removed)
{
	if (unlink(path) == 0)
		removed->files++;
}

int cleanup_channel(const struct channel *channel, struct shmflip_removed *removed)
{
	int error = cleanup_recorded(channel, removed);

	if (error)
		return error;
	cleanup_named_ring(channel, removed);
	cleanup_file(channel->paths.new_file, removed);
	cleanup_file(channel->paths.channel_file, removed);
	return 0;
}
