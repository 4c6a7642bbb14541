/* SPDX-License-Identifier: MIT
 *
 * Waits that are interrupted: by this thread before them, by another one, by a signal handler. */
#include "polled.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/sem.h>
#include <sys/syscall.h>

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
	int timeout_ms;
	_Atomic bool started;
	int error;
};

static void *wait_in_a_thread(void *argument)
{
	struct waiting *waiting = argument;

	waiting->started = true;
	waiting->error = waiting->wait_case->wait(waiting->timeout_ms);
	return NULL;
}

static void assert_another_thread_ends(const struct wait_case *wait_case, int timeout_ms,
                                       int after_ms)
{
	struct waiting waiting = { .wait_case = wait_case, .timeout_ms = timeout_ms };
	pthread_t thread;

	wait_case->open();
	pthread_create(&thread, NULL, wait_in_a_thread, &waiting);
	while (!waiting.started)
		sched_yield();
	sleep_ms(after_ms);
	interrupt();
	pthread_join(thread, NULL);
	assert_int_equal(waiting.error, -ECANCELED);
	close_both();
}

static void another_thread_ends_a_wait(void **state)
{
	(void)state;
	for (int i = 0; i < CASES; i++) {
		/* Without the interruption it ends as well, but otherwise. */
		assert_another_thread_ends(&cases[i], 20000, 30);
		assert_another_thread_ends(&cases[i], -1, 0);
		assert_another_thread_ends(&cases[i], -1, 30);
	}
}

/* ---- Signal handlers ---- */

static void on_signal(int number)
{
	(void)number;
	interrupt();
}

static bool sleeps(pid_t thread)
{
	char path[64];
	char stat[256] = "";
	FILE *file;

	(void)snprintf(path, sizeof(path), "/proc/self/task/%d/stat", (int)thread);
	file = fopen(path, "re");
	assert_non_null(file);
	assert_non_null(fgets(stat, sizeof(stat), file));
	(void)fclose(file);
	return strstr(stat, ") S ") != NULL;
}

/* Sends a signal to the thread that waits, once it sleeps. Before that, a wait would find the
 * interruption by itself. */
static void *signal_sleeper(void *thread)
{
	const pid_t *waiting = thread;

	while (!sleeps(*waiting))
		sched_yield();
	(void)syscall(SYS_tgkill, getpid(), *waiting, SIGUSR1);
	return NULL;
}

static void signal_handler_ends_a_wait(void **state)
{
	const struct sigaction action = { .sa_handler = on_signal };
	pid_t self = (pid_t)syscall(SYS_gettid);

	(void)state;
	sigaction(SIGUSR1, &action, NULL);
	for (int round = 0; round < 5; round++) {
		for (int i = 0; i < CASES; i++) {
			pthread_t thread;

			cases[i].open();
			assert_int_equal(pthread_create(&thread, NULL, signal_sleeper, &self), 0);
			assert_int_equal(cases[i].wait(-1), -ECANCELED);
			pthread_join(thread, NULL);
			close_both();
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIRECTORY(interruption_lasts_until_resume),
		WITH_DIRECTORY(interruption_goes_before_success),
		WITH_DIRECTORY(interrupted_producer_publishes),
		WITH_DIRECTORY(another_thread_ends_a_wait),
		WITH_DIRECTORY(signal_handler_ends_a_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
