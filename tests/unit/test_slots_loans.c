/* SPDX-License-Identifier: MIT
 *
 * The slot protocol one step at a time: slots that the producer keeps, and which one it takes. */
#include "slot_pair.h"

/* ---- The producer reads on ---- */

static void kept_frame_is_not_written(void **state)
{
	uint32_t kept = begin(), slot;

	(void)state;
	assert_int_equal(slots_publish(&writer, kept), 1);
	for (uint64_t frame = 2; frame <= 100; frame++) {
		assert_int_equal(publish_one(), frame);
		assert_int_equal(held_by(kept), 1);
	}
	slots_finish(&writer, kept);
	slot = begin();
	assert_int_equal(slot == kept || begin() == kept, true);
}

/* The producer must not wait for its own slots. One stays for the newest frame. */
static void producer_that_has_all_slots_is_told(void **state)
{
	uint32_t lent, kept, slot;

	(void)state;
	lent = begin();
	kept = begin();
	assert_int_equal(slots_begin(&writer, &slot), -ENOBUFS);
	/* Then the kept frame is the newest one. */
	assert_int_equal(slots_publish(&writer, kept), 1);
	slot = begin();
	assert_int_equal(slots_publish(&writer, slot), 2);
	assert_int_equal(slots_begin(&writer, &slot), -ENOBUFS);
	slots_finish(&writer, lent);
	assert_int_equal(begin(), lent);
}

static void kept_frame_is_lent_again(void **state)
{
	uint64_t frame;
	uint32_t kept = begin(), slot;

	(void)state;
	assert_int_equal(slots_publish(&writer, kept), 1);
	assert_int_equal(slots_reuse(&writer, kept), -EAGAIN);
	assert_int_equal(slots_take_newest(&reader, 0, &frame, &slot), 0);
	publish_one();
	assert_int_equal(slots_reuse(&writer, kept), -EAGAIN);
	assert_int_equal(held_by(kept), 1);
	slots_release(&reader_locks.locks, frame);
	assert_int_equal(slots_reuse(&writer, kept), 0);
	assert_int_equal(held_by(kept), LAYOUT_DIRTY);
	assert_int_equal(slots_publish(&writer, kept), 3);
	assert_int_equal(slots_take_newest(&reader, 0, &frame, &slot), 0);
	assert_int_equal(frame, 3);
	assert_int_equal(slot, kept);
}

/* ---- Which slot ---- */

/* It is still in the caches. */
static void slot_that_was_used_last_goes_first(void **state)
{
	uint64_t used = 0;
	uint32_t slot;

	(void)state;
	for (int i = 0; i < 100; i++) {
		publish_one();
		used |= UINT64_C(1) << layout_latest_slot(shared->latest);
	}
	assert_int_equal(__builtin_popcountll(used), 2);
	slot = begin();
	assert_true(used >> slot & 1);
	slots_finish(&writer, slot);
	assert_int_equal(begin(), slot);
	slot = begin();
	slots_finish(&writer, slot);
	assert_int_equal(begin(), slot);
}

static unsigned write_locks;

static int count_and_lock(struct slot_locks *locks, bool write, uint64_t first, uint64_t end)
{
	write_locks += write;
	return memory_lock(locks, write, first, end);
}

/* A viewer that lags holds the youngest frames. Each try to take one of their slots is a system
 * call. */
static void held_slots_are_seldom_tried(void **state)
{
	enum { HELD = 61, LOANS = 300 };
	uint64_t last = 0;
	uint32_t slot;

	(void)state;
	for (int i = 0; i < HELD + LOANS; i++) {
		if (i == HELD) {
			writer_locks.locks.lock = count_and_lock;
			write_locks = 0;
		}
		publish_one();
		assert_int_equal(slots_take_newest(&reader, last, &last, &slot), 0);
		if (last > HELD)
			slots_release(&reader_locks.locks, last - HELD);
	}
	assert_in_range(write_locks, LOANS - 2, 3 * LOANS);
}

/* The viewer holds all frames but one, of any age. held: the oldest first. */
static void every_free_slot_is_found(void **state)
{
	enum { SLOTS = 8 };
	uint64_t held[SLOTS], last = 0;
	uint32_t slot;

	(void)state;
	for (int i = 0; i < SLOTS; i++) {
		publish_one();
		assert_int_equal(slots_take_newest(&reader, last, &last, &slot), 0);
		held[i] = last;
	}
	for (int i = 0; i < 3 * (SLOTS - 1); i++) {
		int position = i % (SLOTS - 1);

		assert_int_equal(slots_begin(&writer, &slot), -EAGAIN);
		slots_release(&reader_locks.locks, held[position]);
		publish_one();
		memmove(held + position, held + position + 1,
		        (size_t)(SLOTS - 1 - position) * sizeof(held[0]));
		assert_int_equal(slots_take_newest(&reader, last, &last, &slot), 0);
		held[SLOTS - 1] = last;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SLOTS(kept_frame_is_not_written, three_slots),
		WITH_SLOTS(producer_that_has_all_slots_is_told, three_slots),
		WITH_SLOTS(kept_frame_is_lent_again, three_slots),
		WITH_SLOTS(slot_that_was_used_last_goes_first, eight_slots),
		WITH_SLOTS(held_slots_are_seldom_tried, all_slots),
		WITH_SLOTS(every_free_slot_is_found, eight_slots),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
