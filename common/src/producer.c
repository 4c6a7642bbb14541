/* SPDX-License-Identifier: MIT
 *
 * The producer's handle: it owns a channel, and has one generation after another. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "error.h"
#include "generation.h"
#include "producer_options.h"
#include "retired.h"
#include "ring.h"
#include "spin.h"

#define SLEEP_MIN_NS 20000
#define SLEEP_MAX_NS (5 * NS_PER_MS)
#define SLEEP_LATE_NS 100000 /* how much too late most sleeps end, at most */
#define COUNT_INTERVAL_NS (5 * NS_PER_MS)
/* How often to check that the channel's files and semaphores still exist. */
#define CHECK_INTERVAL_NS (100 * NS_PER_MS)

struct shmflip_producer {
	struct channel channel;
	struct generation_config config;
	struct generation *generation;
	bool renew;         /* somebody removed semaphores or files: a new generation is due */
	int64_t checked_ns; /* the last check of files and semaphores */
	int64_t lease_ns;   /* CLOCK_NEVER: the producer takes no viewer for frozen */
	int64_t stuck_ns;   /* since when no slot is free; 0: the last try found one */
	struct retired_generation *retired;
	uint64_t discarded;
	uint64_t generations;
	int64_t waited_ns;
	int64_t waits_ns[2]; /* the last two; 0: a slot was free */
	struct spin spin;
};

