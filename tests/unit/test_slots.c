/* SPDX-License-Identifier: MIT
 *
 * The slot protocol one step at a time, on plain memory. */
#include "support.h"

#include "memory_locks.h"

static struct lock_table table;
static struct layout_header *shared;
static struct memory_locks writer_locks, reader_locks;
static struct slot_writer writer;
static struct slot_reader reader;

static int set_up(uint32_t slots, uint64_t newest)
{
	memset(&table, 0, sizeof(table));
	pthread_mutex_init(&table.mutex, NULL);
	shared = calloc(1, sizeof(*shared) + slots * sizeof(struct layout_slot));
	shared->latest = layout_latest(newest, LAYOUT_NO_SLOT);
	memory_locks_init(&writer_locks, &table, 0);
	memory_locks_init(&reader_locks, &table, 1);
	slots_init_writer(&writer, shared, slots, &writer_locks.locks, newest);
	slots_init_reader(&reader, shared, slots, &reader_locks.locks);
	return 0;
}

static int two_slots(void **state)
{
	(void)state;
	return set_up(2, 0);
}

static int three_slots(void **state)
{
	(void)state;
	return set_up(3, 0);
}

static int three_slots_from_100(void **state)
{
	(void)state;
	return set_up(3, 100);
}

static int tear_down(void **state)
{
	(void)state;
	free(shared);
	return 0;
}

static uint32_t begin(void)
{
	uint32_t slot;

	assert_int_equal(slots_begin(&writer, &slot), 0);
	return slot;
}

static uint64_t publish_one(void)
{
	struct shmflip_frame_info info = square_info();

	return slots_publish(&writer, begin(), &info);
}

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
		slots_discard(&writer, slot);
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
	assert_int_equal(shared->slot[slot].sequence, 1);
	slots_release(&reader_locks.locks, frame);
	assert_int_equal(slots_begin(&writer, &other), 0);
	assert_int_equal(other, slot);
	assert_int_equal(shared->slot[slot].sequence, LAYOUT_DIRTY);
}

static void oldest_free_frame_goes_first(void **state)
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
	slots_discard(&writer, begin());
	assert_int_equal(slots_take_newest(&reader, 0, &frame, &slot), 0);
	assert_int_equal(frame, 1);
	slots_release(&reader_locks.locks, frame);
	assert_int_equal(publish_one(), 2);
}

static void several_loans_are_published_in_any_order(void **state)
{
	struct shmflip_frame_info info = square_info();
	uint32_t first, second, slot;
	uint64_t frame;

	(void)state;
	publish_one();
	assert_int_equal(slots_claim(&reader, SLOTS_NEWEST), 0);
	first = begin();
	second = begin();
	assert_int_not_equal(first, second);
	assert_int_equal(slots_begin(&writer, &slot), -EAGAIN);
	assert_int_equal(slots_publish(&writer, second, &info), 2);
	assert_int_equal(slots_publish(&writer, first, &info), 3);
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
	assert_int_equal(shared->slot[0].sequence, 1);
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
		assert_int_equal(shared->slot[slot].sequence, expected);
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
	uint64_t frame;
	uint32_t slot;

	(void)state;
	for (int i = 0; i < 7; i++)
		publish_one();
	assert_int_equal(slots_claim(&reader, 102), 0);
	assert_int_equal(slots_take_next(&reader, &frame, &slot), 0);
	assert_int_equal(frame, 105);
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

#define TWO(test) cmocka_unit_test_setup_teardown(test, two_slots, tear_down)
#define THREE(test) cmocka_unit_test_setup_teardown(test, three_slots, tear_down)
#define LATER(test) cmocka_unit_test_setup_teardown(test, three_slots_from_100, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TWO(nothing_is_taken_before_the_first_frame),
		TWO(newest_frame_is_never_written),
		TWO(held_frame_is_not_written),
		THREE(oldest_free_frame_goes_first),
		TWO(same_frame_is_not_taken_twice),
		TWO(discarded_slot_is_no_frame),
		THREE(several_loans_are_published_in_any_order),
		TWO(reader_rechecks_after_locking),
		TWO(writer_skips_a_frame_that_a_reader_locked_first),
		THREE(claim_keeps_every_frame),
		TWO(claim_starts_at_the_newest_frame_once_it_is_locked),
		LATER(later_generation_starts_after_the_one_before),
		LATER(overwritten_frames_are_skipped),
		TWO(invalid_memory_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
