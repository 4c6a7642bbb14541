/* SPDX-License-Identifier: MIT
 *
 * A viewer's descriptor when producers die or are refused, when descriptors run out, and in a child
 * of fork. */
#include "polled.h"

#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/stat.h>

/* ---- Deaths ---- */

enum { VALUE = 7 };

static int publish_and_pause(void *unused)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 4, 0);

	(void)unused;
	return publish_square(producer, VALUE, 0) ? 1 : pause();
}

static int close_at_once(void *unused)
{
	(void)unused;
	shmflip_producer_close(create(SHMFLIP_POLICY_LATEST, 2, 0));
	return 0;
}

static void wait_for_first_frame(struct shmflip_viewer *viewer)
{
	assert_int_equal(shmflip_viewer_attach(viewer, 10000), 0);
	assert_int_equal(shmflip_viewer_wait(viewer, 10000), 0);
}

/* taken: the viewer has all frames when the producer dies. */
static void assert_death_is_told(uint32_t view, bool taken)
{
	struct shmflip_viewer *viewer = open_viewer(view);
	pid_t child = start(publish_and_pause, NULL);

	fd_of(viewer);
	wait_for_first_frame(viewer);
	if (taken) {
		assert_gets(viewer, VALUE);
		assert_quiet(viewer);
	}
	kill_and_reap(child);
	if (!taken)
		assert_gets(viewer, VALUE);
	assert_tells(viewer, -EPIPE);
	assert_quiet(viewer);
	child = start(publish_and_pause, NULL);
	wait_for_first_frame(viewer);
	assert_gets(viewer, VALUE);
	kill_and_reap(child);
	assert_tells(viewer, -EPIPE);
	assert_quiet(viewer);
	assert_exits(start(close_at_once, NULL), 0);
	assert_quiet(viewer);
	shmflip_viewer_close(viewer);
}

static void death_is_told(void **state)
{
	(void)state;
	assert_death_is_told(SHMFLIP_VIEW_NEWEST, false);
	assert_death_is_told(SHMFLIP_VIEW_NEWEST, true);
	assert_death_is_told(SHMFLIP_VIEW_EVERY, false);
	assert_death_is_told(SHMFLIP_VIEW_EVERY, true);
}

/* The descriptor comes after the death. */
static void earlier_death_is_told(void **state)
{
	struct shmflip_viewer *viewer = open_viewer(SHMFLIP_VIEW_NEWEST);
	pid_t child = start(publish_and_pause, NULL);

	(void)state;
	wait_for_first_frame(viewer);
	kill_and_reap(child);
	assert_gets(viewer, VALUE);
	assert_tells(viewer, -EPIPE);
	assert_quiet(viewer);
	shmflip_viewer_close(viewer);
	assert_exits(start(close_at_once, NULL), 0);
}

/* ---- Refusals ---- */

static void send_format(struct shmflip_producer *producer, uint32_t fourcc)
{
	struct shmflip_stream stream = square_stream(0);

	stream.fourcc = fourcc;
	assert_int_equal(shmflip_producer_configure(producer, &stream), 0);
}

/* It is said again after a second, which may pass meanwhile. */
static void assert_refusal_is_told_once(struct shmflip_viewer *viewer)
{
	int64_t start_ns = monotonic_now_ns(), seconds;
	int refusals = 0, looks = 0, error;

	while (is_readable(viewer)) {
		error = acquire_now(viewer);
		refusals += error != -EAGAIN;
		assert_true(error == -EAGAIN || error == -EPROTONOSUPPORT);
		seconds = (monotonic_now_ns() - start_ns) / INT64_C(1000000000);
		assert_true(++looks <= LOOKS_MAX * (1 + seconds));
	}
	assert_true(refusals >= 1);
	assert_true(refusals <= 1 + (monotonic_now_ns() - start_ns) / INT64_C(1000000000));
	assert_null(shmflip_viewer_channel(viewer));
}