static int create_generation(struct shmflip_producer *producer, struct generation **out)
{
	struct generation *generation = calloc(1, sizeof(*generation));
	int error;

	if (!generation)
		return fail(-ENOMEM, "out of memory");
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

int shmflip_producer_create(const struct shmflip_producer_options *options,
                            struct shmflip_producer **out)
{
	struct shmflip_producer *producer;
	struct channel_paths paths;
	int error = producer_options_check(options);

	if (!error)
		error = channel_paths_init(&paths, options->dir, options->channel);
	if (error)
		return error;
	producer = calloc(1, sizeof(*producer));
	if (!producer)
		return fail(-ENOMEM, "out of memory");
	producer_options_config(&producer->config, options);
	producer->lease_ns = producer_options_lease_ns(options);
	error = channel_acquire(&producer->channel, &paths, producer->config.group,
	                        producer->config.mode);
	if (error)
		goto free_memory;
	error = create_generation(producer, &producer->generation);
	if (error)
		goto release_channel;
	producer->checked_ns = monotonic_now_ns();
	*out = producer;
	return 0;

release_channel:
	channel_release(&producer->channel);
free_memory:
	free(producer);
	return error;
}

/* Continues in a new generation. Viewers can still take the frames of the old one. */
static int move_on(struct shmflip_producer *producer)
{
	struct retired_generation *retired = calloc(1, sizeof(*retired));
	struct generation *old = producer->generation;
	int error;

	if (!retired)
		return fail(-ENOMEM, "out of memory");
	producer->config.newest = old->writer.newest;
	error = create_generation(producer, &producer->generation);
	if (error) {
		free(retired);
		return error;
	}
	generation_retire(old, LAYOUT_MOVED);
	channel_commit_generation(&producer->channel);
	retired_reap(&producer->retired);
	retired_add(&producer->retired, retired, old);
	generation_finish(old);
	free(old);
	producer->renew = false;
	producer->stuck_ns = 0;
	return 0;
}

/* Returns whether viewers that want every frame have yet to move here from earlier generations. */
static bool poll_moving_viewers(struct shmflip_producer *producer)
{
	if (producer->config.policy != SHMFLIP_POLICY_LOSSLESS)
		retired_ignore_claims(producer->retired);
	return retired_poll_claims(producer->retired);
}

/* Whether no slot has been free for as long as the lease, which starts with the first call. */
static bool check_lease(struct shmflip_producer *producer)
{
	int64_t now_ns;

	if (producer->lease_ns == CLOCK_NEVER)
		return false;
	now_ns = monotonic_now_ns();
	if (producer->stuck_ns == 0)
		producer->stuck_ns = now_ns;
	return now_ns - producer->stuck_ns >= producer->lease_ns;
}

/* Moving on would take the memory of loans away. */
static int move_on_without_loans(struct shmflip_producer *producer)
{
	if (producer->generation->writer.loans != 0)
		return fail(-EBUSY, "slots are on loan: publish or discard them first");
	return move_on(producer);
}

/* Viewers need the channel file and the semaphores, and the lock file keeps other producers out. If
 * somebody deleted the lock file, locks a new one. If any of these is gone, a new generation is
 * due.
 * -ESTALE  another producer has taken the channel meanwhile; until that one releases it */
static int check_objects(struct shmflip_producer *producer)
{
	const struct generation_config *config = &producer->config;
	struct channel *channel = &producer->channel;
	int64_t now_ns = monotonic_now_ns();
	bool alive;
	int error;

	if (now_ns - producer->checked_ns < CHECK_INTERVAL_NS)
		return 0;
	if (!channel_still_owned(channel)) {
		error = channel_reacquire(channel, config->group, config->mode);
		if (error)
			return error;
		producer->renew = true;
	}
	if (!directory_is_same_file(channel->paths.channel_file, producer->generation->fd) ||
	    (!ring_query_alive(producer->generation->ring_id, &alive) && !alive))
		producer->renew = true;
	producer->checked_ns = now_ns;
	return 0;
}

static int renew_if_due(struct shmflip_producer *producer)
{
	int error = check_objects(producer);

	return error || !producer->renew ? error : move_on_without_loans(producer);
}

static int try_slot(struct shmflip_producer *producer, uint32_t *slot)
{
	int error;

	if (poll_moving_viewers(producer)) {
		if (!check_lease(producer))
			return -EAGAIN;
		/* Live viewers have moved by now: the remaining ones are frozen. */
		retired_ignore_claims(producer->retired);
	}
	error = slots_begin(&producer->generation->writer, slot);
	if (error == -EAGAIN && check_lease(producer) &&
	    retired_reap(&producer->retired) < RETIRED_MAX) {
		error = move_on_without_loans(producer);
		/* Without memory for a new generation, try again after another lease. */
		if (error == -ENOMEM || error == -ENOSPC) {
			producer->stuck_ns = monotonic_now_ns();
			return -EAGAIN;
		}
		/* Wait for viewers that are not frozen, as after a change of size. */
		return error ? error : try_slot(producer, slot);
	}
	if (!error)
		producer->stuck_ns = 0;
	return error;
}

static int spin_for_slot(struct shmflip_producer *producer, uint32_t *slot, int64_t deadline_ns)
{
	int64_t end_ns = monotonic_now_ns() + clock_remaining_ns(deadline_ns, SPIN_NS);
	int error;

	do {
		spin_pause();
		error = try_slot(producer, slot);
	} while (error == -EAGAIN && monotonic_now_ns() < end_ns);
	spin_record(&producer->spin, error != -EAGAIN);
	return error;
}

static void record_wait(struct shmflip_producer *producer, int64_t ns)
{
	producer->waits_ns[1] = producer->waits_ns[0];
	producer->waits_ns[0] = ns;
}

/* Viewers need about the same time for each frame. Sleep through most of the shorter of the last
 * two waits at once, because each sleep costs a system call and two context switches. */
static int64_t next_sleep_ns(const struct shmflip_producer *producer, int64_t start_ns)
{
	const int64_t *waits_ns = producer->waits_ns;
	int64_t expected_ns = waits_ns[0] < waits_ns[1] ? waits_ns[0] : waits_ns[1];
	int64_t end_ns = start_ns + expected_ns / 4 * 3 - SLEEP_LATE_NS;
	int64_t backoff_ns = clock_backoff_ns(start_ns, SLEEP_MIN_NS, SLEEP_MAX_NS);
	int64_t remaining_ns = clock_remaining_ns(end_ns, SLEEP_MAX_NS);

	return remaining_ns > backoff_ns ? remaining_ns : backoff_ns;
}

static int sleep_for_slot(struct shmflip_producer *producer, uint32_t *slot, int64_t start_ns,
                          int64_t deadline_ns)
{
	int64_t sleep_ns;
	int error;

	do {
		sleep_ns = clock_remaining_ns(deadline_ns, next_sleep_ns(producer, start_ns));
		if (sleep_ns == 0)
			return -EAGAIN;
		error = clock_sleep(sleep_ns);
		if (!error)
			error = renew_if_due(producer);
		if (!error)
			error = try_slot(producer, slot);
	} while (error == -EAGAIN);
	return error;
}

static int wait_for_slot(struct shmflip_producer *producer, uint32_t *slot, int64_t deadline_ns)
{
	int64_t start_ns = monotonic_now_ns();
	int error = -EAGAIN;

	if (spin_try(&producer->spin))
		error = spin_for_slot(producer, slot, deadline_ns);
	if (error == -EAGAIN)
		error = sleep_for_slot(producer, slot, start_ns, deadline_ns);
	record_wait(producer, monotonic_now_ns() - start_ns);
	producer->waited_ns += producer->waits_ns[0];
	return error;
}

int shmflip_producer_loan(struct shmflip_producer *producer, struct shmflip_loan *loan,
                          int timeout_ms)
{
	int64_t deadline_ns = clock_deadline_ns(timeout_ms);
	const struct generation *generation = producer->generation;
	uint32_t slot;
	int error;

	if (__builtin_popcountll(generation->writer.loans) + 1 >= (int)generation->fixed.slots)
		return fail(-EBUSY, "%u of %u slots are already on loan",
		            generation->fixed.slots - 1, generation->fixed.slots);
	error = renew_if_due(producer);
	if (!error)
		error = try_slot(producer, &slot);
	if (error == -EAGAIN && timeout_ms != 0)
		error = wait_for_slot(producer, &slot, deadline_ns);
	else if (!error)
		record_wait(producer, 0);
	if (error)
		return error;
	generation = producer->generation;
	loan->pixels = (uint8_t *)generation->shared + generation->fixed.pixels_offset +
	               slot * generation->fixed.slot_bytes;
	loan->size_bytes = generation->fixed.slot_bytes;
	loan->slot = slot;
	return 0;
}

static bool is_on_loan(const struct shmflip_producer *producer, const struct shmflip_loan *loan)
{
	return loan->pixels && loan->slot < producer->generation->fixed.slots &&
	       producer->generation->writer.loans >> loan->slot & 1;
}

int shmflip_producer_publish(struct shmflip_producer *producer, struct shmflip_loan *loan,
                             struct shmflip_frame_info *info)
{
	struct generation *generation = producer->generation;
	int error;

	if (!is_on_loan(producer, loan))
		return fail(-EINVAL, "this slot is not on loan");
	info->published_ns = monotonic_now_ns();
	error = layout_check_frame(info, generation->fixed.slot_bytes);
	if (error)
		return error;
	info->source[sizeof(info->source) - 1] = '\0';
	info->sequence = slots_publish(&generation->writer, loan->slot, info);
	*loan = (struct shmflip_loan){ 0 };
	if (ring_publish(generation->ring_id, info->sequence))
		producer->renew = true;
	return 0;
}

void shmflip_producer_discard(struct shmflip_producer *producer, struct shmflip_loan *loan)
{
	if (!is_on_loan(producer, loan))
		return;
	slots_discard(&producer->generation->writer, loan->slot);
	producer->discarded++;
	*loan = (struct shmflip_loan){ 0 };
}

void shmflip_producer_drop(struct shmflip_producer *producer)
{
	/* Only shown to people: it orders nothing. */
	atomic_store_explicit(&producer->generation->shared->dropped, ++producer->config.dropped,
	                      memory_order_relaxed);
}

int shmflip_producer_resize(struct shmflip_producer *producer, uint64_t slot_bytes)
{
	uint64_t before = producer->config.slot_bytes;
	int error;

	producer->config.slot_bytes = slot_bytes;
	error = move_on_without_loans(producer);
	if (error)
		producer->config.slot_bytes = before;
	return error;
}

int shmflip_producer_viewers(struct shmflip_producer *producer, unsigned *viewers)
{
	return pins_count_viewers(&producer->generation->pins, viewers);
}

int shmflip_producer_wait_viewers(struct shmflip_producer *producer, unsigned viewers,
                                  int timeout_ms)
{
	int64_t deadline_ns = clock_deadline_ns(timeout_ms);
	int64_t sleep_ns;
	unsigned attached;
	int error;

	if (viewers > PINS_VIEWERS_MAX)
		return fail(-EINVAL, "cannot wait for %u viewers: use at most %d", viewers,
		            PINS_VIEWERS_MAX);
	for (;;) {
		error = renew_if_due(producer);
		if (!error)
			error = shmflip_producer_viewers(producer, &attached);
		if (error || attached >= viewers)
			return error;
		sleep_ns = clock_remaining_ns(deadline_ns, COUNT_INTERVAL_NS);
		if (sleep_ns == 0)
			return -EAGAIN;
		error = clock_sleep(sleep_ns);
		if (error)
			return error;
	}
}

void shmflip_producer_stats(const struct shmflip_producer *producer,
                            struct shmflip_producer_stats *stats)
{
	*stats = (struct shmflip_producer_stats){
		.published = producer->generation->writer.newest,
		.dropped = producer->config.dropped,
		.discarded = producer->discarded,
		.generations = producer->generations,
		.waited_ns = producer->waited_ns,
	};
}

void shmflip_producer_destroy(struct shmflip_producer *producer)
{
	if (!producer)
		return;
	/* Remove the file first: see recheck_file() in attachment.c. */
	if (directory_is_same_file(producer->channel.paths.channel_file, producer->generation->fd))
		unlink(producer->channel.paths.channel_file);
	generation_retire(producer->generation, LAYOUT_ENDED);
	generation_finish(producer->generation);
	free(producer->generation);
	retired_finish(&producer->retired);
	channel_release(&producer->channel);
	free(producer);
}
