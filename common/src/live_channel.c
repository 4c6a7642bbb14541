/* SPDX-License-Identifier: MIT */
#include "live_channel.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "fork.h"
#include "namespaces.h"
#include "pins.h"
#include "ring.h"

/* Makes sure that only the directory's owner can have written the channel file. */
static int open_channel_file(const struct channel_paths *paths, uid_t *owner)
{
	int error = directory_check(paths, true, owner);

	return error ? error : directory_open_file(paths->channel_file, O_RDONLY, *owner);
}

static int read_channel_file(int fd, const struct channel_paths *paths,
                             struct channel_record *record)
{
	ssize_t bytes;

	memset(record, 0, sizeof(*record));
	bytes = pread(fd, record, sizeof(*record), 0);
	if (bytes < 0)
		return fail_errno("cannot read %s", paths->channel_file);
	return layout_check_channel(record, (size_t)bytes, paths->channel_file);
}

static int fail_dead(const struct channel_paths *paths)
{
	return fail(-EPIPE, "the producer of channel %s died", paths->name);
}

/* Queries whether the ring that the record names is there, and raised.
 * -EACCES  this user may not read the set that has this id */
static int query_ring(const struct channel_record *record, uid_t owner, bool *alive)
{
	int error = ring_check(record->ring_id, record->ring_key, owner);

	*alive = false;
	if (!error)
		error = ring_query_alive(record->ring_id, alive);
	return error == -EIDRM ? 0 : error;
}

/* The producer lives if it holds its lock on the channel file, and its ring is raised. A dying
 * process lowers the ring first, so the lock is queried first. */
static int check_alive(int fd, const struct channel_record *record,
                       const struct channel_paths *paths, uid_t owner, struct sysv_status *segment)
{
	enum pins_producer producer;
	bool alive;
	int error = pins_query_producer(fd, record, &producer);

	if (error)
		return error;
	if (namespaces_differ(record->ipc_namespace, namespace_number("ipc")))
		return producer != PINS_PRODUCER_HOLDS
		               ? fail_dead(paths)
		               : fail(-ENOTSUP,
		                      "channel %s is alive, but its memory is not in this IPC "
		                      "namespace (containers: --ipc=host, --ipc=container:...)",
		                      paths->name);
	error = query_ring(record, owner, &alive);
	if (error && producer == PINS_PRODUCER_HOLDS)
		return error;
	if (error || !alive || producer == PINS_PRODUCER_GONE)
		return fail_dead(paths);
	if (producer == PINS_PRODUCER_UNSEEN)
		return fail(
			-ENOTSUP,
			"channel %s is alive, but its producer's file locks are not seen in %s: "
			"use a bind mount of its directory, no overlay and no copy",
			paths->name, paths->dir);
	error = sysv_segment_status(record->segment_id, segment);
	return error == -EINVAL || error == -EIDRM ? fail_dead(paths) : error;
}

int live_channel_recheck(int fd, int error)
{
	struct stat status;

	if ((error == -EPIPE || error == -EPROTO || error == -ENOTSUP) && fstat(fd, &status) == 0 &&
	    status.st_nlink == 0)
		return -ESTALE;
	return error;
}

int live_channel_open(const struct channel_paths *paths, uint64_t after, uid_t *owner,
                      struct channel_record *record, struct sysv_status *segment)
{
	int fd = open_channel_file(paths, owner);
	int error;

	if (fd < 0)
		return fd;
	error = read_channel_file(fd, paths, record);
	if (!error && record->generation == after)
		error = fail(-ENOENT, "channel %s has no producer", paths->name);
	if (!error)
		error = live_channel_recheck(fd, check_alive(fd, record, paths, *owner, segment));
	if (error) {
		fork_close(fd);
		return error;
	}
	return fd;
}