static void refusal_is_told_once(void **state)
{
	struct shmflip_viewer *viewer = open_viewer(SHMFLIP_VIEW_EVERY);
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 4, 0);

	(void)state;
	send_format(producer, SHMFLIP_NV12);
	assert_refusal_is_told_once(viewer);
	for (uint32_t value = 1; value <= 9; value += 2) {
		send_format(producer, SHMFLIP_XRGB8888);
		assert_true(is_readable(viewer));
		assert_quiet(viewer);
		publish(producer, value);
		publish(producer, value + 1);
		assert_gets(viewer, value);
		assert_gets(viewer, value + 1);
		assert_quiet(viewer);
		/* The viewer is attached to the stream before. */
		send_format(producer, SHMFLIP_NV12);
		assert_refusal_is_told_once(viewer);
		send_format(producer, SHMFLIP_R8);
		assert_refusal_is_told_once(viewer);
	}
	shmflip_producer_close(producer);
	assert_quiet(viewer);
	producer = create(SHMFLIP_POLICY_LATEST, 4, 0);
	publish(producer, 4);
	assert_gets(viewer, 4);
	shmflip_producer_close(producer);
	shmflip_viewer_close(viewer);
}

static void other_channels_change_nothing(void **state)
{
	struct shmflip_viewer *viewer = open_viewer(SHMFLIP_VIEW_AUTO);
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 4, 0);
	int64_t start_ns, reports = 0;

	(void)state;
	send_format(producer, SHMFLIP_NV12);
	assert_refusal_is_told_once(viewer);
	start_ns = monotonic_now_ns();
	for (int i = 0; i < 20; i++) {
		int fd = open(in_directory("other.new"), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

		assert_true(fd >= 0);
		close(fd);
		assert_int_equal(rename(in_directory("other.new"), in_directory("other")), 0);
		assert_int_equal(unlink(in_directory("other")), 0);
		reports += acquire_now(viewer) != -EAGAIN;
	}
	assert_true(reports <= 1 + (monotonic_now_ns() - start_ns) / INT64_C(900000000));
	shmflip_producer_close(producer);
	shmflip_viewer_close(viewer);
}

/* More events than a read of the queue takes, and the producer's death after them. A program whose
 * poll is edge-triggered is not woken again for what remains. */
static void death_behind_many_events_is_told(void **state)
{
	struct epoll_event edge = { .events = EPOLLIN | EPOLLET };
	struct shmflip_viewer *viewer = open_viewer(SHMFLIP_VIEW_AUTO);
	pid_t child = start(publish_and_pause, NULL);
	int epoll = epoll_create1(EPOLL_CLOEXEC), error = -EAGAIN;

	(void)state;
	assert_int_equal(epoll_ctl(epoll, EPOLL_CTL_ADD, fd_of(viewer), &edge), 0);
	wait_for_first_frame(viewer);
	assert_gets(viewer, VALUE);
	assert_quiet(viewer);
	for (int i = 0; i < 200; i++) {
		const char *path = in_directory(i % 2 ? "other.one" : "other.two");

		assert_return_code(mkdir(path, 0700), errno);
		assert_return_code(rmdir(path), errno);
	}
	kill_and_reap(child);
	for (int looks = 0; looks < 20 && error == -EAGAIN; looks++)
		error = epoll_wait(epoll, &edge, 1, 0) == 1 ? acquire_now(viewer) : -ETIMEDOUT;
	assert_int_equal(error, -EPIPE);
	assert_exits(start(close_at_once, NULL), 0);
	close(epoll);
	shmflip_viewer_close(viewer);
}

static void refusal_is_told_again_after_a_second(void **state)
{
	struct shmflip_viewer *viewer = open_viewer(SHMFLIP_VIEW_AUTO);
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 4, 0);
	struct pollfd polled = { .fd = fd_of(viewer), .events = POLLIN };
	int error;

	(void)state;
	send_format(producer, SHMFLIP_NV12);
	assert_refusal_is_told_once(viewer);
	do {
		assert_int_equal(poll(&polled, 1, 20000), 1);
		error = acquire_now(viewer);
	} while (error == -EAGAIN);
	assert_int_equal(error, -EPROTONOSUPPORT);
	shmflip_producer_close(producer);
	shmflip_viewer_close(viewer);
}

