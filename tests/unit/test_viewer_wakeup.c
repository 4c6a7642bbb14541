/* SPDX-License-Identifier: MIT
 *
 * viewer/window/wakeup: each cause ends a sleep at once, in the channel and outside it. A cause
 * that is missed ends the sleep too, but only at the next poll for events: many late ends mean that
 * the wake-up does not work. */
#include "x_server.h"

#include <SDL.h>
#include <SDL_syswm.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cli.h"
#include "handles.h"
#include "window/wakeup.h"

#define ROUNDS 200
#define LATE_NS 40000000
#define LATE_MAX 20

static struct x_server server;
static SDL_Window *window;
static struct shmflip_producer *producer;
static struct shmflip_viewer *viewer;

static int set_up(void **state)
{
	if (make_directory(state) < 0)
		return -1;
	assert_int_equal(SDL_InitSubSystem(SDL_INIT_VIDEO), 0);
	assert_int_equal(wakeup_init(NULL), 0);
	window = SDL_CreateWindow("wakeup", 0, 0, 100, 100, SDL_WINDOW_RESIZABLE);
	assert_non_null(window);
	assert_int_equal(wakeup_watch_display(window), 0);
	producer = create(SHMFLIP_POLICY_LATEST, 3, 0);
	viewer = attach_viewer(SHMFLIP_VIEW_NEWEST);
	return 0;
}

static int tear_down(void **state)
{
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
	wakeup_finish();
	SDL_DestroyWindow(window);
	SDL_QuitSubSystem(SDL_INIT_VIDEO);
	return remove_directory(state);
}

static unsigned sleep_in(struct shmflip_viewer *channel)
{
	return wakeup_wait(channel, monotonic_now_ns() + 1000000000);
}

static void drop_events(void)
{
	SDL_Event event;

	while (SDL_PollEvent(&event))
		continue;
}

/* Waits until there has been no event for 300 ms. */
static void wait_for_quiet(void)
{
	int64_t end_ns = monotonic_now_ns() + 300000000;

	while (monotonic_now_ns() < end_ns) {
		if (!(wakeup_wait(NULL, end_ns) & WAKEUP_EVENTS))
			continue;
		drop_events();
		end_ns = monotonic_now_ns() + 300000000;
	}
}

/* ---- Causes from another thread, at any moment on the way to sleep
 * ----------------------------- */

struct caller {
	void (*call)(int round);
	atomic_int round;  /* the round to call in */
	atomic_int called; /* the last round called in */
};

static void *call_each_round(void *argument)
{
	struct caller *caller = argument;

	for (int round = 1; round <= ROUNDS; round++) {
		while (atomic_load(&caller->round) < round)
			sched_yield();
		for (int64_t end_ns = monotonic_now_ns() + round % 50 * 4000;
		     monotonic_now_ns() < end_ns;)
			continue;
		atomic_store(&caller->called, round);
		caller->call(round);
	}
	return NULL;
}

static void assert_wakes(struct shmflip_viewer *channel, void (*call)(int), unsigned expected)
{
	struct caller caller = { .call = call };
	const struct shmflip_frame *frame;
	pthread_t thread;
	int late = 0;

	wait_for_quiet();
	assert_int_equal(pthread_create(&thread, NULL, call_each_round, &caller), 0);
	for (int round = 1; round <= ROUNDS && late < LATE_MAX; round++) {
		int64_t start_ns = monotonic_now_ns();
		bool woken = false;

		atomic_store(&caller.round, round);
		while (!woken && monotonic_now_ns() - start_ns < LATE_NS)
			woken = (sleep_in(channel) & expected) == expected &&
			        atomic_load(&caller.called) == round;
		late += monotonic_now_ns() - start_ns >= LATE_NS;
		drop_events();
		if (expected == WAKEUP_CHANNEL && shmflip_viewer_acquire(viewer, &frame, 1000) == 0)
			shmflip_frame_release(frame);
	}
	atomic_store(&caller.round, ROUNDS);
	pthread_join(thread, NULL);
	assert_true(late < LATE_MAX);
}

static void signal_loop(int round)
{
	(void)round;
	wakeup_signal();
}

static void test_signals(void **state)
{
	(void)state;
	assert_wakes(NULL, signal_loop, 0);
	assert_wakes(viewer, signal_loop, 0);
}

