/* SPDX-License-Identifier: MIT
 *
 * Waits that are told to end: by this thread before them, by another one, by a signal handler. A
 * wait that is not told lasts until the test's timeout. */
#include "polled.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <sys/sem.h>
#include <time.h>

static struct shmflip_producer *producer;
static struct shmflip_viewer *viewer;

/* ---- Waits that nothing else ends ---- */

static int acquire(int timeout_ms)
{
	const struct shmflip_frame *frame;

	return shmflip_viewer_acquire(viewer, &frame, timeout_ms);
}

static int attach(int timeout_ms)
{
	return shmflip_viewer_attach(viewer, timeout_ms);
}

static int wait_for_frame(int timeout_ms)
{
	return shmflip_viewer_wait(viewer, timeout_ms);
}

static int loan(int timeout_ms)
{
	struct shmflip_frame *frame;

	return shmflip_producer_loan(producer, &frame, timeout_ms);
}

static int wait_viewers(int timeout_ms)
{
	return shmflip_producer_wait_viewers(producer, 2, timeout_ms);
}

static void open_viewer_alone(void)
{
	viewer = open_viewer(SHMFLIP_VIEW_NEWEST);
}

static void open_both(void)
{
	producer = create(SHMFLIP_POLICY_LATEST, 3, -1);
	viewer = attach_viewer(SHMFLIP_VIEW_EVERY);
}

/* Viewers have every slot. */
static void open_full(void)
{
	open_both();
	for (uint32_t value = 1; value <= 3; value++)
		publish(producer, value);
}

/* The semaphore of the next frame is down: the viewer wakes up, finds nothing, and sleeps a
 * millisecond, again and again. */
static void open_with_false_wakeups(void)
{
	struct sembuf step = { .sem_num = 1, .sem_op = -1 };

	open_both();
	assert_int_equal(semop(read_channel_file().ring_id, &step, 1), 0);
}

static void close_both(void)
{
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
	viewer = NULL;
	producer = NULL;
}

static const struct wait_case {
	void (*open)(void);
	int (*wait)(int timeout_ms);
} cases[] = {
	{ open_viewer_alone, acquire },        { open_viewer_alone, attach },
	{ open_viewer_alone, wait_for_frame }, { open_both, acquire },
	{ open_both, wait_for_frame },         { open_full, loan },
	{ open_both, wait_viewers },           { open_with_false_wakeups, acquire },
};

enum { CASES = sizeof(cases) / sizeof(cases[0]) };

static void interrupt(void)
{
	shmflip_viewer_interrupt(viewer);
	if (producer)
		shmflip_producer_interrupt(producer);
}

static void resume(void)
{
	shmflip_viewer_resume(viewer);
	if (producer)
		shmflip_producer_resume(producer);
}

static void interruption_lasts_until_resume(void **state)
{
	(void)state;
	for (int i = 0; i < CASES; i++) {
		cases[i].open();
		for (int round = 0; round < 2; round++) {
			interrupt();
			assert_int_equal(cases[i].wait(-1), -ECANCELED);
			assert_int_equal(cases[i].wait(0), -ECANCELED);
			assert_true(*shmflip_error_detail());
			interrupt();
			assert_int_equal(cases[i].wait(10000), -ECANCELED);
			resume();
			assert_int_equal(cases[i].wait(0), -EAGAIN);
			assert_int_equal(cases[i].wait(20), -EAGAIN);
		}
		close_both();
	}
}

/* There is what they wait for. */
static void interruption_goes_before_success(void **state)
{
	const struct shmflip_frame *frame;
	struct shmflip_frame *lent;

	(void)state;
	open_both();
	publish(producer, 1);
	interrupt();
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 0), -ECANCELED);
	assert_int_equal(shmflip_viewer_wait(viewer, 0), -ECANCELED);
	assert_int_equal(shmflip_viewer_attach(viewer, 0), -ECANCELED);
	assert_int_equal(shmflip_producer_loan(producer, &lent, 0), -ECANCELED);
	assert_int_equal(shmflip_producer_wait_viewers(producer, 1, 0), -ECANCELED);
	resume();
	assert_int_equal(shmflip_producer_wait_viewers(producer, 1, 0), 0);
	assert_int_equal(shmflip_viewer_wait(viewer, 0), 0);
	assert_takes(viewer, 1, 0);
	close_both();
}

