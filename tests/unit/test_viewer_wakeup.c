/* SPDX-License-Identifier: MIT
 *
 * viewer/window/wakeup: each cause ends a sleep, whether it comes before or during the sleep. A
 * sleep that misses its cause ends only with its time, for which no test waits otherwise. */
#include "x_server.h"

#include <SDL.h>
#include <SDL_syswm.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cli.h"
#include "window/loss.h"
#include "window/wakeup.h"

#define ROUNDS 8 /* twice each delay of a call */
#define QUIET_NS (50 * NS_PER_MS)
#define SLEEP_NS (20 * NS_PER_S)

static struct x_server server;
static SDL_Window *window;
static int channel; /* an eventfd: a descriptor like any other */

static int set_up(void **state)
{
	(void)state;
	assert_int_equal(SDL_InitSubSystem(SDL_INIT_VIDEO), 0);
	assert_int_equal(wakeup_init(NULL), 0);
	window = SDL_CreateWindow("wakeup", 0, 0, 100, 100, SDL_WINDOW_RESIZABLE);
	assert_non_null(window);
	wakeup_watch_display(window);
	channel = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	assert_true(channel >= 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	close(channel);
	wakeup_finish();
	SDL_DestroyWindow(window);
	SDL_QuitSubSystem(SDL_INIT_VIDEO);
	return 0;
}

static void drop_events(void)
{
	SDL_Event event;

	while (SDL_PollEvent(&event))
		continue;
}

/* Waits until there has been no event for a while. Then the next sleep polls SDL first, and ends
 * with nothing but a cause or its time. */
static void wait_for_quiet(void)
{
	int64_t end_ns = monotonic_now_ns() + QUIET_NS;

	while (monotonic_now_ns() < end_ns) {
		if (!(wakeup_wait(-1, end_ns) & WAKEUP_EVENTS))
			continue;
		drop_events();
		end_ns = monotonic_now_ns() + QUIET_NS;
	}
}

static void assert_wakes(int fd, unsigned expected)
{
	int64_t end_ns = monotonic_now_ns() + SLEEP_NS;
	unsigned woken = 0;

	while (!(woken & expected)) {
		woken = wakeup_wait(fd, end_ns);
		assert_true(monotonic_now_ns() < end_ns);
	}
}

static void publish(int round)
{
	(void)round;
	assert_int_equal(eventfd_write(channel, 1), 0);
}

static void take(void)
{
	eventfd_t count;

	assert_int_equal(eventfd_read(channel, &count), 0);
}

/* ---- Causes from another thread, before or during the sleep ---------------------------------- */

struct caller {
	void (*call)(int round);
	int round;
};

static void *call_once(void *argument)
{
	const struct caller *caller = argument;
	const struct timespec time = { .tv_nsec = caller->round % 4 * NS_PER_MS };

	nanosleep(&time, NULL);
	caller->call(caller->round);
	return NULL;
}

static void assert_call_wakes(int fd, void (*call)(int), unsigned expected)
{
	struct caller caller = { .call = call };
	pthread_t thread;

	while (caller.round++ < ROUNDS) {
		wait_for_quiet();
		assert_int_equal(pthread_create(&thread, NULL, call_once, &caller), 0);
		assert_wakes(fd, expected);
		pthread_join(thread, NULL);
		drop_events();
		if (expected == WAKEUP_CHANNEL)
			take();
	}
}

static void signal_loop(int round)
{
	(void)round;
	wakeup_signal();
}

static void test_signals(void **state)
{
	(void)state;
	assert_call_wakes(-1, signal_loop, WAKEUP_SIGNAL);
	assert_call_wakes(channel, signal_loop, WAKEUP_SIGNAL);
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
	assert_call_wakes(-1, interrupt, WAKEUP_SIGNAL);
	assert_call_wakes(channel, interrupt, WAKEUP_SIGNAL);
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
	assert_call_wakes(-1, resize, WAKEUP_EVENTS);
	assert_call_wakes(channel, resize, WAKEUP_EVENTS);
}

static void test_frames(void **state)
{
	(void)state;
	assert_call_wakes(channel, publish, WAKEUP_CHANNEL);
}

/* ---- Causes that were there before ----------------------------------------------------------- */

/* Makes Xlib read events that the server has sent, as drawing does. */
static void read_connection(void)
{
	SDL_SysWMinfo info;

	free(xcb_get_input_focus_reply(server.observer, xcb_get_input_focus(server.observer),
	                               NULL));
	SDL_VERSION(&info.version);
	SDL_GetWindowWMInfo(window, &info);
	XSync(info.info.x11.display, False);
}

static void test_events_read_before_the_sleep(void **state)
{
	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		wait_for_quiet();
		/* Polls SDL: the next sleep does not. */
		if (i % 2)
			wakeup_wait(channel, 0);
		resize(i);
		read_connection();
		assert_wakes(channel, WAKEUP_EVENTS);
		drop_events();
	}
}

