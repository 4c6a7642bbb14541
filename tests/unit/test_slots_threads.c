/* SPDX-License-Identifier: MIT
 *
 * The slot protocol between threads of one process, where thread sanitizer sees both sides. Pixels
 * are plain memory. If the writer writes a slot that a reader reads, the sanitizer reports a race,
 * and the reader finds a torn frame. */
#include "support.h"

#include <sched.h>

#include "memory_locks.h"

enum { PIXELS = 256, FRAMES = 20000, NEWEST_READERS = 2, EVERY_READERS = 1 };

struct channel_in_memory {
	struct lock_table table;
	struct layout_header *shared;
	struct layout_fixed fixed;
	uint32_t pixels[4][PIXELS];
	_Atomic int readers_ready;
	int readers;
};

struct thread_arg {
	struct channel_in_memory *channel;
	int number;
	bool every;
	uint64_t taken;
	uint64_t torn;
};

static void *write_frames(void *argument)
{
	struct channel_in_memory *channel = argument;
	struct memory_locks locks;
	struct slot_writer writer;
	uint32_t slot;

	memory_locks_init(&locks, &channel->table, 0);
	slots_init_writer(&writer, channel->shared, &channel->fixed, &locks.locks, 0);
	while (channel->readers_ready < channel->readers)
		sched_yield();
	for (uint32_t frame = 1; frame <= FRAMES; frame++) {
		while (slots_begin(&writer, &slot) == -EAGAIN)
			sched_yield();
		for (int i = 0; i < PIXELS; i++)
			channel->pixels[slot][i] = frame;
		layout_record(channel->shared, &channel->fixed, slot)->presentation_ns = frame;
		slots_publish(&writer, slot);
		slots_finish(&writer, slot);
	}
	return NULL;
}

static void check(struct thread_arg *arg, uint32_t slot, uint64_t frame)
{
	const struct channel_in_memory *channel = arg->channel;
	const struct layout_slot *record = layout_record(channel->shared, &channel->fixed, slot);

	arg->torn += record->presentation_ns != (int64_t)frame;
	for (int i = 0; i < PIXELS; i++)
		arg->torn += channel->pixels[slot][i] != frame;
	arg->taken++;
}

static void *read_frames(void *argument)
{
	struct thread_arg *arg = argument;
	struct memory_locks locks;
	struct slot_reader reader;
	uint64_t frame = 0;
	uint32_t slot;
	int error;

	memory_locks_init(&locks, &arg->channel->table, arg->number);
	slots_init_reader(&reader, arg->channel->shared, &arg->channel->fixed, &locks.locks);
	if (arg->every)
		assert_int_equal(slots_claim(&reader, 0), 0);
	arg->channel->readers_ready++;
	while (frame < FRAMES) {
		error = arg->every ? slots_take_next(&reader, &frame, &slot)
		                   : slots_take_newest(&reader, frame, &frame, &slot);
		if (error) {
			assert_int_equal(error, -EAGAIN);
			sched_yield();
			continue;
		}
		check(arg, slot, frame);
		slots_release(&locks.locks, frame);
	}
	return NULL;
}

static void run(uint32_t slots, int newest, int every)
{
	struct channel_in_memory *channel = calloc(1, sizeof(*channel));
	struct thread_arg args[8] = { 0 };
	pthread_t writer, readers[8];

	pthread_mutex_init(&channel->table.mutex, NULL);
	channel->fixed = memory_layout(slots);
	channel->readers = newest + every;
	channel->shared = calloc(1, layout_stream_offset(&channel->fixed));
	channel->shared->latest = layout_latest(0, LAYOUT_NO_SLOT);
	pthread_create(&writer, NULL, write_frames, channel);
	for (int i = 0; i < newest + every; i++) {
		args[i] = (struct thread_arg){ channel, i + 1, i >= newest, 0, 0 };
		pthread_create(&readers[i], NULL, read_frames, &args[i]);
	}
	for (int i = 0; i < newest + every; i++) {
		pthread_join(readers[i], NULL);
		assert_int_equal(args[i].torn, 0);
		assert_true(args[i].taken > 0);
		if (args[i].every)
			assert_int_equal(args[i].taken, FRAMES);
	}
	pthread_join(writer, NULL);
	pthread_mutex_destroy(&channel->table.mutex);
	free(channel->shared);
	free(channel);
}

static void newest_frames_of_two_slots(void **state)
{
	(void)state;
	run(2, NEWEST_READERS, 0);
}

static void newest_frames_of_four_slots(void **state)
{
	(void)state;
	run(4, NEWEST_READERS, 0);
}

static void every_frame_of_two_slots(void **state)
{
	(void)state;
	run(2, 0, EVERY_READERS);
}

static void both_ways_at_once(void **state)
{
	(void)state;
	run(3, NEWEST_READERS, EVERY_READERS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(newest_frames_of_two_slots),
		cmocka_unit_test(newest_frames_of_four_slots),
		cmocka_unit_test(every_frame_of_two_slots),
		cmocka_unit_test(both_ways_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