/* What else a producer does goes on. */
static void interrupted_producer_publishes(void **state)
{
	struct shmflip_frame *frame;

	(void)state;
	open_both();
	assert_int_equal(shmflip_producer_loan(producer, &frame, 0), 0);
	fill_square(frame, 1);
	shmflip_producer_interrupt(producer);
	assert_int_equal(shmflip_frame_publish(frame), 0);
	shmflip_frame_release(frame);
	assert_int_equal(move_on(producer, 2 * SQUARE_BYTES), 0);
	assert_int_equal(shmflip_producer_end(producer, 0), 0);
	assert_takes(viewer, 1, 0);
	close_both();
}

/* ---- Other threads ---- */

struct waiting {
	const struct wait_case *wait_case;
	_Atomic bool started;
	int error;
};

static void *wait_forever(void *argument)
{
	struct waiting *waiting = argument;

	waiting->started = true;
	waiting->error = waiting->wait_case->wait(-1);
	return NULL;
}

static void another_thread_ends_a_wait(void **state)
{
	(void)state;
	for (int i = 0; i < CASES; i++) {
		struct waiting waiting = { .wait_case = &cases[i] };
		pthread_t thread;

		cases[i].open();
		pthread_create(&thread, NULL, wait_forever, &waiting);
		while (!waiting.started)
			sched_yield();
		sleep_ms(i % 2 ? 30 : 0);
		interrupt();
		pthread_join(thread, NULL);
		assert_int_equal(waiting.error, -ECANCELED);
		close_both();
	}
}

enum { RACED_FRAMES = 3000 };

static int publish_numbers(void *unused)
{
	int error;

	(void)unused;
	producer = create(SHMFLIP_POLICY_LOSSLESS, 3, 0);
	error = shmflip_producer_wait_viewers(producer, 1, 10000);
	for (uint32_t i = 1; i <= RACED_FRAMES && !error; i++)
		error = publish_square(producer, i, 10000);
	shmflip_producer_close(producer);
	return -error;
}

static void *interrupt_and_resume(void *argument)
{
	const _Atomic bool *done = argument;

	while (!*done) {
		shmflip_viewer_interrupt(viewer);
		sched_yield();
		shmflip_viewer_resume(viewer);
		sched_yield();
	}
	return NULL;
}

/* Takes one frame each time the descriptor is readable, until the end. Returns how often it was
 * interrupted. The timer would hide that it is not readable. */
static unsigned poll_all_frames(void)
{
	struct pollfd polled = { .fd = fd_of(viewer), .events = POLLIN };
	unsigned interruptions = 0;
	int error = 0;

	for (uint32_t next = 1; error != -ENODATA;) {
		const struct shmflip_frame *frame;

		assert_int_equal(poll(&polled, 1, 20000), 1);
		error = shmflip_viewer_acquire(viewer, &frame, 0);
		interruptions += error == -ECANCELED;
		if (!error) {
			assert_int_equal(square_value(frame), next++);
			shmflip_frame_release(frame);
		}
		assert_true(next <= RACED_FRAMES + 1);
		assert_true(error == 0 || error == -EAGAIN || error == -ECANCELED ||
		            (error == -ENODATA && next == RACED_FRAMES + 1));
	}
	return interruptions;
}

static void interruptions_lose_no_frame(void **state)
{
	pid_t child = start(publish_numbers, NULL);
	_Atomic bool done = false;
	unsigned interruptions;
	pthread_t thread;

	(void)state;
	viewer = open_viewer(SHMFLIP_VIEW_EVERY);
	fd_of(viewer);
	pthread_create(&thread, NULL, interrupt_and_resume, &done);
	interruptions = poll_all_frames();
	done = true;
	pthread_join(thread, NULL);
	assert_exits(child, 0);
	assert_quiet(viewer);
	shmflip_viewer_interrupt(viewer);
	assert_tells(viewer, -ECANCELED);
	assert_tells(viewer, -ECANCELED);
	shmflip_viewer_close(viewer);
	print_message("%u interruptions\n", interruptions);
}

