/* SPDX-License-Identifier: MIT
 *
 * The slot protocol one step at a time: who may write and read a slot. */
#include "slot_pair.h"

static void nothing_is_taken_before_the_first_frame(void **state)
{
	uint64_t frame;
	uint32_t slot;

	(void)state;
	assert_int_equal(slots_take_newest(&reader, 0, &frame, &slot), -EAGAIN);
	assert_int_equal(slots_claim(&reader, SLOTS_NEWEST), 0);
	assert_int_equal(reader.claimed, 1);
	assert_int_equal(slots_take_next(&reader, &frame, &slot), -EAGAIN);
}

static void newest_frame_is_never_written(void **state)
{
	uint32_t front, slot;

	(void)state;
	for (int i = 0; i < 10; i++) {
		publish_one();
		front = layout_latest_slot(shared->latest);
		slot = begin();
		assert_int_not_equal(slot, front);
		slots_finish(&writer, slot);
	}
}

static void held_frame_is_not_written(void **state)
{
	uint64_t frame;
	uint32_t slot, other;

	(void)state;
	publish_one();
	assert_int_equal(slots_take_newest(&reader, 0, &frame, &slot), 0);
	assert_int_equal(frame, 1);
	publish_one();
	assert_int_equal(slots_begin(&writer, &other), -EAGAIN);
	assert_int_equal(held_by(slot), 1);
	slots_release(&reader_locks.locks, frame);
	assert_int_equal(slots_begin(&writer, &other), 0);
	assert_int_equal(other, slot);
	assert_int_equal(held_by(slot), LAYOUT_DIRTY);
}

static void slot_that_a_viewer_holds_is_skipped(void **state)
{
	uint64_t frame;
	uint32_t held, slot;

	(void)state;
	publish_one();
	assert_int_equal(slots_take_newest(&reader, 0, &frame, &held), 0);
	publish_one();
	publish_one();
	slot = begin();
	assert_int_not_equal(slot, held);
	assert_int_not_equal(slot, layout_latest_slot(shared->latest));
	assert_int_equal(slots_begin(&writer, &slot), -EAGAIN);
}

static void same_frame_is_not_taken_twice(void **state)
{
	uint64_t frame;
	uint32_t slot;

	(void)state;
	publish_one();
	assert_int_equal(slots_take_newest(&reader, 0, &frame, &slot), 0);
	assert_int_equal(slots_take_newest(&reader, frame, &frame, &slot), -EAGAIN);
}

static void discarded_slot_is_no_frame(void **state)
{
	uint64_t frame;
	uint32_t slot;

	(void)state;
	publish_one();
	slots_finish(&writer, begin());
	assert_int_equal(slots_take_newest(&reader, 0, &frame, &slot), 0);
	assert_int_equal(frame, 1);
	slots_release(&reader_locks.locks, frame);
	assert_int_equal(publish_one(), 2);
}

static void several_loans_are_published_in_any_order(void **state)
{
	uint32_t first, second, slot;
	uint64_t frame;

	(void)state;
	publish_one();
	assert_int_equal(slots_claim(&reader, SLOTS_NEWEST), 0);
	first = begin();
	second = begin();
	assert_int_not_equal(first, second);
	assert_int_equal(slots_begin(&writer, &slot), -ENOBUFS);
	assert_int_equal(slots_publish(&writer, second), 2);
	assert_int_equal(slots_publish(&writer, first), 3);
	for (uint64_t expected = 1; expected <= 3; expected++) {
		assert_int_equal(slots_take_next(&reader, &frame, &slot), 0);
		assert_int_equal(frame, expected);
	}
}

/* ---- One side runs between two steps of the other ---- */

static void publish_two(void *unused)
{
	(void)unused;
	publish_one();
	publish_one();
}

/* The writer invalidates the frame after the reader has read latest and before it locks. Only the
 * check after the lock shows it. */
static void reader_rechecks_after_locking(void **state)
{
	uint64_t frame;
	uint32_t slot;

	(void)state;
	publish_one();
	reader_locks.before_lock = publish_two;
	assert_int_equal(slots_take_newest(&reader, 0, &frame, &slot), 0);
	assert_int_equal(frame, 3);
	assert_int_equal(table.held[1], 0);
	assert_int_equal(table.held[3], 1);
}

static void take_the_newest(void *frame)
{
	uint32_t slot;

	assert_int_equal(slots_take_newest(&reader, 0, frame, &slot), 0);
}

/* The reader locks the frame after the writer has chosen its slot, before the writer locks it. */
static void writer_skips_a_frame_that_a_reader_locked_first(void **state)
{
	uint64_t held = 0;
	uint32_t slot;

	(void)state;
	publish_one();
	take_the_newest(&held);
	slots_release(&reader_locks.locks, held);
	publish_one();
	/* The writer is about to invalidate frame 1. A reader that read latest long ago holds
	 * it. */
	table.held[1]++;
	assert_int_equal(slots_begin(&writer, &slot), -EAGAIN);
	assert_int_equal(held_by(0), 1);
}

