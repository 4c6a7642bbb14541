/* SPDX-License-Identifier: MIT */
#include "support.h"

#include <sys/ipc.h>

#include "clock.h"
#include "ring.h"
#include "sysv.h"

static int id;

static int create_ring(void **state)
{
	(void)state;
	return ring_create(IPC_PRIVATE, getegid(), 0600, &id);
}

static int remove_ring(void **state)
{
	(void)state;
	ring_remove(id);
	return 0;
}

static int sleep_after(void *newest)
{
	return -ring_wait(id, *(const uint64_t *)newest, 5 * NS_PER_S);
}

static void publishing_wakes_all_sleepers(void **state)
{
	uint64_t newest = 0;
	pid_t sleepers[4];

	(void)state;
	assert_int_equal(ring_start(id, 0), 0);
	for (int i = 0; i < 4; i++)
		sleepers[i] = start(sleep_after, &newest);
	sleep_ms(50);
	assert_int_equal(ring_publish(id, 1), 0);
	for (int i = 0; i < 4; i++)
		assert_exits(sleepers[i], 0);
}

static void wait_sleeps_until_the_frame_is_published(void **state)
{
	(void)state;
	assert_int_equal(ring_start(id, 41), 0);
	assert_int_equal(ring_wait(id, 41, 20 * NS_PER_MS), -EAGAIN);
	assert_int_equal(ring_publish(id, 42), 0);
	assert_int_equal(ring_wait(id, 41, 0), 0);
	assert_int_equal(ring_wait(id, 42, 20 * NS_PER_MS), -EAGAIN);
}

/* A semaphore that counts up fails at 32767. */
static void semaphore_values_do_not_grow(void **state)
{
	(void)state;
	assert_int_equal(ring_start(id, 0), 0);
	for (uint64_t frame = 1; frame <= 100000; frame++)
		assert_int_equal(ring_publish(id, frame), 0);
	assert_int_equal(ring_wait(id, 100000, 0), -EAGAIN);
	assert_int_equal(ring_wait(id, 99999, 0), 0);
}

static int live_and_pause(void *published)
{
	if (ring_start(id, 0))
		return 1;
	for (uint64_t frame = 1; frame <= *(const uint64_t *)published; frame++)
		ring_publish(id, frame);
	pause();
	return 0;
}

static bool is_alive(void)
{
	bool alive;

	assert_int_equal(ring_query_alive(id, &alive), 0);
	return alive;
}

static void wait_until_alive(void)
{
	for (int i = 0; i < 1000 && !is_alive(); i++)
		sleep_ms(2);
	assert_true(is_alive());
}

/* There is no successor to clean up: the kernel alone must wake the sleeper. */
static void death_wakes_a_sleeper(void **state)
{
	static const uint64_t published[] = { 0, 1, 31, 32, 33, 63, 64, 65, 1000 };
	pid_t producer, sleeper;
	uint64_t newest;

	(void)state;
	for (size_t i = 0; i < sizeof(published) / sizeof(published[0]); i++) {
		newest = published[i];
		producer = start(live_and_pause, &newest);
		wait_until_alive();
		sleep_ms(20);
		sleeper = start(sleep_after, &newest);
		sleep_ms(20);
		kill_and_reap(producer);
		assert_exits(sleeper, 0);
		assert_false(is_alive());
	}
}

static void removal_wakes_a_sleeper(void **state)
{
	uint64_t newest = 0;
	pid_t sleeper;

	(void)state;
	assert_int_equal(ring_start(id, 0), 0);
	sleeper = start(sleep_after, &newest);
	sleep_ms(30);
	ring_remove(id);
	assert_exits(sleeper, 0);
	assert_false(is_alive());
	assert_int_equal(ring_wait(id, 0, NS_PER_S), 0);
	assert_true(ring_publish(id, 1) < 0);
}

/* A viewer that is about to sleep when the stream ends does not sleep. */
static void end_wakes_sleepers_and_lets_nobody_sleep(void **state)
{
	uint64_t newest = 1;
	pid_t sleeper;

	(void)state;
	assert_int_equal(ring_start(id, 0), 0);
	assert_int_equal(ring_publish(id, 1), 0);
	sleeper = start(sleep_after, &newest);
	sleep_ms(30);
	assert_int_equal(ring_end(id, 1), 0);
	assert_exits(sleeper, 0);
	assert_int_equal(ring_wait(id, 1, 0), 0);
	assert_true(is_alive());
}

static void not_alive_before_the_start(void **state)
{
	(void)state;
	assert_false(is_alive());
	assert_int_equal(ring_start(id, 0), 0);
	assert_true(is_alive());
}

#define RING(test) cmocka_unit_test_setup_teardown(test, create_ring, remove_ring)

int main(void)
{
	const struct CMUnitTest tests[] = {
		RING(publishing_wakes_all_sleepers),
		RING(wait_sleeps_until_the_frame_is_published),
		RING(semaphore_values_do_not_grow),
		RING(death_wakes_a_sleeper),
		RING(removal_wakes_a_sleeper),
		RING(not_alive_before_the_start),
		RING(end_wakes_sleepers_and_lets_nobody_sleep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
