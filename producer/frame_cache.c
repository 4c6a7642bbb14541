/* SPDX-License-Identifier: MIT */
#include "frame_cache.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "available_memory.h"
#include "cli.h"

/* Slots beyond the number of frames: the newest frame's slot is not lent, and viewers hold
 * others. */
enum { SPARE_SLOTS = 2, WAIT_MS = 100 };

/* Whether the slots have room for all frames. Without --slots, sets their number to what is
 * needed. */
static bool choose_slots(size_t frames, struct options *options)
{
	if (options->slots_given)
		return frames < options->slots;
	if (frames > SHMFLIP_SLOTS_MAX - SPARE_SLOTS)
		return false;
	options->slots = (uint32_t)frames + SPARE_SLOTS;
	return true;
}

int frame_cache_init(struct frame_cache *cache, size_t frames, uint64_t slot_bytes,
                     struct options *options)
{
	double bytes;
	bool enough;

	*cache = (struct frame_cache){ .in_slots = choose_slots(frames, options),
		                       .slot_bytes = slot_bytes };
	bytes = (double)slot_bytes * (options->slots + (cache->in_slots ? 0.0 : (double)frames));
	enough = bytes < (double)memory_available_bytes();
	if (!enough || !options->quiet)
		cli_error("preloading %zu frames takes %.0f MiB%s", frames, bytes / (1 << 20),
		          enough ? ""
		                 : ", more memory than is free: use fewer or smaller frames, "
		                   "or no --preload");
	if (!enough)
		return -ENOMEM;
	cache->frames = calloc(frames, sizeof(*cache->frames));
	cache->capacity = frames;
	if (cache->frames)
		return 0;
	cli_error("out of memory");
	return -ENOMEM;
}

void frame_cache_finish(struct frame_cache *cache)
{
	for (size_t i = 0; i < cache->capacity && !cache->in_slots; i++)
		free(cache->frames[i].storage.pixels);
	free(cache->frames);
	*cache = (struct frame_cache){ 0 };
}

/* ---- Storing frames ----------------------------------------------------------------------- */

int frame_cache_reserve(struct frame_cache *cache, struct frame_task *task,
                        struct shmflip_producer *producer)
{
	struct cached_frame *cached = &cache->frames[task->index];
	int error = -EAGAIN;

	if (cache->in_slots) {
		while (error == -EAGAIN && !cli_interrupted())
			error = shmflip_producer_loan(producer, &cached->storage, WAIT_MS);
	} else {
		cached->storage = (struct shmflip_loan){ .pixels = malloc(cache->slot_bytes),
			                                 .size_bytes = cache->slot_bytes,
			                                 .slot = SHMFLIP_SLOTS_MAX };
		error = cached->storage.pixels ? 0 : -ENOMEM;
	}
	task->loan = cached->storage;
	return cli_interrupted() ? -EINTR : error;
}

/* Frees the memory that a smaller frame does not need. */
static void shrink(const struct frame_cache *cache, struct cached_frame *cached)
{
	size_t size = (size_t)cached->picture.stride_bytes * cached->height;
	uint8_t *smaller = cache->in_slots ? NULL : realloc(cached->storage.pixels, size);

	if (smaller)
		cached->storage.pixels = smaller;
}

void frame_cache_insert(struct frame_cache *cache, struct frame_task *task)
{
	struct cached_frame *cached = &cache->frames[task->index];

	task->loan = (struct shmflip_loan){ 0 };
	if (task->fault)
		return;
	cached->valid = true;
	cached->path = task->path;
	cached->file = task->file;
	cached->width = task->width;
	cached->height = task->height;
	cached->picture = task->picture;
	shrink(cache, cached);
}

static uint64_t count_generations(const struct shmflip_producer *producer)
{
	struct shmflip_producer_stats stats;

	shmflip_producer_stats(producer, &stats);
	return stats.generations;
}

