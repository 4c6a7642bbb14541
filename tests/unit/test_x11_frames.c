/* SPDX-License-Identifier: MIT
 *
 * viewer/present/x11_frames: each frame is released once, as soon as nothing reads it any more,
 * whatever the server answers and when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <pthread.h>
#include <time.h>

#include "made_frame.h"
#include "present/x11_frames.h"

struct log {
	uint64_t released[32];
	int64_t on_screen[32]; /* when they were published */
	int released_count;
	int on_screen_count;
	int woken;
};

static void release_frame(void *context, const struct shmflip_frame *frame)
{
	struct log *log = context;

	log->released[log->released_count++] = frame->sequence;
}

static void on_screen(void *context, int64_t published_ns)
{
	struct log *log = context;

	log->on_screen[log->on_screen_count++] = published_ns;
}

static void wake(void *context)
{
	((struct log *)context)->woken++;
}

static void init(struct x11_frames *frames, struct log *log)
{
	const struct x11_frames_callbacks callbacks = { release_frame, on_screen, wake, log };

	*log = (struct log){ 0 };
	x11_frames_init(frames, &callbacks);
}

static void add(struct x11_frames *frames, uint64_t sequence)
{
	const struct picture picture = { .info.sequence = sequence,
		                         .info.published_ns = (int64_t)sequence,
		                         .frame = made_frame(sequence) };

	x11_frames_add(frames, &picture);
}

static void send(struct x11_frames *frames, unsigned request)
{
	x11_frames_begin_request(frames);
	x11_frames_end_request(frames, request);
}

static void newest_frame_is_held_until_the_next_is_added(void **state)
{
	struct x11_frames frames;
	struct log log;

	(void)state;
	init(&frames, &log);
	add(&frames, 1);
	send(&frames, 10);
	x11_frames_complete(&frames, 10);
	assert_int_equal(log.on_screen_count, 1);
	assert_int_equal(log.released_count, 0);
	assert_int_equal(x11_frames_newest(&frames)->info.sequence, 1);
	add(&frames, 2);
	assert_int_equal(log.released_count, 1);
	assert_int_equal(log.released[0], 1);
	x11_frames_release_newest(&frames);
	assert_int_equal(log.released_count, 2);
	assert_null(x11_frames_newest(&frames));
	x11_frames_finish(&frames);
}

static void pending_frame_is_held_until_the_last_answer(void **state)
{
	struct x11_frames frames;
	struct log log;

	(void)state;
	init(&frames, &log);
	add(&frames, 1);
	send(&frames, 10);
	send(&frames, 11);
	add(&frames, 2);
	send(&frames, 12);
	assert_int_equal(log.released_count, 0);
	x11_frames_complete(&frames, 9);
	assert_int_equal(log.on_screen_count, 0);
	x11_frames_complete(&frames, 10);
	assert_int_equal(log.on_screen_count, 1);
	assert_int_equal(log.released_count, 0);
	x11_frames_complete(&frames, 11);
	assert_int_equal(log.on_screen_count, 1);
	assert_int_equal(log.released[0], 1);
	x11_frames_complete(&frames, 12);
	assert_int_equal(log.on_screen_count, 2);
	assert_int_equal(log.released_count, 1);
	x11_frames_release_newest(&frames);
	x11_frames_finish(&frames);
}

/* An error of a later request also says that the earlier ones are complete. */
static void one_answer_completes_all_requests_before_it(void **state)
{
	struct x11_frames frames;
	struct log log;

	(void)state;
	init(&frames, &log);
	for (unsigned i = 1; i <= 3; i++) {
		add(&frames, i);
		send(&frames, 10 * i);
	}
	x11_frames_complete(&frames, 31);
	assert_int_equal(log.on_screen_count, 3);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(log.on_screen[i], i + 1);
	assert_int_equal(log.released_count, 2);
	x11_frames_release_newest(&frames);
	x11_frames_finish(&frames);
}

static void sequence_numbers_wrap_around(void **state)
{
	struct x11_frames frames;
	struct log log;

	(void)state;
	init(&frames, &log);
	add(&frames, 1);
	send(&frames, UINT32_MAX);
	add(&frames, 2);
	send(&frames, 0);
	x11_frames_complete(&frames, UINT32_MAX - 1);
	assert_int_equal(log.on_screen_count, 0);
	x11_frames_complete(&frames, UINT32_MAX);
	assert_int_equal(log.on_screen_count, 1);
	assert_int_equal(log.released_count, 1);
	x11_frames_complete(&frames, 0);
	assert_int_equal(log.on_screen_count, 2);
	x11_frames_release_newest(&frames);
	x11_frames_finish(&frames);
}

static void repaint_is_not_reported_as_on_screen(void **state)
{
	struct x11_frames frames;
	struct log log;

	(void)state;
	init(&frames, &log);
	add(&frames, 1);
	send(&frames, 1);
	x11_frames_complete(&frames, 1);
	send(&frames, 2);
	x11_frames_complete(&frames, 2);
	assert_int_equal(log.on_screen_count, 1);
	x11_frames_release_newest(&frames);
	assert_int_equal(log.released_count, 1);
	x11_frames_finish(&frames);
}

