/* SPDX-License-Identifier: MIT
 *
 * viewer/x11_flights: frames come back once, as soon as nobody reads them, whatever the order of the
 * server's answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <pthread.h>
#include <time.h>

#include "present/x11_flights.h"

struct log {
	uint64_t given_back[32];
	uint64_t on_screen[32];
	int given_back_count;
	int on_screen_count;
	int woken;
};

static void release_frame(void *context, struct shmflip_frame *frame)
{
	struct log *log = context;

	log->given_back[log->given_back_count++] = frame->info.sequence;
}

static void on_screen(void *context, const struct shmflip_frame_info *info)
{
	struct log *log = context;

	log->on_screen[log->on_screen_count++] = info->sequence;
}

static void wake(void *context)
{
	((struct log *)context)->woken++;
}

static void init(struct flights *flights, struct log *log)
{
	const struct flights_user user = { release_frame, on_screen, wake, log };

	*log = (struct log){ 0 };
	flights_init(flights, &user);
}

static void hold(struct flights *flights, uint64_t sequence)
{
	const struct shmflip_frame frame = { .info.sequence = sequence };

	flights_hold(flights, &frame);
}

static void send(struct flights *flights, unsigned number)
{
	flights_lock(flights);
	flights_sent(flights, number);
}

static void newest_is_kept_until_its_successor_comes(void **state)
{
	struct flights flights;
	struct log log;

	(void)state;
	init(&flights, &log);
	hold(&flights, 1);
	send(&flights, 10);
	flights_done(&flights, 10);
	assert_int_equal(log.on_screen_count, 1);
	assert_int_equal(log.given_back_count, 0);
	assert_int_equal(flights_newest(&flights)->info.sequence, 1);
	hold(&flights, 2);
	assert_int_equal(log.given_back_count, 1);
	assert_int_equal(log.given_back[0], 1);
	flights_let_go(&flights);
	assert_int_equal(log.given_back_count, 2);
	assert_null(flights_newest(&flights));
	flights_finish(&flights);
}

static void frame_under_way_waits_for_the_server(void **state)
{
	struct flights flights;
	struct log log;

	(void)state;
	init(&flights, &log);
	hold(&flights, 1);
	send(&flights, 10);
	send(&flights, 11);
	hold(&flights, 2);
	send(&flights, 12);
	assert_int_equal(log.given_back_count, 0);
	flights_done(&flights, 9);
	assert_int_equal(log.on_screen_count, 0);
	flights_done(&flights, 10);
	assert_int_equal(log.on_screen_count, 1);
	assert_int_equal(log.given_back_count, 0);
	flights_done(&flights, 11);
	assert_int_equal(log.on_screen_count, 1);
	assert_int_equal(log.given_back[0], 1);
	flights_done(&flights, 12);
	assert_int_equal(log.on_screen_count, 2);
	assert_int_equal(log.given_back_count, 1);
	flights_let_go(&flights);
	flights_finish(&flights);
}

/* An error that belongs to a later request says as much of the earlier ones. */
static void one_answer_speaks_for_all_before_it(void **state)
{
	struct flights flights;
	struct log log;

	(void)state;
	init(&flights, &log);
	for (unsigned i = 1; i <= 3; i++) {
		hold(&flights, i);
		send(&flights, 10 * i);
	}
	flights_done(&flights, 31);
	assert_int_equal(log.on_screen_count, 3);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(log.on_screen[i], i + 1);
	assert_int_equal(log.given_back_count, 2);
	flights_let_go(&flights);
	flights_finish(&flights);
}

static void numbers_wrap_around(void **state)
{
	struct flights flights;
	struct log log;

	(void)state;
	init(&flights, &log);
	hold(&flights, 1);
	send(&flights, UINT32_MAX);
	hold(&flights, 2);
	send(&flights, 0);
	flights_done(&flights, UINT32_MAX - 1);
	assert_int_equal(log.on_screen_count, 0);
	flights_done(&flights, UINT32_MAX);
	assert_int_equal(log.on_screen_count, 1);
	assert_int_equal(log.given_back_count, 1);
	flights_done(&flights, 0);
	assert_int_equal(log.on_screen_count, 2);
	flights_let_go(&flights);
	flights_finish(&flights);
}

static void repainting_is_not_showing(void **state)
{
	struct flights flights;
	struct log log;

	(void)state;
	init(&flights, &log);
	hold(&flights, 1);
	send(&flights, 1);
	flights_done(&flights, 1);
	send(&flights, 2);
	flights_done(&flights, 2);
	assert_int_equal(log.on_screen_count, 1);
	flights_let_go(&flights);
	assert_int_equal(log.given_back_count, 1);
	flights_finish(&flights);
}

