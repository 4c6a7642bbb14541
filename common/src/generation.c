/* SPDX-License-Identifier: MIT */
#include "generation.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "available_memory.h"
#include "cleanup.h"
#include "error.h"
#include "fork.h"
#include "namespaces.h"
#include "ring.h"
#include "sysv.h"
#include "watch.h"

/* Faults every page in now, so that no frame waits for one later. */
static int fault_in(void *base, uint64_t bytes)
{
#ifdef MADV_POPULATE_WRITE
	if (madvise(base, bytes, MADV_POPULATE_WRITE) == 0)
		return 0;
	if (errno != EINVAL)
		return fail_errno("cannot get %llu MiB of shared memory",
		                  (unsigned long long)bytes >> 20);
#endif
	for (uint64_t offset = 0; offset < bytes; offset += LAYOUT_PAGE)
		((volatile uint8_t *)base)[offset] = 0;
	return 0;
}

/* How many users of the segment this mapping is: the kernel counts parts with other advice each. No
 * other process knows the segment yet. */
static uint64_t count_own_users(int id)
{
	struct sysv_status status;

	return sysv_segment_status(id, &status) ? 1 : status.users;
}

/* Creates the segment and marks it for removal: the kernel frees it after its last user. */
static int create_segment(struct generation *generation, key_t key, uint64_t bytes,
                          const struct generation_config *config)
{
	void *base;
	int id;
	int error = sysv_segment_create(key, bytes, &id);

	if (error)
		return error;
	error = sysv_segment_attach(id, bytes, true, &base);
	if (!error) {
		error = sysv_segment_set_access(id, config->group, config->mode);
		if (error)
			sysv_segment_detach(base);
	}
	sysv_segment_remove(id);
	if (error)
		return error;
	/* The kernel writes a core before it undoes the semaphores: pixels would delay that by
	 * seconds. */
	madvise((uint8_t *)base + generation->fixed.pixels_offset,
	        bytes - generation->fixed.pixels_offset, MADV_DONTDUMP);
	error = fault_in(base, bytes);
	if (error) {
		sysv_segment_detach(base);
		return error;
	}
	generation->pool.segment_id = id;
	generation->shared = base;
	generation->own_users = count_own_users(id);
	return 0;
}

/* Creates segment and ring under one key.
 * -EEXIST  a foreign object has this key */
static int create_objects(struct generation *generation, key_t key, uint64_t bytes,
                          const struct generation_config *config)
{
	int error = create_segment(generation, key, bytes, config);

	if (error)
		return error;
	generation->ring_key = key;
	error = ring_create(key, config->group, config->mode, &generation->ring_id);
	if (error)
		sysv_segment_detach(generation->shared);
	return error;
}

static void write_header(struct generation *generation, const struct generation_config *config)
{
	struct layout_header *shared = generation->shared;

	shared->fixed = generation->fixed;
	stream_write(config->stream,
	             (struct layout_stream *)((uint8_t *)shared +
	                                      layout_stream_offset(&generation->fixed)));
	/* Viewers find the segment only by the channel file. Its rename orders these stores. */
	atomic_store_explicit(&shared->latest, layout_latest(config->newest, LAYOUT_NO_SLOT),
	                      memory_order_relaxed);
	atomic_store_explicit(&shared->dropped, config->dropped, memory_order_relaxed);
	atomic_store_explicit(&shared->state, LAYOUT_RUNNING, memory_order_release);
}

static int write_channel_file(const struct generation *generation, int fd,
                              const struct channel_paths *paths,
                              const struct generation_config *config)
{
	struct channel_record record = {
		.producer = generation->fixed.producer,
		.generation = generation->fixed.generation,
		.segment_id = generation->pool.segment_id,
		.ring_id = generation->ring_id,
		.ring_key = generation->ring_key,
		.ipc_namespace = namespace_number("ipc"),
	};
	struct stat status;
	int error;

	layout_mark_channel(&record.mark);
	if (fstat(fd, &status) < 0)
		return fail_errno("cannot examine %s", paths->new_file);
	record.device = status.st_dev;
	record.inode = status.st_ino;
	error = directory_write_file(fd, paths->new_file, &record, sizeof(record));
	if (error)
		return error;
	if (fchown(fd, (uid_t)-1, config->group) < 0)
		return fail_errno("cannot give the channel to group %u", (unsigned)config->group);
	if (fchmod(fd, config->mode) < 0)
		return fail_errno("cannot set the mode of %s", paths->new_file);
	return 0;
}