void frame_cache_seal(struct frame_cache *cache, struct shmflip_producer *producer)
{
	for (size_t i = 0; i < cache->capacity; i++) {
		struct cached_frame *cached = &cache->frames[i];

		if (cache->in_slots) {
			struct shmflip_loan loan = cached->storage;

			shmflip_producer_discard(producer, &loan);
		}
		if (cached->valid) {
			struct cached_frame kept = *cached;

			*cached = cache->frames[cache->count];
			cache->frames[cache->count++] = kept;
		}
	}
	cache->generations = count_generations(producer);
}

/* ---- Lending stored frames ---------------------------------------------------------------- */

static void copy(struct frame_task *task, const struct cached_frame *cached)
{
	memcpy(task->loan.pixels, cached->storage.pixels,
	       (size_t)cached->picture.stride_bytes * cached->height);
	task->picture = cached->picture;
	task->ready = true;
}

/* The frame in this slot; NULL: none. */
static struct cached_frame *find_in_slot(const struct frame_cache *cache, uint32_t slot)
{
	for (size_t i = 0; i < cache->count; i++) {
		if (cache->frames[i].valid && cache->frames[i].storage.slot == slot)
			return &cache->frames[i];
	}
	return NULL;
}

/* If the frame's own slot is not lent, prefers a slot without another frame. */
static unsigned choose_loan(const struct frame_cache *cache, const struct shmflip_loan *loans,
                            unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		if (!find_in_slot(cache, loans[i].slot))
			return i;
	}
	return 0;
}

/* Takes slots on loan until one is the frame's own, or no more are free, then discards all loans
 * but one: the pixels in those slots stay. If no slot is free, returns the error of
 * shmflip_producer_loan(). The library may have moved to fresh memory meanwhile. */
static int loan_best_slot(struct frame_cache *cache, const struct cached_frame *cached,
                          struct shmflip_producer *producer, struct shmflip_loan *out,
                          int timeout_ms)
{
	struct shmflip_loan loans[SHMFLIP_SLOTS_MAX];
	unsigned count = 0, chosen;
	int error;

	do {
		error = shmflip_producer_loan(producer, &loans[count], count ? 0 : timeout_ms);
		count += error == 0;
	} while (error == 0 && (!cached->valid || loans[count - 1].slot != cached->storage.slot));
	if (count == 0)
		return error;
	chosen = error == 0 ? count - 1 : choose_loan(cache, loans, count);
	*out = loans[chosen];
	for (unsigned i = 0; i < count; i++) {
		if (i != chosen)
			shmflip_producer_discard(producer, &loans[i]);
	}
	return 0;
}

/* Slots of another generation have other memory. */
static void invalidate_if_moved(struct frame_cache *cache, struct shmflip_producer *producer)
{
	uint64_t generations = count_generations(producer);

	for (size_t i = 0; i < cache->count && generations != cache->generations; i++)
		cache->frames[i].valid = false;
	cache->generations = generations;
}

static int loan_in_slots(struct frame_cache *cache, struct frame_task *task,
                         struct shmflip_producer *producer, int timeout_ms)
{
	struct cached_frame *cached = task->cached, *other;
	int error = loan_best_slot(cache, cached, producer, &task->loan, timeout_ms);

	if (error)
		return error;
	invalidate_if_moved(cache, producer);
	other = find_in_slot(cache, task->loan.slot);
	if (other == cached) {
		task->picture = cached->picture;
		task->ready = true;
		return 0;
	}
	if (other)
		other->valid = false;
	if (cached->valid)
		copy(task, cached);
	return 0;
}

int frame_cache_loan(struct frame_cache *cache, struct frame_task *task,
                     struct shmflip_producer *producer, int timeout_ms)
{
	int error;

	if (cache->in_slots)
		return loan_in_slots(cache, task, producer, timeout_ms);
	error = shmflip_producer_loan(producer, &task->loan, timeout_ms);
	if (error == 0)
		copy(task, task->cached);
	return error;
}

void frame_cache_update(struct frame_cache *cache, struct frame_task *task)
{
	struct cached_frame *cached = task->cached;

	if (!cache->in_slots)
		return;
	cached->valid = true;
	cached->storage = task->loan;
	cached->width = task->width;
	cached->height = task->height;
	cached->picture = task->picture;
}
