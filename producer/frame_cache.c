/* SPDX-License-Identifier: MIT */
#include "store.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

/* Beside the newest frame's slot, which cannot be borrowed: for frames whose own slot a viewer holds. */
enum { SPARE_SLOTS = 2, TURN_MS = 100 };

/* What the system can give without swapping, in bytes; all there is if it does not say. */
static uint64_t memory_available(void)
{
	uint64_t kib = UINT64_MAX / 1024;
	char line[128];
	FILE *file = fopen("/proc/meminfo", "re");

	if (!file)
		return UINT64_MAX;
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "MemAvailable: %" SCNu64 " kB", &kib) == 1)
			break;
	fclose(file);
	return kib * 1024;
}

/* In slots if as many slots as the user wants, or any number if none was named, have room. */
static bool fits_slots(size_t frames, struct options *options)
{
	if (options->slots_given)
		return frames < options->slots;
	if (frames > SHMFLIP_SLOTS_MAX - SPARE_SLOTS)
		return false;
	options->slots = (uint32_t)frames + SPARE_SLOTS;
	return true;
}

int store_init(struct store *store, size_t frames, uint64_t slot_bytes, struct options *options)
{
	double bytes;
	bool enough;

	*store =
		(struct store){ .in_slots = fits_slots(frames, options), .slot_bytes = slot_bytes };
	bytes = (double)slot_bytes * (options->slots + (store->in_slots ? 0.0 : (double)frames));
	enough = bytes < (double)memory_available();
	if (!enough || !options->quiet)
		cli_error("preloading %zu frames takes %.0f MiB%s", frames, bytes / (1 << 20),
		          enough ? ""
		                 : ", more memory than is free: use fewer or smaller frames, "
		                   "or no --preload");
	if (!enough)
		return -ENOMEM;
	store->frames = calloc(frames, sizeof(*store->frames));
	store->capacity = frames;
	if (store->frames)
		return 0;
	cli_error("out of memory");
	return -ENOMEM;
}

void store_finish(struct store *store)
{
	for (size_t i = 0; i < store->capacity && !store->in_slots; i++)
		free(store->frames[i].room.pixels);
	free(store->frames);
	*store = (struct store){ 0 };
}

/* ---- Coming in ---------------------------------------------------------------------------- */

int store_room(struct store *store, struct job *job, struct shmflip_producer *producer)
{
	struct stored *stored = &store->frames[job->index];
	int result = -EAGAIN;

	if (store->in_slots) {
		while (result == -EAGAIN && !cli_interrupted())
			result = shmflip_producer_loan(producer, &stored->room, TURN_MS);
	} else {
		stored->room = (struct shmflip_loan){ .pixels = malloc(store->slot_bytes),
			                              .size_bytes = store->slot_bytes,
			                              .slot = SHMFLIP_SLOTS_MAX };
		result = stored->room.pixels ? 0 : -ENOMEM;
	}
	job->loan = stored->room;
	return cli_interrupted() ? -EINTR : result;
}

/* Gives back what a smaller frame does not need. */
static void shrink(const struct store *store, struct stored *stored)
{
	size_t size = (size_t)stored->picture.stride_bytes * stored->height;
	uint8_t *smaller = store->in_slots ? NULL : realloc(stored->room.pixels, size);

	if (smaller)
		stored->room.pixels = smaller;
}

void store_keep(struct store *store, struct job *job)
{
	struct stored *stored = &store->frames[job->index];

	job->loan = (struct shmflip_loan){ 0 };
	if (job->fault)
		return;
	stored->good = true;
	stored->path = job->path;
	stored->width = job->width;
	stored->height = job->height;
	stored->picture = job->picture;
	shrink(store, stored);
}

static uint64_t generations_of(const struct shmflip_producer *producer)
{
	struct shmflip_producer_stats stats;

	shmflip_producer_stats(producer, &stats);
	return stats.generations;
}

