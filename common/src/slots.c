/* SPDX-License-Identifier: MIT */
#include "slots.h"

#include <errno.h>

#include "error.h"

#define TRIES 64

void slots_init_writer(struct slot_writer *writer, struct layout_header *shared, uint32_t count,
                       struct slot_locks *locks, uint64_t newest)
{
	*writer = (struct slot_writer){
		.shared = shared, .locks = locks, .count = count, .front = count, .newest = newest
	};
}

/* The slot with the oldest frame in the set; count if the set is empty. */
static uint32_t oldest_of(const struct slot_writer *writer, uint64_t set)
{
	uint32_t oldest = writer->count;

	for (uint32_t slot = 0; slot < writer->count; slot++)
		if (set >> slot & 1 &&
		    (oldest == writer->count || writer->frame[slot] < writer->frame[oldest]))
			oldest = slot;
	return oldest;
}

/* Marks the slot as being written. If a viewer already holds the old frame, lock fails. A viewer
 * that locks that frame later finds the mark, because it checks the slot after locking. */
static int invalidate_frame(struct slot_writer *writer, uint32_t slot)
{
	uint64_t frame = writer->frame[slot];
	int error;

	if (frame == LAYOUT_DIRTY)
		return 0;
	error = writer->locks->lock(writer->locks, true, frame, frame + 1);
	if (error)
		return error;
	/* Pairs with slot_holds_frame(), through the lock. */
	atomic_store_explicit(&writer->shared->slot[slot].sequence, LAYOUT_DIRTY,
	                      memory_order_relaxed);
	writer->locks->unlock(writer->locks, frame, frame + 1);
	writer->frame[slot] = LAYOUT_DIRTY;
	return 0;
}

int slots_begin(struct slot_writer *writer, uint32_t *slot)
{
	uint64_t all = writer->count == 64 ? UINT64_MAX : (UINT64_C(1) << writer->count) - 1;
	uint64_t set = all & ~writer->loans;
	uint32_t candidate;
	int error;

	if (writer->front < writer->count)
		set &= ~(UINT64_C(1) << writer->front);
	while ((candidate = oldest_of(writer, set)) < writer->count) {
		error = invalidate_frame(writer, candidate);
		if (!error) {
			writer->loans |= UINT64_C(1) << candidate;
			*slot = candidate;
			return 0;
		}
		if (error != -EAGAIN)
			return error;
		set &= ~(UINT64_C(1) << candidate);
	}
	return -EAGAIN;
}

uint64_t slots_publish(struct slot_writer *writer, uint32_t slot,
                       const struct shmflip_frame_info *info)
{
	uint64_t frame = ++writer->newest;

	layout_write_info(&writer->shared->slot[slot], info);
	/* Pairs with slot_holds_frame(): a viewer that sees it sees description and pixels. */
	atomic_store_explicit(&writer->shared->slot[slot].sequence, frame, memory_order_release);
	/* Pairs with newest_word(): a viewer that sees it sees the slot's number. */
	atomic_store_explicit(&writer->shared->latest, layout_latest(frame, slot),
	                      memory_order_release);
	writer->frame[slot] = frame;
	writer->front = slot;
	writer->loans &= ~(UINT64_C(1) << slot);
	return frame;
}

void slots_discard(struct slot_writer *writer, uint32_t slot)
{
	writer->loans &= ~(UINT64_C(1) << slot);
}

void slots_init_reader(struct slot_reader *reader, const struct layout_header *shared,
                       uint32_t count, struct slot_locks *locks)
{
	*reader = (struct slot_reader){
		.shared = shared, .locks = locks, .count = count, .claimed = LAYOUT_FRAME_END
	};
}

static uint64_t newest_word(const struct slot_reader *reader)
{
	/* Pairs with the second store of slots_publish(). */
	return atomic_load_explicit(&reader->shared->latest, memory_order_acquire);
}

static bool slot_holds_frame(const struct slot_reader *reader, uint32_t slot, uint64_t frame)
{
	/* Pairs with the first store of slots_publish(), and with invalidate_frame(). */
	return atomic_load_explicit(&reader->shared->slot[slot].sequence, memory_order_acquire) ==
	       frame;
}

