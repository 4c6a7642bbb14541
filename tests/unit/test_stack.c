/* SPDX-License-Identifier: MIT
 *
 * shmflip.h says how much stack a call needs. Here the calls run in a thread that has no more. */
#include <pthread.h>
#include <sys/resource.h>

#include "handles.h"

enum { STACK_BYTES = 65536 };

static int count_channel(const char *channel, void *count)
{
	(void)channel;
	++*(unsigned *)count;
	return 0;
}

/* The line of the first call that gives something unexpected. */
#define CHECK(call, expected)                                                                      \
	do {                                                                                       \
		if ((call) != (expected))                                                          \
			return (void *)__LINE__;                                                   \
	} while (0)

static void *use_a_channel(struct shmflip_producer *producer, struct shmflip_viewer *viewer)
{
	const struct shmflip_status *status;
	const struct shmflip_frame *frame;
	struct shmflip_frame *lent;
	unsigned channels = 0;

	CHECK(shmflip_viewer_attach(viewer, 0), 0);
	CHECK(shmflip_producer_wait_viewers(producer, 1, 0), 0);
	CHECK(shmflip_producer_loan(producer, &lent, 0), 0);
	CHECK(shmflip_frame_publish(lent), 0);
	shmflip_frame_release(lent);
	CHECK(shmflip_viewer_wait(viewer, 0), 0);
	CHECK(shmflip_viewer_acquire(viewer, &frame, 0), 0);
	shmflip_frame_release(frame);
	CHECK(shmflip_channel_status(NULL, "test", &status), 0);
	shmflip_status_free(status);
	CHECK(shmflip_channel_list(NULL, count_channel, &channels), 0);
	CHECK(channels, 1);
	CHECK(shmflip_channel_clean(NULL, "test", NULL), -EBUSY);
	return NULL;
}

/* Deleted files make the producer take its own channel over again. */
static void *recover(struct shmflip_producer *producer)
{
	struct shmflip_stream stream = square_stream(3);
	struct shmflip_frame *lent;

	CHECK(shmflip_producer_configure(producer, &stream), 0);
	CHECK(unlink(in_directory("test.lock")), 0);
	sleep_ms(150);
	CHECK(shmflip_producer_loan(producer, &lent, 0), 0);
	CHECK(lent->sequence, 0);
	shmflip_frame_release(lent);
	return NULL;
}

static void *use_everything(void *unused)
{
	struct shmflip_producer *producer, *second;
	struct shmflip_viewer *viewer;
	void *failed;

	(void)unused;
	CHECK(open_squares(2, &producer), 0);
	CHECK(open_squares(2, &second), -EBUSY);
	CHECK(open_view(SHMFLIP_VIEW_AUTO, 0, &viewer), 0);
	failed = use_a_channel(producer, viewer);
	if (!failed)
		failed = recover(producer);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
	return failed;
}

static void assert_runs_with_little_stack(void *(*run)(void *), void *argument)
{
	pthread_attr_t attributes;
	pthread_t thread;
	void *failed_line;

	assert_int_equal(pthread_attr_init(&attributes), 0);
	assert_int_equal(pthread_attr_setstacksize(&attributes, STACK_BYTES), 0);
	assert_int_equal(pthread_create(&thread, &attributes, run, argument), 0);
	assert_int_equal(pthread_join(thread, &failed_line), 0);
	pthread_attr_destroy(&attributes);
	assert_int_equal((intptr_t)failed_line, 0);
}

static void calls_need_no_more_stack_than_the_header_says(void **state)
{
	(void)state;
	assert_runs_with_little_stack(use_everything, NULL);
}

/* The kernel reports the locks in the order of their descriptors. */
static void lock_viewer_bytes(int *fds, int count)
{
	for (int i = 0; i < count; i++) {
		struct flock lock = { .l_type = F_RDLCK,
			              .l_start = (INT64_C(1) << 62) + 2 * (count - i),
			              .l_len = 1 };

		fds[i] = open(in_directory("test"), O_RDONLY);
		assert_true(fds[i] >= 0);
		assert_int_equal(fcntl(fds[i], F_OFD_SETLK, &lock), 0);
	}
}

static void *count_viewers(void *producer)
{
	const struct shmflip_status *status;
	uint32_t viewers;

	CHECK(shmflip_producer_viewers(producer, &viewers), 0);
	CHECK(viewers, SHMFLIP_VIEWERS_MAX);
	CHECK(shmflip_channel_status(NULL, "test", &status), 0);
	CHECK(status->viewers, SHMFLIP_VIEWERS_MAX);
	shmflip_status_free(status);
	return NULL;
}

static void many_viewers_need_no_more_stack(void **state)
{
	enum { LOCKS = SHMFLIP_VIEWERS_MAX + 10 };
	struct rlimit limit;
	struct shmflip_producer *producer;
	int fds[LOCKS];

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	if (limit.rlim_max < LOCKS + 100)
		skip();
	limit.rlim_cur = limit.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_int_equal(open_squares(2, &producer), 0);
	lock_viewer_bytes(fds, LOCKS);
	assert_runs_with_little_stack(count_viewers, producer);
	for (int i = 0; i < LOCKS; i++)
		close(fds[i]);
	shmflip_producer_close(producer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIRECTORY(calls_need_no_more_stack_than_the_header_says),
		WITH_DIRECTORY(many_viewers_need_no_more_stack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