/* ---- The descriptor ---- */

static void descriptor_is_readable_until_resume(void **state)
{
	(void)state;
	for (int attached = 0; attached < 2; attached++) {
		if (attached)
			open_both();
		else
			open_viewer_alone();
		assert_quiet(viewer);
		for (int round = 0; round < 3; round++) {
			shmflip_viewer_interrupt(viewer);
			for (int i = 0; i < 10; i++) {
				assert_true(is_readable(viewer));
				assert_int_equal(acquire(i % 2 ? 0 : -1), -ECANCELED);
			}
			if (attached)
				publish(producer, (uint32_t)round);
			shmflip_viewer_resume(viewer);
			if (attached)
				assert_gets(viewer, (uint32_t)round);
			assert_quiet(viewer);
		}
		/* It is over before anybody looks. */
		shmflip_viewer_interrupt(viewer);
		shmflip_viewer_resume(viewer);
		assert_quiet(viewer);
		close_both();
	}
}

static void descriptor_made_later_is_readable(void **state)
{
	(void)state;
	open_both();
	shmflip_viewer_interrupt(viewer);
	for (int i = 0; i < 10; i++)
		assert_tells(viewer, -ECANCELED);
	shmflip_viewer_resume(viewer);
	assert_quiet(viewer);
	close_both();
}

/* ---- Signal handlers ---- */

static void on_alarm(int number)
{
	(void)number;
	interrupt();
}

/* Returns a timer that calls the handler soon, and again: the first time may be before the wait. */
static timer_t start_alarm(void)
{
	const struct sigaction action = { .sa_handler = on_alarm };
	const struct itimerspec soon = { .it_value.tv_nsec = 20000000,
		                         .it_interval.tv_nsec = 7000000 };
	timer_t timer;

	sigaction(SIGALRM, &action, NULL);
	assert_int_equal(timer_create(CLOCK_MONOTONIC, NULL, &timer), 0);
	timer_settime(timer, 0, &soon, NULL);
	return timer;
}

static void signal_handler_ends_a_wait(void **state)
{
	(void)state;
	for (int round = 0; round < 5; round++) {
		for (int i = 0; i < CASES; i++) {
			timer_t timer;

			cases[i].open();
			timer = start_alarm();
			assert_int_equal(cases[i].wait(-1), -ECANCELED);
			timer_delete(timer);
			close_both();
		}
	}
}

/* ---- Children ---- */

enum { OWN = 16 };

static int interrupt_in_child(void *unused)
{
	int own[OWN];
	eventfd_t count;

	(void)unused;
	/* They have the numbers that the library's have in the parent. */
	for (int i = 0; i < OWN; i++)
		own[i] = eventfd(0, EFD_NONBLOCK);
	interrupt();
	for (int i = 0; i < OWN; i++)
		if (own[i] < 0 || eventfd_read(own[i], &count) == 0)
			return 1;
	if (acquire(0) != -ECHILD || loan(0) != -ECHILD)
		return 2;
	return 0;
}

static void child_interrupts_nothing(void **state)
{
	(void)state;
	open_both();
	assert_quiet(viewer);
	assert_exits(start(interrupt_in_child, NULL), 0);
	assert_quiet(viewer);
	publish(producer, 1);
	assert_gets(viewer, 1);
	shmflip_viewer_interrupt(viewer);
	assert_exits(start(interrupt_in_child, NULL), 0);
	assert_tells(viewer, -ECANCELED);
	shmflip_viewer_resume(viewer);
	assert_quiet(viewer);
	close_both();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIRECTORY(interruption_lasts_until_resume),
		WITH_DIRECTORY(interruption_goes_before_success),
		WITH_DIRECTORY(interrupted_producer_publishes),
		WITH_DIRECTORY(another_thread_ends_a_wait),
		WITH_DIRECTORY(interruptions_lose_no_frame),
		WITH_DIRECTORY(descriptor_is_readable_until_resume),
		WITH_DIRECTORY(descriptor_made_later_is_readable),
		WITH_DIRECTORY(signal_handler_ends_a_wait),
		WITH_DIRECTORY(child_interrupts_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