void store_close(struct store *store, struct shmflip_producer *producer)
{
	for (size_t i = 0; i < store->capacity; i++) {
		struct stored *stored = &store->frames[i];

		if (store->in_slots) {
			struct shmflip_loan loan = stored->room;

			shmflip_producer_discard(producer, &loan);
		}
		if (stored->good) {
			struct stored kept = *stored;

			*stored = store->frames[store->count];
			store->frames[store->count++] = kept;
		}
	}
	store->generations = generations_of(producer);
}

/* ---- Going out ---------------------------------------------------------------------------- */

static void copy(struct job *job, const struct stored *stored)
{
	memcpy(job->loan.pixels, stored->room.pixels,
	       (size_t)stored->picture.stride_bytes * stored->height);
	job->picture = stored->picture;
	job->ready = true;
}

/* The frame that lies in a slot; NULL: none does. */
static struct stored *find_in_slot(const struct store *store, uint32_t slot)
{
	for (size_t i = 0; i < store->count; i++) {
		if (store->frames[i].good && store->frames[i].room.slot == slot)
			return &store->frames[i];
	}
	return NULL;
}

/* The best of the slots that could be had, if not the frame's own: one that no other frame lies in. */
static unsigned choose(const struct store *store, const struct shmflip_loan *loans, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		if (!find_in_slot(store, loans[i].slot))
			return i;
	}
	return 0;
}

/* Borrows slots until the frame's own is among them, or there are no more to be had, and gives all but
 * one back: what was written there stays. Where none is to be had the library's word stands; it may
 * have gone on in fresh memory by then. */
static int borrow(struct store *store, const struct stored *stored,
                  struct shmflip_producer *producer, struct shmflip_loan *out, int timeout_ms)
{
	struct shmflip_loan loans[SHMFLIP_SLOTS_MAX];
	unsigned count = 0, chosen;
	int result;

	do {
		result = shmflip_producer_loan(producer, &loans[count], count ? 0 : timeout_ms);
		count += result == 0;
	} while (result == 0 && (!stored->good || loans[count - 1].slot != stored->room.slot));
	if (count == 0)
		return result;
	chosen = result == 0 ? count - 1 : choose(store, loans, count);
	*out = loans[chosen];
	for (unsigned i = 0; i < count; i++) {
		if (i != chosen)
			shmflip_producer_discard(producer, &loans[i]);
	}
	return 0;
}

/* Slots of another generation have other memory. */
static void forget_if_moved(struct store *store, struct shmflip_producer *producer)
{
	uint64_t generations = generations_of(producer);

	for (size_t i = 0; i < store->count && generations != store->generations; i++)
		store->frames[i].good = false;
	store->generations = generations;
}

static int loan_in_slots(struct store *store, struct job *job, struct shmflip_producer *producer,
                         int timeout_ms)
{
	struct stored *stored = job->stored, *other;
	int result = borrow(store, stored, producer, &job->loan, timeout_ms);

	if (result)
		return result;
	forget_if_moved(store, producer);
	other = find_in_slot(store, job->loan.slot);
	if (other == stored) {
		job->picture = stored->picture;
		job->ready = true;
		return 0;
	}
	if (other)
		other->good = false;
	if (stored->good)
		copy(job, stored);
	return 0;
}

int store_loan(struct store *store, struct job *job, struct shmflip_producer *producer,
               int timeout_ms)
{
	int result;

	if (store->in_slots)
		return loan_in_slots(store, job, producer, timeout_ms);
	result = shmflip_producer_loan(producer, &job->loan, timeout_ms);
	if (result == 0)
		copy(job, job->stored);
	return result;
}

void store_remember(struct store *store, struct job *job)
{
	struct stored *stored = job->stored;

	if (!store->in_slots)
		return;
	stored->good = true;
	stored->room = job->loan;
	stored->width = job->width;
	stored->height = job->height;
	stored->picture = job->picture;
}