/* Raised in the other thread, SIGTERM does not by itself end a system call of the loop. */
static void interrupt(int round)
{
	(void)round;
	raise(SIGTERM);
}

static void test_interruptions(void **state)
{
	(void)state;
	cli_catch_interrupts();
	assert_wakes(NULL, interrupt, 0);
	assert_wakes(viewer, interrupt, 0);
	assert_true(cli_interrupted());
}

/* Uses a new size each time. */
static void resize(int round)
{
	static uint32_t width = 100;
	SDL_SysWMinfo info;

	(void)round;
	width++;
	SDL_VERSION(&info.version);
	SDL_GetWindowWMInfo(window, &info);
	xcb_configure_window(server.observer, (xcb_window_t)info.info.x11.window,
	                     XCB_CONFIG_WINDOW_WIDTH, &width);
	xcb_flush(server.observer);
}

static void test_events(void **state)
{
	(void)state;
	assert_wakes(NULL, resize, WAKEUP_EVENTS);
	assert_wakes(viewer, resize, WAKEUP_EVENTS);
}

static void publish(int round)
{
	assert_int_equal(publish_square(producer, (uint32_t)round, 1000), 0);
}

static void test_frames(void **state)
{
	(void)state;
	assert_wakes(viewer, publish, WAKEUP_CHANNEL);
}

static void test_frames_wake_despite_many_events(void **state)
{
	unsigned events = 0;

	(void)state;
	wait_for_quiet();
	publish(1);
	for (int i = 0; i < 20 && !(events & WAKEUP_CHANNEL); i++) {
		resize(i);
		sleep_ms(10);
		events = sleep_in(viewer);
		drop_events();
	}
	assert_true(events & WAKEUP_CHANNEL);
}

/* ---- No cause
 * ---------------------------------------------------------------------------------- */

static void test_timeout(void **state)
{
	struct shmflip_viewer *channels[] = { NULL, viewer };

	(void)state;
	wait_for_quiet();
	for (size_t i = 0; i < 2; i++) {
		int64_t end_ns = monotonic_now_ns() + 150000000;

		while (monotonic_now_ns() < end_ns) {
			assert_false(wakeup_wait(channels[i], end_ns) & WAKEUP_CHANNEL);
			drop_events();
		}
	}
}

/* Not 100 times a second. */
static void test_sleep_is_long(void **state)
{
	struct shmflip_viewer *channels[] = { NULL, viewer };

	(void)state;
	wait_for_quiet();
	for (size_t i = 0; i < 2; i++) {
		int64_t end_ns = monotonic_now_ns() + 1000000000;
		int sleeps = 0;

		while (monotonic_now_ns() < end_ns) {
			sleeps += wakeup_wait(channels[i], end_ns) == 0;
			drop_events();
		}
		assert_true(sleeps < 40);
	}
}

/* Descriptors that may still be opened: none, or one of the two. */
static void test_no_files_left(void **state)
{
	struct rlimit before, limit;

	(void)state;
	getrlimit(RLIMIT_NOFILE, &before);
	int lowest = dup(STDERR_FILENO);
	close(lowest);
	for (int more = 0; more < 2; more++) {
		limit = before;
		limit.rlim_cur = (rlim_t)lowest + (rlim_t)more;
		setrlimit(RLIMIT_NOFILE, &limit);
		int error = wakeup_init(NULL);
		setrlimit(RLIMIT_NOFILE, &before);
		assert_int_equal(error, -EMFILE);
	}
	int lowest_after = dup(STDERR_FILENO);
	close(lowest_after);
	assert_int_equal(lowest_after, lowest);
}

#define WAKEUP(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		WAKEUP(test_signals),
		WAKEUP(test_interruptions),
		WAKEUP(test_events),
		WAKEUP(test_frames),
		WAKEUP(test_frames_wake_despite_many_events),
		WAKEUP(test_timeout),
		WAKEUP(test_sleep_is_long),
		cmocka_unit_test(test_no_files_left),
	};

	if (!start_x_server(&server)) {
		fprintf(stderr, "no Xvfb: nothing tested\n");
		return 77;
	}
	int result = cmocka_run_group_tests(tests, NULL, NULL);
	stop_x_server(&server);
	return result;
}