static void note_mark(void *marked)
{
	*(bool *)marked = held_by(0) == LAYOUT_DIRTY;
}

/* A reader that read latest long ago locks the frame as soon as the writer unlocks it. */
static void slot_is_marked_before_it_is_unlocked(void **state)
{
	bool marked = false;

	(void)state;
	publish_one();
	publish_one();
	assert_int_equal(held_by(0), 1);
	writer_locks.before_unlock = note_mark;
	writer_locks.argument = &marked;
	assert_int_equal(begin(), 0);
	assert_true(marked);
}

static void claim_keeps_every_frame(void **state)
{
	uint64_t frame;
	uint32_t slot;

	(void)state;
	publish_one();
	assert_int_equal(slots_claim(&reader, SLOTS_NEWEST), 0);
	publish_one();
	publish_one();
	assert_int_equal(slots_begin(&writer, &slot), -EAGAIN);
	for (uint64_t expected = 1; expected <= 30; expected++) {
		assert_int_equal(slots_take_next(&reader, &frame, &slot), 0);
		assert_int_equal(frame, expected);
		assert_int_equal(held_by(slot), expected);
		slots_release(&reader_locks.locks, frame);
		publish_one();
	}
	slots_unclaim(&reader);
	publish_one();
}

/* The writer publishes frames after the reader has read latest, before it claims. */
static void claim_starts_at_the_newest_frame_once_it_is_locked(void **state)
{
	uint64_t frame;
	uint32_t slot;

	(void)state;
	publish_one();
	reader_locks.before_lock = publish_two;
	assert_int_equal(slots_claim(&reader, SLOTS_NEWEST), 0);
	assert_int_equal(reader.claimed, 3);
	assert_int_equal(slots_take_next(&reader, &frame, &slot), 0);
	assert_int_equal(frame, 3);
}

static void later_generation_starts_after_the_one_before(void **state)
{
	uint64_t frame;
	uint32_t slot;

	(void)state;
	assert_int_equal(slots_newest(&reader), 100);
	assert_int_equal(slots_take_newest(&reader, 100, &frame, &slot), -EAGAIN);
	assert_int_equal(slots_claim(&reader, SLOTS_NEWEST), 0);
	assert_int_equal(reader.claimed, 101);
	assert_int_equal(publish_one(), 101);
	assert_int_equal(slots_take_next(&reader, &frame, &slot), 0);
	assert_int_equal(frame, 101);
}

static void overwritten_frames_are_skipped(void **state)
{
	uint64_t frame, oldest = 0;
	uint32_t slot;

	(void)state;
	for (int i = 0; i < 7; i++)
		publish_one();
	for (uint32_t i = 0; i < fixed.slots; i++)
		if (held_by(i) != LAYOUT_DIRTY && (!oldest || held_by(i) < oldest))
			oldest = held_by(i);
	assert_in_range(oldest, 104, 107);
	assert_int_equal(slots_claim(&reader, 102), 0);
	assert_int_equal(slots_take_next(&reader, &frame, &slot), 0);
	assert_int_equal(frame, oldest);
}

static void invalid_memory_is_refused(void **state)
{
	uint64_t frame;
	uint32_t slot;

	(void)state;
	publish_one();
	shared->latest = layout_latest(7, 2);
	assert_int_equal(slots_take_newest(&reader, 0, &frame, &slot), -EPROTO);
	shared->latest = layout_latest(7, 1);
	assert_int_equal(slots_take_newest(&reader, 0, &frame, &slot), -EPROTO);
	assert_int_equal(slots_claim(&reader, SLOTS_NEWEST), 0);
	assert_int_equal(slots_take_next(&reader, &frame, &slot), -EPROTO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SLOTS(nothing_is_taken_before_the_first_frame, two_slots),
		WITH_SLOTS(newest_frame_is_never_written, two_slots),
		WITH_SLOTS(held_frame_is_not_written, two_slots),
		WITH_SLOTS(slot_that_a_viewer_holds_is_skipped, three_slots),
		WITH_SLOTS(same_frame_is_not_taken_twice, two_slots),
		WITH_SLOTS(discarded_slot_is_no_frame, two_slots),
		WITH_SLOTS(several_loans_are_published_in_any_order, three_slots),
		WITH_SLOTS(reader_rechecks_after_locking, two_slots),
		WITH_SLOTS(writer_skips_a_frame_that_a_reader_locked_first, two_slots),
		WITH_SLOTS(slot_is_marked_before_it_is_unlocked, two_slots),
		WITH_SLOTS(claim_keeps_every_frame, three_slots),
		WITH_SLOTS(claim_starts_at_the_newest_frame_once_it_is_locked, two_slots),
		WITH_SLOTS(later_generation_starts_after_the_one_before, three_slots_from_100),
		WITH_SLOTS(overwritten_frames_are_skipped, three_slots_from_100),
		WITH_SLOTS(invalid_memory_is_refused, two_slots),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