static void loop_is_woken_once_it_waits(void **state)
{
	struct flights flights;
	struct log log;

	(void)state;
	init(&flights, &log);
	for (unsigned i = 1; i <= FLIGHTS_UNDER_WAY_MAX; i++) {
		assert_true(flights_ready(&flights));
		hold(&flights, i);
		send(&flights, i);
	}
	assert_false(flights_ready(&flights));
	flights_done(&flights, 1);
	assert_int_equal(log.woken, 1);
	assert_true(flights_ready(&flights));
	flights_done(&flights, 2);
	assert_int_equal(log.woken, 1);
	flights_let_go(&flights);
	flights_finish(&flights);
}

static void withdrawn_frame_is_not_given_back(void **state)
{
	struct flights flights;
	struct log log;

	(void)state;
	init(&flights, &log);
	hold(&flights, 1);
	send(&flights, 1);
	flights_withdraw(&flights);
	flights_done(&flights, 1);
	flights_abandon(&flights);
	assert_int_equal(log.given_back_count, 0);
	assert_null(flights_newest(&flights));
	flights_finish(&flights);
}

static void all_come_back_when_the_server_is_gone(void **state)
{
	struct flights flights;
	struct log log;

	(void)state;
	init(&flights, &log);
	for (unsigned i = 1; i <= 3; i++) {
		hold(&flights, i);
		send(&flights, i);
	}
	flights_abandon(&flights);
	assert_int_equal(log.given_back_count, 2);
	flights_let_go(&flights);
	assert_int_equal(log.given_back_count, 3);
	flights_finish(&flights);
}

static void *answer_late(void *flights)
{
	nanosleep(&(struct timespec){ .tv_nsec = 20000000 }, NULL);
	flights_done(flights, 1);
	return NULL;
}

static void no_place_is_waited_for(void **state)
{
	struct flights flights;
	struct log log;
	pthread_t thread;

	(void)state;
	init(&flights, &log);
	for (unsigned i = 1; i <= FLIGHTS_MAX; i++) {
		hold(&flights, i);
		send(&flights, i);
	}
	assert_int_equal(pthread_create(&thread, NULL, answer_late, &flights), 0);
	hold(&flights, FLIGHTS_MAX + 1);
	pthread_join(thread, NULL);
	assert_int_equal(log.given_back[0], 1);
	flights_abandon(&flights);
	flights_let_go(&flights);
	assert_int_equal(log.given_back_count, FLIGHTS_MAX + 1);
	flights_finish(&flights);
}

/* ---- Settling ------------------------------------------------------------------------------- */

struct settling {
	struct flights *flights;
	_Atomic bool settled;
};

static void *settle(void *argument)
{
	struct settling *settling = argument;

	flights_settle(settling->flights);
	settling->settled = true;
	return NULL;
}

static void settling_waits_for_the_last_answer(void **state)
{
	const struct timespec moment = { .tv_nsec = 20000000 };
	struct settling settling = { 0 };
	struct flights flights;
	pthread_t thread;
	struct log log;

	(void)state;
	init(&flights, &log);
	flights_settle(&flights);
	for (int abandon = 0; abandon < 2; abandon++) {
		hold(&flights, 1);
		send(&flights, 10);
		send(&flights, 12);
		settling = (struct settling){ .flights = &flights };
		assert_int_equal(pthread_create(&thread, NULL, settle, &settling), 0);
		flights_done(&flights, 10);
		nanosleep(&moment, NULL);
		assert_false(settling.settled);
		if (abandon)
			flights_abandon(&flights);
		else
			flights_done(&flights, 12);
		assert_int_equal(pthread_join(thread, NULL), 0);
		assert_true(settling.settled);
	}
	/* Nobody will answer. */
	send(&flights, 14);
	flights_settle(&flights);
	flights_let_go(&flights);
	assert_int_equal(log.given_back_count, 2);
	flights_finish(&flights);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(newest_is_kept_until_its_successor_comes),
		cmocka_unit_test(frame_under_way_waits_for_the_server),
		cmocka_unit_test(one_answer_speaks_for_all_before_it),
		cmocka_unit_test(numbers_wrap_around),
		cmocka_unit_test(repainting_is_not_showing),
		cmocka_unit_test(loop_is_woken_once_it_waits),
		cmocka_unit_test(withdrawn_frame_is_not_given_back),
		cmocka_unit_test(all_come_back_when_the_server_is_gone),
		cmocka_unit_test(no_place_is_waited_for),
		cmocka_unit_test(settling_waits_for_the_last_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