/* The stream is known, the frame is not. */
static void foreign_frames_are_passed_over(void **state)
{
	struct shmflip_viewer *viewer = open_viewer(SHMFLIP_VIEW_EVERY);
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 4, 0);
	struct shmflip_frame *frame;

	(void)state;
	assert_quiet(viewer);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(shmflip_producer_loan(producer, &frame, 0), 0);
		frame->fourcc = SHMFLIP_R8;
		assert_int_equal(shmflip_frame_layout(frame), 0);
		assert_int_equal(shmflip_frame_publish(frame), 0);
		shmflip_frame_release(frame);
	}
	publish(producer, 3);
	assert_tells(viewer, -EBADMSG);
	assert_tells(viewer, -EBADMSG);
	assert_gets(viewer, 3);
	assert_quiet(viewer);
	shmflip_producer_close(producer);
	shmflip_viewer_close(viewer);
}

/* ---- Tries that fail ---- */

/* A producer holds such a lock for a moment. If it is held up just then, the viewer tries again
 * soon: no event tells when the lock goes. */
static void viewer_that_cannot_claim_tries_again_soon(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 4, 0);
	struct shmflip_viewer *viewer = open_viewer(SHMFLIP_VIEW_EVERY);
	struct pollfd polled = { .fd = fd_of(viewer), .events = POLLIN };
	struct flock lock = { .l_type = F_WRLCK, .l_start = 1, .l_len = 1 };
	int fd = open(in_directory("test"), O_RDWR);

	(void)state;
	publish(producer, 1);
	assert_int_equal(fcntl(fd, F_OFD_SETLK, &lock), 0);
	for (int i = 0; i < 10; i++) {
		assert_int_equal(acquire_now(viewer), -EAGAIN);
		assert_int_equal(poll(&polled, 1, 400), 1);
	}
	close(fd);
	do
		assert_int_equal(poll(&polled, 1, 400), 1);
	while (acquire_now(viewer));
	assert_quiet(viewer);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

/* ---- Directories ---- */

static void directory_may_come_later(void **state)
{
	struct shmflip_viewer *viewer;
	struct shmflip_producer *producer;
	struct pollfd polled;

	(void)state;
	assert_int_equal(rmdir(directory), 0);
	viewer = open_viewer(SHMFLIP_VIEW_AUTO);
	polled = (struct pollfd){ .fd = fd_of(viewer), .events = POLLIN };
	assert_int_equal(acquire_now(viewer), -EAGAIN);
	producer = create(SHMFLIP_POLICY_LATEST, 4, 0);
	publish(producer, 1);
	do
		assert_int_equal(poll(&polled, 1, 20000), 1);
	while (acquire_now(viewer) == -EAGAIN);
	publish(producer, 2);
	assert_gets(viewer, 2);
	shmflip_producer_close(producer);
	assert_tells(viewer, -ENODATA);
	assert_quiet(viewer);
	/* The directory is watched by now. */
	producer = create(SHMFLIP_POLICY_LATEST, 4, 0);
	publish(producer, 3);
	assert_gets(viewer, 3);
	shmflip_producer_close(producer);
	shmflip_viewer_close(viewer);
}

/* ---- Descriptors ---- */

