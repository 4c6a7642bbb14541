/* SPDX-License-Identifier: MIT */
#include "frame_cache.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "available_memory.h"
#include "cli.h"

/* Slots beyond the number of frames: one to copy to, and one that the library leaves for the newest
 * frame. */
enum { SPARE_SLOTS = 2 };

/* Whether the slots have room for all frames. Without --slots, sets their number to what is
 * needed. */
static bool choose_slots(size_t frames, struct options *options)
{
	if (options->slots_given)
		return frames + SPARE_SLOTS <= options->slots;
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
	for (size_t i = 0; i < cache->capacity; i++) {
		shmflip_frame_release(cache->frames[i].frame);
		free(cache->frames[i].memory);
	}
	free(cache->frames);
	*cache = (struct frame_cache){ 0 };
}

/* ---- Storing frames ----------------------------------------------------------------------- */

static int reserve_memory(struct cached_frame *cached, struct frame_task *task, uint64_t size)
{
	cached->memory = malloc(size);
	if (!cached->memory) {
		cli_error("cannot preload %s: out of memory", task->path);
		return -ECANCELED;
	}
	task->pixels = cached->memory;
	task->pixels_size = size;
	return 0;
}

int frame_cache_reserve(struct frame_cache *cache, struct frame_task *task, struct output *output)
{
	struct shmflip_frame *frame;
	int error;

	if (!cache->in_slots)
		return reserve_memory(&cache->frames[task->index], task, cache->slot_bytes);
	error = output_loan(output, &frame);
	if (!error)
		frame_task_set_frame(task, frame);
	return error;
}

/* Frees the memory that a smaller frame does not need. */
static void shrink(struct cached_frame *cached)
{
	size_t size = (size_t)cached->picture.stride_bytes * cached->height;
	uint8_t *smaller = cached->memory ? realloc(cached->memory, size) : NULL;

	if (smaller)
		cached->memory = smaller;
}

/* Notes what was decoded. The cache gets the task's frame. */
static void store(struct cached_frame *cached, struct frame_task *task)
{
	cached->frame = task->frame;
	cached->width = task->width;
	cached->height = task->height;
	cached->colour = task->colour;
	cached->orientation = task->orientation;
	cached->aspect_num = task->aspect_num;
	cached->aspect_den = task->aspect_den;
	cached->picture = task->picture;
	task->frame = NULL;
	task->pixels = NULL;
}

void frame_cache_insert(struct frame_cache *cache, struct frame_task *task)
{
	struct cached_frame *cached = &cache->frames[task->index];

	if (task->fault) {
		frame_task_release(task);
		return;
	}
	store(cached, task);
	cached->path = task->path;
	cached->file = task->file;
	shrink(cached);
}

void frame_cache_seal(struct frame_cache *cache)
{
	for (size_t i = 0; i < cache->capacity; i++) {
		struct cached_frame kept = cache->frames[i];

		if (kept.path) {
			cache->frames[i] = cache->frames[cache->count];
			cache->frames[cache->count++] = kept;
		}
	}
}

/* ---- Lending stored frames ---------------------------------------------------------------- */

/* Lends the frame's own slot. A slot of memory that the channel has left is not lent. */
static int lend_own(struct cached_frame *cached, struct shmflip_frame **frame)
{
	int error = cached->frame ? 0 : -EAGAIN;

	if (!error && cached->published)
		error = shmflip_frame_reuse(cached->frame);
	if (error)
		return error;
	*frame = cached->frame;
	cached->frame = NULL;
	return 0;
}

/* Lends the slot of another frame, whose pixels are lost: the one that is shown last from now. */
static int evict_other(struct frame_cache *cache, const struct cached_frame *cached,
                       struct shmflip_frame **frame)
{
	size_t index = (size_t)(cached - cache->frames);

	for (size_t back = 1; back < cache->count; back++) {
		size_t other = (index + cache->count - back) % cache->count;

		if (cache->frames[other].published && lend_own(&cache->frames[other], frame) == 0)
			return 0;
	}
	return -EAGAIN;
}

/* Prefers a slot without another frame. */
static int lend_other(struct frame_cache *cache, const struct cached_frame *cached,
                      struct shmflip_producer *producer, struct shmflip_frame **frame,
                      int timeout_ms)
{
	int error = shmflip_producer_loan(producer, frame, 0);

	if (error == -EAGAIN)
		error = evict_other(cache, cached, frame);
	if (error == -EAGAIN && timeout_ms)
		error = shmflip_producer_loan(producer, frame, timeout_ms);
	return error;
}

int frame_cache_loan(struct frame_cache *cache, struct frame_task *task,
                     struct shmflip_producer *producer, int timeout_ms)
{
	struct cached_frame *cached = task->cached;
	const uint8_t *pixels = cached->frame ? cached->frame->plane[0].pixels : cached->memory;
	struct shmflip_frame *frame;
	int error = lend_own(cached, &frame);

	if (!error) {
		frame_task_set_frame(task, frame);
		task->picture = cached->picture;
		task->ready = true;
		return 0;
	}
	error = lend_other(cache, cached, producer, &frame, timeout_ms);
	if (error)
		return error;
	frame_task_set_frame(task, frame);
	if (pixels)
		frame_task_copy_pixels(task, pixels, &cached->picture);
	shmflip_frame_release(cached->frame);
	cached->frame = NULL;
	return 0;
}

void frame_cache_keep(struct frame_cache *cache, struct frame_task *task)
{
	if (!cache->in_slots) {
		frame_task_release(task);
		return;
	}
	store(task->cached, task);
	task->cached->published = true;
}
