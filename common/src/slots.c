/* SPDX-License-Identifier: MIT */
#include "slots.h"

#include <errno.h>
#include <string.h>

#include "error.h"

#define TRIES 64

void slots_init_writer(struct slot_writer *writer, struct layout_header *shared,
                       const struct layout_fixed *fixed, struct slot_locks *locks, uint64_t newest)
{
	*writer = (struct slot_writer){
		.shared = shared,
		.fixed = fixed,
		.locks = locks,
		.front = fixed->slots,
		.newest = newest,
	};
	for (uint32_t slot = 0; slot < fixed->slots; slot++)
		writer->order[slot] = (uint8_t)slot;
}

static uint64_t bit_of(uint32_t slot)
{
	return UINT64_C(1) << slot;
}

static void move_to_front(struct slot_writer *writer, uint32_t slot)
{
	uint8_t *order = writer->order;
	uint32_t position = 0;

	while (order[position] != slot)
		position++;
	if (position > 0)
		memmove(order + 1, order, position);
	order[0] = (uint8_t)slot;
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
	atomic_store_explicit(&layout_record(writer->shared, writer->fixed, slot)->sequence,
	                      LAYOUT_DIRTY, memory_order_relaxed);
	writer->locks->unlock(writer->locks, frame, frame + 1);
	writer->frame[slot] = LAYOUT_DIRTY;
	return 0;
}

/* Slots that may be lent, in the order of their last writing: position 0 is the youngest. */
struct candidates {
	uint64_t out; /* one bit per slot that is none */
	uint32_t count;
	uint64_t refused; /* one bit per position: a viewer holds the frame there */
};

/* -ENOBUFS  the producer has so many slots that none would stay for the newest frame */
static int list_candidates(const struct slot_writer *writer, struct candidates *list)
{
	bool has_front = writer->front < writer->fixed->slots;
	uint64_t out = writer->loans | writer->kept | (has_front ? bit_of(writer->front) : 0);
	uint32_t used = (uint32_t)__builtin_popcountll(out) + !has_front;

	if (used >= writer->fixed->slots)
		return -ENOBUFS;
	*list = (struct candidates){ .out = out,
		                     .count = writer->fixed->slots - used + !has_front };
	return 0;
}

static uint32_t slot_at(const struct slot_writer *writer, const struct candidates *list,
                        uint32_t position)
{
	const uint8_t *slot = writer->order;

	for (;; slot++)
		if (!(list->out >> *slot & 1) && position-- == 0)
			return *slot;
}

/* Takes the slot at a position on loan. Does not ask the kernel again after a refusal. */
static int try_position(struct slot_writer *writer, struct candidates *list, uint32_t position,
                        uint32_t *slot)
{
	uint32_t tried = slot_at(writer, list, position);
	int error;

	if (list->refused >> position & 1)
		return -EAGAIN;
	error = invalidate_frame(writer, tried);
	if (error == -EAGAIN)
		list->refused |= bit_of(position);
	if (error)
		return error;
	writer->loans |= bit_of(tried);
	writer->lag = position;
	*slot = tried;
	return 0;
}

/* A viewer that lags holds all frames from some age on to the newest. So goes to older ones in
 * steps that double, and then tries all. */
static int try_from(struct slot_writer *writer, struct candidates *list, uint32_t first,
                    uint32_t *slot)
{
	uint32_t oldest = list->count - 1;
	uint32_t position = first < oldest ? first : oldest;
	int error;

	while ((error = try_position(writer, list, position, slot)) == -EAGAIN && position < oldest)
		position = 2 * position + 1 < oldest ? 2 * position + 1 : oldest;
	for (position = list->count; error == -EAGAIN && position-- > 0;)
		error = try_position(writer, list, position, slot);
	return error;
}

int slots_begin(struct slot_writer *writer, uint32_t *slot)
{
	struct candidates list;
	int error = list_candidates(writer, &list);
	uint32_t lag = writer->lag;

	if (error)
		return error;
	error = -EAGAIN;
	/* Viewers may hold fewer frames by now: see whether a younger one is free. */
	if (lag > 0 && lag < list.count && spin_try(&writer->probe)) {
		error = try_position(writer, &list, lag / 2, slot);
		spin_record(&writer->probe, error != -EAGAIN);
	}
	if (error == -EAGAIN)
		error = try_from(writer, &list, lag, slot);
	return error;
}

uint64_t slots_publish(struct slot_writer *writer, uint32_t slot)
{
	struct layout_slot *record = layout_record(writer->shared, writer->fixed, slot);
	uint64_t frame = ++writer->newest;

	/* Pairs with slot_holds_frame(): a viewer that sees it sees description and pixels. */
	atomic_store_explicit(&record->sequence, frame, memory_order_release);
	/* Pairs with newest_word(): a viewer that sees it sees the slot's number. */
	atomic_store_explicit(&writer->shared->latest, layout_latest(frame, slot),
	                      memory_order_release);
	writer->frame[slot] = frame;
	writer->front = slot;
	writer->loans &= ~bit_of(slot);
	writer->kept |= bit_of(slot);
	move_to_front(writer, slot);
	return frame;
}

int slots_reuse(struct slot_writer *writer, uint32_t slot)
{
	int error = slot == writer->front ? -EAGAIN : invalidate_frame(writer, slot);

	if (error)
		return error;
	writer->kept &= ~bit_of(slot);
	writer->loans |= bit_of(slot);
	return 0;
}

void slots_finish(struct slot_writer *writer, uint32_t slot)
{
	if (writer->loans >> slot & 1)
		move_to_front(writer, slot);
	writer->loans &= ~bit_of(slot);
	writer->kept &= ~bit_of(slot);
}

void slots_init_reader(struct slot_reader *reader, const struct layout_header *shared,
                       const struct layout_fixed *fixed, struct slot_locks *locks)
{
	*reader = (struct slot_reader){
		.shared = shared, .fixed = fixed, .locks = locks, .claimed = LAYOUT_FRAME_END
	};
}

static uint64_t newest_word(const struct slot_reader *reader)
{
	/* Pairs with the second store of slots_publish(). */
	return atomic_load_explicit(&reader->shared->latest, memory_order_acquire);
}

static uint64_t slot_sequence(const struct slot_reader *reader, uint32_t slot)
{
	const struct layout_slot *record = layout_record(reader->shared, reader->fixed, slot);

	/* Pairs with the first store of slots_publish(), and with invalidate_frame(). */
	return atomic_load_explicit(&record->sequence, memory_order_acquire);
}

static bool slot_holds_frame(const struct slot_reader *reader, uint32_t slot, uint64_t frame)
{
	return slot_sequence(reader, slot) == frame;
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
		if (word == seen || layout_latest_slot(word) >= reader->fixed->slots)
			return fail(-EPROTO, "the frames segment names an invalid newest frame");
		seen = word;
		/* The line moves from the producer's processor while the kernel locks. */
		layout_prefetch(
			layout_record(reader->shared, reader->fixed, layout_latest_slot(word)));
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

	for (uint32_t i = 0; i < reader->fixed->slots; i++) {
		frame = slot_sequence(reader, i);
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