/* Leaves room for so many more. */
static void limit_descriptors(int more, struct rlimit *before)
{
	struct rlimit limit;
	int fds[8];

	assert_int_equal(getrlimit(RLIMIT_NOFILE, before), 0);
	for (int i = 0; i <= more; i++)
		fds[i] = dup(0);
	limit = (struct rlimit){ .rlim_cur = (rlim_t)fds[more], .rlim_max = before->rlim_max };
	for (int i = 0; i <= more; i++)
		close(fds[i]);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

static void failure_leaves_nothing_open(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 4, 0);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	struct rlimit before;
	int count = count_descriptors(), failures = 0, error;

	(void)state;
	for (int more = 0; more < 6; more++) {
		limit_descriptors(more, &before);
		error = shmflip_viewer_fd(viewer);
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
		if (error >= 0)
			break;
		failures++;
		assert_int_equal(error, -EMFILE);
		assert_true(*shmflip_error_detail());
		assert_int_equal(count_descriptors(), count);
		/* The viewer goes on without it. */
		publish(producer, (uint32_t)more);
		assert_takes(viewer, (uint32_t)more, 0);
		assert_int_equal(acquire_now(viewer), -EAGAIN);
	}
	/* With one less than it needs, it is not made without inotify. */
	assert_int_equal(failures, 4);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

/* The producer has moved on, and no descriptor is left to follow it. Only a call that does not wait
 * keeps quiet about that. */
static void calls_that_wait_are_told_of_a_refusal(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 4, 0);
	struct shmflip_viewer *viewer = open_viewer(SHMFLIP_VIEW_EVERY);
	const struct shmflip_frame *frame;
	struct rlimit before;
	int refused, waited, told, acquired;

	(void)state;
	assert_quiet(viewer);
	assert_int_equal(move_on(producer, 2 * SQUARE_BYTES), 0);
	limit_descriptors(0, &before);
	refused = acquire_now(viewer);
	waited = shmflip_viewer_wait(viewer, 0);
	told = acquire_now(viewer);
	acquired = shmflip_viewer_acquire(viewer, &frame, 100);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(refused, -EMFILE);
	assert_int_equal(waited, 0);
	assert_int_equal(told, -EMFILE);
	assert_int_equal(acquired, -EMFILE);
	publish(producer, 1);
	assert_takes(viewer, 1, 10000);
	assert_quiet(viewer);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

static void closing_leaves_nothing_open(void **state)
{
	int none = count_descriptors();
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 4, 0);
	int count = count_descriptors();

	(void)state;
	for (int attached = 0; attached < 2; attached++) {
		struct shmflip_viewer *viewer = open_viewer(SHMFLIP_VIEW_AUTO);

		assert_true(fcntl(fd_of(viewer), F_GETFD) & FD_CLOEXEC);
		if (attached)
			assert_quiet(viewer);
		assert_true(count_descriptors() > count);
		shmflip_viewer_close(viewer);
		assert_int_equal(count_descriptors(), count);
	}
	shmflip_producer_close(producer);
	assert_int_equal(count_descriptors(), none);
}

struct inherited {
	struct shmflip_viewer *viewer;
	int descriptors; /* without the library's */
};

static int use_in_child(void *argument)
{
	const struct inherited *inherited = argument;
	int own = -1;

	if (count_descriptors() != inherited->descriptors)
		return 1;
	if (shmflip_viewer_fd(inherited->viewer) != -ECHILD)
		return 2;
	/* These numbers are the child's own now. */
	for (int i = 0; i < 8; i++)
		own = dup(0);
	shmflip_viewer_close(inherited->viewer);
	return own >= 0 && count_descriptors() == inherited->descriptors + 8 ? 0 : 3;
}

static void child_has_no_descriptor(void **state)
{
	struct inherited inherited = { .descriptors = count_descriptors() };
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 4, 0);
	struct shmflip_viewer *viewer = open_viewer(SHMFLIP_VIEW_AUTO);

	(void)state;
	assert_quiet(viewer);
	inherited.viewer = viewer;
	assert_exits(start(use_in_child, &inherited), 0);
	assert_quiet(viewer);
	publish(producer, 1);
	assert_gets(viewer, 1);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIRECTORY(death_is_told),
		WITH_DIRECTORY(earlier_death_is_told),
		WITH_DIRECTORY(refusal_is_told_once),
		WITH_DIRECTORY(other_channels_change_nothing),
		WITH_DIRECTORY(death_behind_many_events_is_told),
		WITH_DIRECTORY(refusal_is_told_again_after_a_second),
		WITH_DIRECTORY(foreign_frames_are_passed_over),
		WITH_DIRECTORY(viewer_that_cannot_claim_tries_again_soon),
		WITH_DIRECTORY(directory_may_come_later),
		WITH_DIRECTORY(failure_leaves_nothing_open),
		WITH_DIRECTORY(calls_that_wait_are_told_of_a_refusal),
		WITH_DIRECTORY(closing_leaves_nothing_open),
		WITH_DIRECTORY(child_has_no_descriptor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