static void loop_is_woken_only_after_ready_said_no(void **state)
{
	struct x11_frames frames;
	struct log log;

	(void)state;
	init(&frames, &log);
	for (unsigned i = 1; i <= X11_FRAMES_PENDING_MAX; i++) {
		assert_true(x11_frames_ready(&frames));
		add(&frames, i);
		send(&frames, i);
	}
	assert_false(x11_frames_ready(&frames));
	x11_frames_complete(&frames, 1);
	assert_int_equal(log.woken, 1);
	assert_true(x11_frames_ready(&frames));
	x11_frames_complete(&frames, 2);
	assert_int_equal(log.woken, 1);
	x11_frames_release_newest(&frames);
	x11_frames_finish(&frames);
}

static void forgotten_frame_is_not_released(void **state)
{
	struct x11_frames frames;
	struct log log;

	(void)state;
	init(&frames, &log);
	add(&frames, 1);
	send(&frames, 1);
	x11_frames_forget_newest(&frames);
	x11_frames_complete(&frames, 1);
	x11_frames_abandon(&frames);
	assert_int_equal(log.released_count, 0);
	assert_null(x11_frames_newest(&frames));
	x11_frames_finish(&frames);
}

static void all_frames_are_released_when_the_connection_is_lost(void **state)
{
	struct x11_frames frames;
	struct log log;

	(void)state;
	init(&frames, &log);
	for (unsigned i = 1; i <= 3; i++) {
		add(&frames, i);
		send(&frames, i);
	}
	x11_frames_abandon(&frames);
	assert_int_equal(log.released_count, 2);
	x11_frames_release_newest(&frames);
	assert_int_equal(log.released_count, 3);
	x11_frames_finish(&frames);
}

static void *answer_late(void *frames)
{
	nanosleep(&(struct timespec){ .tv_nsec = 20000000 }, NULL);
	x11_frames_complete(frames, 1);
	return NULL;
}

static void adding_waits_for_a_free_entry(void **state)
{
	struct x11_frames frames;
	struct log log;
	pthread_t thread;

	(void)state;
	init(&frames, &log);
	for (unsigned i = 1; i <= X11_FRAMES_MAX; i++) {
		add(&frames, i);
		send(&frames, i);
	}
	assert_int_equal(pthread_create(&thread, NULL, answer_late, &frames), 0);
	add(&frames, X11_FRAMES_MAX + 1);
	pthread_join(thread, NULL);
	assert_int_equal(log.released[0], 1);
	x11_frames_abandon(&frames);
	x11_frames_release_newest(&frames);
	assert_int_equal(log.released_count, X11_FRAMES_MAX + 1);
	x11_frames_finish(&frames);
}

/* ---- Waiting ------------------------------------------------------------------------------- */

struct waiter {
	struct x11_frames *frames;
	_Atomic bool done;
};

static void *wait_in_thread(void *argument)
{
	struct waiter *waiter = argument;

	x11_frames_wait(waiter->frames);
	waiter->done = true;
	return NULL;
}

static void waiting_ends_with_the_last_answer(void **state)
{
	const struct timespec delay = { .tv_nsec = 20000000 };
	struct waiter waiter = { 0 };
	struct x11_frames frames;
	pthread_t thread;
	struct log log;

	(void)state;
	init(&frames, &log);
	x11_frames_wait(&frames);
	for (int abandon = 0; abandon < 2; abandon++) {
		add(&frames, 1);
		send(&frames, 10);
		send(&frames, 12);
		waiter = (struct waiter){ .frames = &frames };
		assert_int_equal(pthread_create(&thread, NULL, wait_in_thread, &waiter), 0);
		x11_frames_complete(&frames, 10);
		nanosleep(&delay, NULL);
		assert_false(waiter.done);
		if (abandon)
			x11_frames_abandon(&frames);
		else
			x11_frames_complete(&frames, 12);
		assert_int_equal(pthread_join(thread, NULL), 0);
		assert_true(waiter.done);
	}
	/* After x11_frames_abandon() there is no answer to wait for. */
	send(&frames, 14);
	x11_frames_wait(&frames);
	x11_frames_release_newest(&frames);
	assert_int_equal(log.released_count, 2);
	x11_frames_finish(&frames);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(newest_frame_is_held_until_the_next_is_added),
		cmocka_unit_test(pending_frame_is_held_until_the_last_answer),
		cmocka_unit_test(one_answer_completes_all_requests_before_it),
		cmocka_unit_test(sequence_numbers_wrap_around),
		cmocka_unit_test(repaint_is_not_reported_as_on_screen),
		cmocka_unit_test(loop_is_woken_only_after_ready_said_no),
		cmocka_unit_test(forgotten_frame_is_not_released),
		cmocka_unit_test(all_frames_are_released_when_the_connection_is_lost),
		cmocka_unit_test(adding_waits_for_a_free_entry),
		cmocka_unit_test(waiting_ends_with_the_last_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