static void forget_page(struct generation *generation)
{
	if (generation->file_page)
		munmap(generation->file_page, LAYOUT_PAGE);
	generation->file_page = NULL;
}

/* Any reader of the file can make the kernel drop its page from memory. Then notify() would wait
 * for a disk. Mapped and locked the page stays. The mapping has an open file of its own: that of
 * the locks must end with the process. Without the mapping, all works. */
static void keep_in_memory(struct generation *generation, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	void *page = MAP_FAILED;

	fork_hold();
	if (fd >= 0)
		page = mmap(NULL, LAYOUT_PAGE, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, 0);
	if (page != MAP_FAILED) {
		madvise(page, LAYOUT_PAGE, MADV_DONTFORK);
		mlock(page, LAYOUT_PAGE);
		generation->file_page = page;
	}
	fork_resume();
	if (fd >= 0)
		close(fd);
}

static int create_channel_file(struct generation *generation, const struct channel_paths *paths,
                               const struct generation_config *config)
{
	int fd, error;

	unlink(paths->new_file);
	fd = fork_open(paths->new_file, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return fail_errno("cannot create %s", paths->new_file);
	/* So that notify() does not make the file system write times. It may refuse that. */
	fcntl(fd, F_SETFL, O_NOATIME);
	error = pins_lock_producer(fd);
	if (!error)
		error = write_channel_file(generation, fd, paths, config);
	if (!error)
		keep_in_memory(generation, paths->new_file);
	if (!error && rename(paths->new_file, paths->channel_file) < 0)
		error = fail_errno("cannot rename %s to %s", paths->new_file, paths->channel_file);
	if (error) {
		unlink(paths->new_file);
		forget_page(generation);
		fork_close(fd);
		return error;
	}
	generation->fd = fd;
	return 0;
}

static int open_to_viewers(struct generation *generation, const struct channel_paths *paths,
                           const struct generation_config *config)
{
	int error = ring_start(generation->ring_id, config->newest);

	if (error)
		return error;
	write_header(generation, config);
	return create_channel_file(generation, paths, config);
}

static int create_under_free_key(struct generation *generation, struct channel *channel,
                                 const struct generation_config *config, uint64_t bytes)
{
	struct shmflip_removed removed = { 0 };
	key_t key;
	int error = channel_begin_generation(channel, &generation->fixed.generation, &key);

	while (!error) {
		cleanup_key(channel, key, &removed);
		error = create_objects(generation, key, bytes, config);
		if (error != -EEXIST)
			break;
		error = channel_next_key(channel, &key);
	}
	return error;
}

static int compute_layout(struct generation *generation, const struct channel *channel,
                          const struct generation_config *config, uint64_t *bytes)
{
	const struct shmflip_stream *stream = &config->stream->public;
	struct layout_fixed *fixed = &generation->fixed;
	int error;

	*fixed = (struct layout_fixed){
		.first_frame = config->newest + 1,
		.slot_bytes = stream->slot_bytes,
		.slots = stream->slots,
		.frame_metadata_bytes = stream->frame_metadata_bytes,
		.stream_bytes = stream_bytes(config->stream),
		.policy = config->policy,
		.backing = LAYOUT_SYSV,
		.pid = getpid(),
		.lock_device = channel->lock_device,
		.lock_inode = channel->lock_inode,
	};
	error = layout_compute(fixed, bytes);
	if (error)
		return error;
	if (*bytes > memory_available_bytes())
		return fail(
			-ENOMEM,
			"%u slots of %llu MiB are more than the available memory (the system's, or "
			"a cgroup's limit): use fewer slots or smaller frames",
			fixed->slots, (unsigned long long)fixed->slot_bytes >> 20);
	return 0;
}

static int init_frames(struct generation *generation, const struct generation_config *config)
{
	struct frame_pool *pool = &generation->pool;
	int error;

	pool->shared = generation->shared;
	pool->fixed = &generation->fixed;
	pool->stream = stream_ref(config->stream);
	error = frame_pool_init(pool);
	if (error)
		stream_unref(pool->stream);
	return error;
}

int generation_init(struct generation *generation, struct channel *channel,
                    const struct generation_config *config)
{
	struct layout_fixed *fixed = &generation->fixed;
	uint64_t bytes;
	int error = compute_layout(generation, channel, config, &bytes);

	if (error)
		return error;
	error = create_under_free_key(generation, channel, config, bytes);
	if (error)
		goto abandon;
	fixed->producer = config->producer_id ? config->producer_id : fixed->generation;
	error = init_frames(generation, config);
	if (error)
		goto remove;
	error = open_to_viewers(generation, &channel->paths, config);
	if (error)
		goto finish_frames;
	generation->state = LAYOUT_RUNNING;
	generation->awaited = true;
	pins_init(&generation->pins, generation->fd);
	slots_init_writer(&generation->writer, generation->shared, fixed, &generation->pins.locks,
	                  config->newest);
	return 0;

finish_frames:
	frame_pool_finish(&generation->pool);
remove:
	ring_remove(generation->ring_id);
	sysv_segment_detach(generation->shared);
abandon:
	channel_abandon_generation(channel);
	return error;
}

static void write_state(struct generation *generation, enum layout_state state)
{
	generation->state = state;
	/* Pairs with attachment_state(): a viewer that sees it sees every earlier frame. */
	atomic_store_explicit(&generation->shared->state, state, memory_order_release);
}

/* The kernel tells the viewers that watch the file: see watch.h. */
static void notify(const struct generation *generation)
{
	char byte;
	ssize_t bytes = 0;

	watch_fence();
	if (generation->fd >= 0)
		bytes = pread(generation->fd, &byte, sizeof(byte), 0);
	(void)bytes; /* without it, watching viewers look once a second */
}

void generation_order_wakeups(struct generation *generation)
{
	generation->notifies_first = !pins_has_sleeper(&generation->pins);
}

/* The first system call delays the second, by some microseconds if the caches are cold. */
int generation_wake(const struct generation *generation, uint64_t newest)
{
	int error;

	if (generation->notifies_first)
		notify(generation);
	error = ring_publish(generation->ring_id, newest);
	if (!generation->notifies_first)
		notify(generation);
	return error;
}

void generation_end(struct generation *generation, enum layout_state state)
{
	write_state(generation, state);
	ring_end(generation->ring_id, generation->writer.newest);
	notify(generation);
}

void generation_retire(struct generation *generation, enum layout_state state)
{
	if (generation->state == LAYOUT_RUNNING)
		write_state(generation, state);
	ring_remove(generation->ring_id);
	notify(generation);
}

void generation_tell_end(const struct generation *generation, uint64_t last_frame,
                         enum layout_state state)
{
	uint64_t end = layout_end(last_frame, state);
	ssize_t written = 0;

	if (generation->fd >= 0)
		written = pwrite(generation->fd, &end, sizeof(end),
		                 offsetof(struct channel_record, end));
	(void)written; /* without it, such a viewer takes the producer for dead */
}

void generation_unmap(struct generation *generation)
{
	/* In a child of fork() the memory is not there: the address may be another mapping's. */
	if (generation->shared && !fork_check(generation->pool.fork_number))
		sysv_segment_detach(generation->shared);
	generation->shared = NULL;
}

void generation_close_file(struct generation *generation)
{
	/* In a child of fork() the number may be another file's, and the page is not mapped. */
	if (generation->fd >= 0 && !fork_check(generation->pool.fork_number)) {
		forget_page(generation);
		fork_close(generation->fd);
	}
	generation->fd = -1;
}

void generation_finish(struct generation *generation)
{
	generation_unmap(generation);
	generation_close_file(generation);
	frame_pool_finish(&generation->pool);
}
