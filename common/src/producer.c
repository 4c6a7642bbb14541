/* SPDX-License-Identifier: MIT */
#include "producer.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "clock.h"
#include "error.h"
#include "fork.h"
#include "producer_options.h"
#include "retired.h"
#include "ring.h"
#include "structure.h"

#define COUNT_INTERVAL_NS (5 * NS_PER_MS)
/* How often to check that the channel's files and semaphores still exist. */
#define CHECK_INTERVAL_NS (100 * NS_PER_MS)

/* ---- Generations ---- */

static int create_generation(struct shmflip_producer *producer, struct generation **out)
{
	struct generation *generation = calloc(1, sizeof(*generation));
	int error;

	if (!generation)
		return fail(-ENOMEM, "out of memory");
	generation->producer = producer;
	generation->pool.release = producer_release_frame;
	generation->pool.publish = producer_publish_frame;
	generation->pool.reuse = producer_reuse_frame;
	error = generation_init(generation, &producer->channel, &producer->config);
	if (error) {
		free(generation);
		return error;
	}
	producer->config.producer_id = generation->fixed.producer;
	producer->generations++;
	*out = generation;
	return 0;
}

/* If somebody deleted the lock file, locks a new one. Then a new generation is due.
 * -ESTALE  as producer_prepare() */
static int keep_ownership(struct shmflip_producer *producer)
{
	const struct generation_config *config = &producer->config;
	int error;

	if (channel_still_owned(&producer->channel))
		return 0;
	error = channel_reacquire(&producer->channel, config->group, config->mode);
	if (!error)
		producer->renew = true;
	return error;
}

int producer_move_on(struct shmflip_producer *producer, struct stream *stream)
{
	struct generation *old = producer->generation;
	int error;

	producer->config.newest = old->writer.newest;
	producer->config.stream = stream;
	/* The lock file gives a generation its key, and may be deleted at any moment. */
	do {
		error = keep_ownership(producer);
		if (!error)
			error = create_generation(producer, &producer->generation);
	} while (error == -ENOENT && !channel_still_owned(&producer->channel));
	if (error) {
		producer->config.stream = old->pool.stream;
		return error;
	}
	generation_retire(old, LAYOUT_MOVED);
	channel_commit_generation(&producer->channel);
	retired_reap(&producer->earlier);
	retired_add(&producer->earlier, old);
	producer->renew = false;
	producer->stuck_ns = 0;
	return 0;
}

/* Viewers need the channel file and the semaphores, and the lock file keeps other producers out. If
 * any of these is gone, a new generation is due.
 * -ESTALE  as producer_prepare() */
static int check_objects(struct shmflip_producer *producer)
{
	const struct channel *channel = &producer->channel;
	int64_t now_ns = monotonic_lately_ns();
	bool alive;
	int error;

	if (now_ns - producer->checked_ns < CHECK_INTERVAL_NS)
		return 0;
	error = keep_ownership(producer);
	if (error)
		return error;
	if (!directory_is_same_file(channel->paths.channel_file, producer->generation->fd) ||
	    (!ring_query_alive(producer->generation->ring_id, &alive) && !alive))
		producer->renew = true;
	generation_order_wakeups(producer->generation);
	producer->checked_ns = now_ns;
	return 0;
}

int producer_prepare(struct shmflip_producer *producer)
{
	const struct generation *generation = producer->generation;
	int error = check_objects(producer);

	if (error || (!producer->renew && generation->state == LAYOUT_RUNNING))
		return error;
	return producer_move_on(producer, generation->pool.stream);
}

/* ---- Opening ---- */

static int start(struct shmflip_producer *producer, const struct channel_paths *paths)
{
	const struct generation_config *config = &producer->config;
	int error = channel_acquire(&producer->channel, paths, config->group, config->mode);

	if (error)
		return error;
	error = create_generation(producer, &producer->generation);
	if (error)
		channel_release(&producer->channel);
	return error;
}

static int create(const struct shmflip_producer_options *options, struct stream *stream,
                  struct shmflip_producer **out)
{
	struct shmflip_producer *producer;
	struct channel_paths paths;
	int error = channel_paths_init(&paths, options->dir, options->channel);

	if (error)
		return error;
	producer = calloc(1, sizeof(*producer));
	if (!producer)
		return fail(-ENOMEM, "out of memory");
	pthread_mutex_init(&producer->mutex, NULL);
	producer->fork_number = fork_number();
	producer_options_config(&producer->config, options);
	producer->config.stream = stream;
	producer->lease_ns = producer_options_lease_ns(options);
	producer->checked_ns = monotonic_now_ns();
	error = start(producer, &paths);
	if (error)
		producer_free(producer);
	else
		*out = producer;
	return error;
}

int shmflip_producer_open(const struct shmflip_producer_options *given,
                          const struct shmflip_stream *given_stream, struct shmflip_producer **out)
{
	struct shmflip_producer_options options;
	struct stream *stream;
	int error = producer_options_read(&options, given);

	if (!error)
		error = stream_create(given_stream, NULL, &stream);
	if (error)
		return error;
	error = create(&options, stream, out);
	stream_unref(stream);
	return error;
}

/* ---- Streams ---- */

static int configure(struct shmflip_producer *producer, const struct shmflip_stream *given)
{
	const struct generation *generation = producer->generation;
	struct stream *stream;
	int error = stream_create(given, generation->pool.stream, &stream);

	if (error)
		return error;
	if (generation->state != LAYOUT_RUNNING || !stream_equal(stream, generation->pool.stream))
		error = producer_move_on(producer, stream);
	stream_unref(stream);
	return error;
}

