/* SPDX-License-Identifier: MIT
 *
 * viewer/bell: whatever ends a sleep ends it at once, in the channel and out of it. A call that is
 * missed ends it too, but only at the next look for events: many such would be a wake-up that does not work. */
#include "x_server.h"

#include <SDL.h>
#include <SDL_syswm.h>
#include <pthread.h>
#include <stdatomic.h>

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

static int open_bell(void **state)
{
	if (make_directory(state) < 0)
		return -1;
	assert_int_equal(SDL_InitSubSystem(SDL_INIT_VIDEO), 0);
	assert_int_equal(wakeup_init(), 0);
	window = SDL_CreateWindow("bell", 0, 0, 100, 100, SDL_WINDOW_RESIZABLE);
	assert_non_null(window);
	assert_int_equal(wakeup_watch_display(window), 0);
	producer = create(SHMFLIP_POLICY_LATEST, 3, 0);
	viewer = attach_viewer(SHMFLIP_VIEW_NEWEST);
	return 0;
}

static int close_bell(void **state)
{
	shmflip_viewer_destroy(viewer);
	shmflip_producer_destroy(producer);
	wakeup_finish();
	SDL_DestroyWindow(window);
	SDL_QuitSubSystem(SDL_INIT_VIDEO);
	return remove_directory(state);
}

static unsigned sleep_in(struct shmflip_viewer *channel)
{
	return wakeup_wait(channel, monotonic_now_ns() + 1000000000);
}

static void forget_events(void)
{
	SDL_Event event;

	while (SDL_PollEvent(&event))
		continue;
}

/* Until nothing more comes of what there was. */
static void calm_down(void)
{
	int64_t end_ns = now_ns() + 300000000;

	while (now_ns() < end_ns) {
		if (!(wakeup_wait(NULL, end_ns) & WAKEUP_EVENTS))
			continue;
		forget_events();
		end_ns = now_ns() + 300000000;
	}
}

/* ---- Calls from another thread, at any moment of the way to sleep ------------------------------ */

struct caller {
	void (*call)(int round);
	atomic_int round;  /* that is to be */
	atomic_int called; /* that has been */
};

static void *call_each_round(void *argument)
{
	struct caller *caller = argument;

	for (int round = 1; round <= ROUNDS; round++) {
		while (atomic_load(&caller->round) < round)
			sched_yield();
		for (int64_t end_ns = now_ns() + round % 50 * 4000; now_ns() < end_ns;)
			continue;
		atomic_store(&caller->called, round);
		caller->call(round);
	}
	return NULL;
}

static void assert_heard(struct shmflip_viewer *channel, void (*call)(int), unsigned wanted)
{
	struct caller caller = { .call = call };
	struct shmflip_frame frame;
	pthread_t thread;
	int late = 0;

	calm_down();
	assert_int_equal(pthread_create(&thread, NULL, call_each_round, &caller), 0);
	for (int round = 1; round <= ROUNDS && late < LATE_MAX; round++) {
		int64_t start_ns = now_ns();
		bool heard = false;

		atomic_store(&caller.round, round);
		while (!heard && now_ns() - start_ns < LATE_NS)
			heard = (sleep_in(channel) & wanted) == wanted &&
			        atomic_load(&caller.called) == round;
		late += now_ns() - start_ns >= LATE_NS;
		forget_events();
		if (wanted == WAKEUP_CHANNEL && shmflip_viewer_acquire(viewer, &frame, 1000) == 0)
			shmflip_viewer_release(viewer, &frame);
	}
	atomic_store(&caller.round, ROUNDS);
	pthread_join(thread, NULL);
	assert_true(late < LATE_MAX);
}

static void ring(int round)
{
	(void)round;
	wakeup_signal();
}

static void test_rings(void **state)
{
	(void)state;
	assert_heard(NULL, ring, 0);
	assert_heard(viewer, ring, 0);
}

/* In the other thread: it ends no wait of the loop's by itself. */
static void interrupt(int round)
{
	(void)round;
	raise(SIGTERM);
}

static void test_interruptions(void **state)
{
	(void)state;
	cli_catch_interrupts();
	assert_heard(NULL, interrupt, 0);
	assert_heard(viewer, interrupt, 0);
	assert_true(cli_interrupted());
}

/* A size that the window has not had. */
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
	assert_heard(NULL, resize, WAKEUP_EVENTS);
	assert_heard(viewer, resize, WAKEUP_EVENTS);
}

static void publish(int round)
{
	assert_int_equal(publish_square(producer, (uint32_t)round, 1000), 0);
}

static void test_frames(void **state)
{
	(void)state;
	assert_heard(viewer, publish, WAKEUP_CHANNEL);
}

static void test_frames_come_through_many_events(void **state)
{
	unsigned heard = 0;

	(void)state;
	calm_down();
	publish(1);
	for (int lap = 0; lap < 20 && !(heard & WAKEUP_CHANNEL); lap++) {
		resize(lap);
		nap_ms(10);
		heard = sleep_in(viewer);
		forget_events();
	}
	assert_true(heard & WAKEUP_CHANNEL);
}

/* ---- Nobody calls ------------------------------------------------------------------------------ */

static void test_time(void **state)
{
	struct shmflip_viewer *channels[] = { NULL, viewer };

	(void)state;
	calm_down();
	for (size_t i = 0; i < 2; i++) {
		int64_t end_ns = now_ns() + 150000000;

		while (now_ns() < end_ns) {
			assert_false(wakeup_wait(channels[i], end_ns) & WAKEUP_CHANNEL);
			forget_events();
		}
	}
}

/* Not a hundred times a second. */
static void test_sleep_is_long(void **state)
{
	struct shmflip_viewer *channels[] = { NULL, viewer };

	(void)state;
	calm_down();
	for (size_t i = 0; i < 2; i++) {
		int64_t end_ns = now_ns() + 1000000000;
		int sleeps = 0;

		while (now_ns() < end_ns) {
			sleeps += wakeup_wait(channels[i], end_ns) == 0;
			forget_events();
		}
		assert_true(sleeps < 40);
	}
}

#define BELL(test) cmocka_unit_test_setup_teardown(test, open_bell, close_bell)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		BELL(test_rings),
		BELL(test_interruptions),
		BELL(test_events),
		BELL(test_frames),
		BELL(test_frames_come_through_many_events),
		BELL(test_time),
		BELL(test_sleep_is_long),
	};

	if (!start_x_server(&server)) {
		fprintf(stderr, "no Xvfb: nothing tested\n");
		return 77;
	}
	int result = cmocka_run_group_tests(tests, NULL, NULL);
	stop_x_server(&server);
	return result;
}