static void test_the_channel_is_seen_among_events(void **state)
{
	(void)state;
	wait_for_quiet();
	resize(1);
	read_connection();
	publish(1);
	assert_int_equal(wakeup_wait(channel, INT64_MAX), WAKEUP_CHANNEL | WAKEUP_EVENTS);
	drop_events();
	/* Until it is taken. */
	assert_true(wakeup_wait(channel, INT64_MAX) & WAKEUP_CHANNEL);
	assert_false(wakeup_wait(-1, 0) & WAKEUP_CHANNEL);
	take();
	assert_false(wakeup_wait(channel, 0) & WAKEUP_CHANNEL);
}

static void test_an_interruption_before_the_start(void **state)
{
	(void)state;
	wakeup_finish();
	cli_catch_interrupts();
	raise(SIGTERM);
	assert_int_equal(wakeup_init(NULL), 0);
	assert_wakes(-1, WAKEUP_SIGNAL);
}

/* ---- No cause ------------------------------------------------------------------------------- */

/* One sleep, not ten a second; also after a cause. */
static void test_time(void **state)
{
	const int channels[] = { -1, channel };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		wakeup_signal();
		wait_for_quiet();
		int64_t end_ns = monotonic_now_ns() + NS_PER_S;
		assert_int_equal(wakeup_wait(channels[i], end_ns), 0);
		assert_true(monotonic_now_ns() >= end_ns);
	}
}

static void test_no_files_left(void **state)
{
	struct rlimit before, limit;

	(void)state;
	getrlimit(RLIMIT_NOFILE, &before);
	int lowest = dup(STDERR_FILENO);
	close(lowest);
	limit = before;
	limit.rlim_cur = (rlim_t)lowest;
	setrlimit(RLIMIT_NOFILE, &limit);
	int error = wakeup_init(NULL);
	setrlimit(RLIMIT_NOFILE, &before);
	assert_int_equal(error, -EMFILE);
}

/* ---- A display that does not answer ---------------------------------------------------------- */

/* The program's own sockets are shut down, and no others; waits for them end. */
static void test_the_display_is_hung_up(void **state)
{
	int own[2], inherited[2];
	char byte;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, own), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, inherited), 0);
	cli_catch_interrupts();
	assert_int_equal(wakeup_init(loss_hang_up), 0);
	raise(SIGTERM);
	assert_int_equal(read(own[0], &byte, 1), 0);
	assert_int_equal(write(inherited[0], "", 1), 1);
	wakeup_finish();
	for (int i = 0; i < 2; i++) {
		close(own[i]);
		close(inherited[i]);
	}
}

#define WAKEUP(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		WAKEUP(test_signals),
		WAKEUP(test_events),
		WAKEUP(test_frames),
		WAKEUP(test_events_read_before_the_sleep),
		WAKEUP(test_the_channel_is_seen_among_events),
		WAKEUP(test_time),
		cmocka_unit_test(test_no_files_left),
		/* The interruption stays. */
		WAKEUP(test_interruptions),
		WAKEUP(test_an_interruption_before_the_start),
		cmocka_unit_test(test_the_display_is_hung_up),
	};

	if (!start_x_server(&server)) {
		fprintf(stderr, "no Xvfb: nothing tested\n");
		return 77;
	}
	int result = cmocka_run_group_tests(tests, NULL, NULL);
	stop_x_server(&server);
	return result;
}