uint64_t slots_newest(const struct slot_reader *reader)
{
	return layout_latest_frame(newest_word(reader));
}

int slots_claim(struct slot_reader *reader, uint64_t after)
{
	uint64_t word = newest_word(reader);
	uint64_t first = layout_latest_frame(word);
	uint64_t newest;
	int error;

	if (after != SLOTS_NEWEST)
		first = after + 1;
	else if (layout_latest_slot(word) == LAYOUT_NO_SLOT)
		first++;
	if (first >= LAYOUT_FRAME_END)
		return fail(-EPROTO, "the frames segment names an invalid newest frame");
	error = reader->locks->lock(reader->locks, false, first, LAYOUT_FRAME_END);
	if (error)
		return error;
	/* Of the frames published before the lock, only the newest is safe: its slot could not be
	 * reused then, and is locked now. */
	newest = slots_newest(reader);
	if (after == SLOTS_NEWEST && newest > first) {
		reader->locks->unlock(reader->locks, first, newest);
		first = newest;
	}
	reader->claimed = first;
	return 0;
}

void slots_unclaim(struct slot_reader *reader)
{
	if (reader->claimed < LAYOUT_FRAME_END)
		reader->locks->unlock(reader->locks, reader->claimed, LAYOUT_FRAME_END);
	reader->claimed = LAYOUT_FRAME_END;
}

int slots_take_newest(struct slot_reader *reader, uint64_t after, uint64_t *frame, uint32_t *slot)
{
	uint64_t word, seen = 0, number;
	int error;

	for (int i = 0; i < TRIES; i++) {
		word = newest_word(reader);
		number = layout_latest_frame(word);
		if (number <= after)
			return -EAGAIN;
		/* The same word twice: no correct producer invalidates its newest frame. */
		if (word == seen || layout_latest_slot(word) >= reader->count)
			return fail(-EPROTO, "the frames segment names an invalid newest frame");
		seen = word;
		/* The line moves from the producer's processor while the kernel locks. */
		layout_prefetch(&reader->shared->slot[layout_latest_slot(word)]);
		error = reader->locks->lock(reader->locks, false, number, number + 1);
		if (error == -EAGAIN)
			continue;
		if (error)
			return error;
		/* Check again: the producer may have invalidated the slot before we locked. */
		if (slot_holds_frame(reader, layout_latest_slot(word), number)) {
			*frame = number;
			*slot = layout_latest_slot(word);
			return 0;
		}
		slots_release(reader->locks, number);
	}
	return -EAGAIN;
}

/* Finds the oldest frame from first to newest that is in a slot. LAYOUT_FRAME_END: none is. */
static uint64_t find_from(const struct slot_reader *reader, uint64_t first, uint64_t newest,
                          uint32_t *slot)
{
	uint64_t found = LAYOUT_FRAME_END, frame;

	for (uint32_t i = 0; i < reader->count; i++) {
		/* Pairs with the first store of slots_publish(). */
		frame = atomic_load_explicit(&reader->shared->slot[i].sequence,
		                             memory_order_acquire);
		if (frame >= first && frame <= newest && frame < found) {
			found = frame;
			*slot = i;
		}
	}
	return found;
}

int slots_take_next(struct slot_reader *reader, uint64_t *frame, uint32_t *slot)
{
	uint64_t newest = slots_newest(reader);
	uint64_t found;

	if (newest < reader->claimed)
		return -EAGAIN;
	found = find_from(reader, reader->claimed, newest, slot);
	if (found == LAYOUT_FRAME_END)
		return fail(-EPROTO, "the frames segment has lost a frame that was claimed");
	if (found > reader->claimed)
		reader->locks->unlock(reader->locks, reader->claimed, found);
	reader->claimed = found + 1;
	*frame = found;
	return 0;
}

void slots_release(struct slot_locks *locks, uint64_t frame)
{
	/* Unlocking is a release: our reads of the pixels come before the producer's next writes,
	 * because its lock() fails until now. */
	locks->unlock(locks, frame, frame + 1);
}