int shmflip_producer_configure(struct shmflip_producer *producer,
                               const struct shmflip_stream *stream)
{
	int error = fork_check(producer->fork_number);

	if (error)
		return error;
	pthread_mutex_lock(&producer->mutex);
	error = configure(producer, stream);
	pthread_mutex_unlock(&producer->mutex);
	return error;
}

/* Viewers in earlier generations look there when they find the newest one ended: so tell them
 * first. */
static void end_stream(struct shmflip_producer *producer, enum layout_state state)
{
	retired_tell_end(producer->earlier, producer->generation->writer.newest, state);
	generation_end(producer->generation, state);
}

int shmflip_producer_end(struct shmflip_producer *producer, int failed)
{
	int error = fork_check(producer->fork_number);

	if (error)
		return error;
	if (failed != 0 && failed != 1)
		return fail(-EINVAL, "failed is %d: use 0 or 1", failed);
	pthread_mutex_lock(&producer->mutex);
	if (producer->generation->state == LAYOUT_RUNNING)
		end_stream(producer, failed ? LAYOUT_FAILED : LAYOUT_ENDED);
	pthread_mutex_unlock(&producer->mutex);
	return 0;
}

/* ---- Viewers ---- */

int shmflip_producer_viewers(struct shmflip_producer *producer, uint32_t *viewers)
{
	int error = fork_check(producer->fork_number);

	if (error)
		return error;
	pthread_mutex_lock(&producer->mutex);
	error = pins_count_viewers(&producer->generation->pins, viewers);
	pthread_mutex_unlock(&producer->mutex);
	return error;
}

/* Counts viewers of a stream that has not ended. */
static int count_viewers(struct shmflip_producer *producer, uint32_t *viewers)
{
	int error;

	pthread_mutex_lock(&producer->mutex);
	error = producer_prepare(producer);
	if (!error)
		error = pins_count_viewers(&producer->generation->pins, viewers);
	pthread_mutex_unlock(&producer->mutex);
	return error;
}

int shmflip_producer_wait_viewers(struct shmflip_producer *producer, uint32_t viewers,
                                  int timeout_ms)
{
	struct wait wait = wait_begin(&producer->interrupted, timeout_ms);
	uint32_t attached;
	int error = fork_check(producer->fork_number);

	if (error)
		return error;
	if (viewers > SHMFLIP_VIEWERS_MAX)
		return fail(-EINVAL, "cannot wait for %u viewers: use at most %d", viewers,
		            SHMFLIP_VIEWERS_MAX);
	error = wait_check(&producer->interrupted);
	while (!error) {
		error = count_viewers(producer, &attached);
		if (error || attached >= viewers)
			return error;
		error = wait_sleep(&wait, COUNT_INTERVAL_NS);
	}
	return fail_plain(error);
}

/* ---- Interruption ---- */

void shmflip_producer_interrupt(struct shmflip_producer *producer)
{
	atomic_store_explicit(&producer->interrupted, true, memory_order_relaxed);
}

void shmflip_producer_resume(struct shmflip_producer *producer)
{
	atomic_store_explicit(&producer->interrupted, false, memory_order_relaxed);
}

/* ---- Counts ---- */

void shmflip_producer_count_dropped(struct shmflip_producer *producer)
{
	if (fork_check(producer->fork_number))
		return;
	pthread_mutex_lock(&producer->mutex);
	/* Only shown to people: it orders nothing. */
	atomic_store_explicit(&producer->generation->shared->dropped, ++producer->config.dropped,
	                      memory_order_relaxed);
	pthread_mutex_unlock(&producer->mutex);
}

int shmflip_producer_counts(struct shmflip_producer *producer, struct shmflip_counts *out)
{
	struct shmflip_counts counts = { 0 };
	int error = fork_check(producer->fork_number);

	if (error)
		return error;
	pthread_mutex_lock(&producer->mutex);
	counts.published = producer->generation->writer.newest;
	counts.dropped = producer->config.dropped;
	counts.discarded = producer->discarded;
	counts.generations = producer->generations;
	counts.waited_ns = producer->waited_ns;
	pthread_mutex_unlock(&producer->mutex);
	return structure_write(out, &counts, sizeof(counts), "shmflip_counts");
}

/* ---- Closing ---- */

void producer_free(struct shmflip_producer *producer)
{
	pthread_mutex_destroy(&producer->mutex);
	free(producer);
}

static void close_channel(struct shmflip_producer *producer)
{
	struct generation *generation = producer->generation;

	if (generation->state == LAYOUT_RUNNING)
		retired_tell_end(producer->earlier, generation->writer.newest, LAYOUT_ENDED);
	/* Remove the file before the rest: see live_channel_recheck(). */
	if (directory_is_same_file(producer->channel.paths.channel_file, generation->fd))
		unlink(producer->channel.paths.channel_file);
	generation_retire(generation, LAYOUT_ENDED);
	channel_release(&producer->channel);
}

/* Frees what no frame needs. Returns whether nothing is left. */
static bool close_handle(struct shmflip_producer *producer)
{
	retired_add(&producer->earlier, producer->generation);
	producer->generation = NULL;
	retired_finish(&producer->earlier);
	return !producer->earlier;
}

void shmflip_producer_close(struct shmflip_producer *producer)
{
	bool done;

	if (!producer)
		return;
	if (fork_check(producer->fork_number)) {
		if (close_handle(producer))
			free(producer);
		return;
	}
	pthread_mutex_lock(&producer->mutex);
	close_channel(producer);
	done = close_handle(producer);
	pthread_mutex_unlock(&producer->mutex);
	if (done)
		producer_free(producer);
}
