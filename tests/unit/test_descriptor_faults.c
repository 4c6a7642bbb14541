/* SPDX-License-Identifier: MIT
 *
 * A viewer's descriptor when producers die or are refused, and when tries fail. */
#include "polled.h"

#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>

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

static void rename_other_channels(int times)
{
	const char *names[] = { "other.one", "other.two" };

	close(open(in_directory(names[0]), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	for (int i = 0; i < times; i++) {
		char from[sizeof(directory) + 32];

		snprintf(from, sizeof(from), "%s", in_directory(names[i % 2]));
		assert_return_code(rename(from, in_directory(names[1 - i % 2])), errno);
	}
	assert_return_code(unlink(in_directory(names[times % 2])), errno);
}

/* The producer's death comes after these events. A program whose poll is edge-triggered is not
 * woken again for what remains. */
static void assert_death_behind_events_is_told(int events)
{
	struct epoll_event edge = { .events = EPOLLIN | EPOLLET };
	struct shmflip_viewer *viewer = open_viewer(SHMFLIP_VIEW_AUTO);
	pid_t child = start(publish_and_pause, NULL);
	int epoll = epoll_create1(EPOLL_CLOEXEC), error = -EAGAIN;

	assert_int_equal(epoll_ctl(epoll, EPOLL_CTL_ADD, fd_of(viewer), &edge), 0);
	wait_for_first_frame(viewer);
	assert_gets(viewer, VALUE);
	assert_quiet(viewer);
	rename_other_channels(events);
	kill_and_reap(child);
	for (int looks = 0; looks < 10 + events / 10 && error == -EAGAIN; looks++)
		error = epoll_wait(epoll, &edge, 1, 0) == 1 ? acquire_now(viewer) : -ETIMEDOUT;
	assert_int_equal(error, -EPIPE);
	assert_exits(start(close_at_once, NULL), 0);
	close(epoll);
	shmflip_viewer_close(viewer);
}

/* More than a read of the queue takes. */
static void death_behind_many_events_is_told(void **state)
{
	(void)state;
	assert_death_behind_events_is_told(200);
}

/* More than the kernel queues: it drops the last, and says so. */
static void death_behind_a_full_queue_is_told(void **state)
{
	(void)state;
	assert_death_behind_events_is_told(17000);
}

static long locked_kb(void)
{
	FILE *file = fopen("/proc/self/status", "re");
	char line[128];
	long kb = -1;

	assert_non_null(file);
	while (kb < 0 && fgets(line, sizeof(line), file))
		sscanf(line, "VmLck: %ld", &kb);
	fclose(file);
	return kb;
}

/* Under a sanitizer, mlock() does nothing. */
static bool locks_pages(void)
{
	static _Alignas(4096) char page[4096];
	long before_kb = locked_kb();
	bool locks;

	assert_int_equal(mlock(page, sizeof(page)), 0);
	locks = locked_kb() > before_kb;
	munlock(page, sizeof(page));
	return locks;
}

/* Any reader of the channel file can ask the kernel to drop it from memory. The producer's next
 * frame must not wait for a disk. No read can show that where the directory is a tmpfs. */
static void channel_file_stays_in_memory(void **state)
{
	long locked_before_kb = locked_kb();
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 4, 0);
	int fd = open(in_directory("test"), O_RDONLY | O_CLOEXEC);
	char byte;
	struct iovec vector = { &byte, 1 };

	(void)state;
	assert_true(fd >= 0);
	if (locks_pages())
		assert_true(locked_kb() > locked_before_kb);
	assert_int_equal(fsync(fd), 0);
	assert_int_equal(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED), 0);
	/* -EAGAIN: it would wait. */
	if (preadv2(fd, &vector, 1, 0, RWF_NOWAIT) < 0)
		assert_int_equal(errno, EOPNOTSUPP);
	close(fd);
	shmflip_producer_close(producer);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIRECTORY(death_is_told),
		WITH_DIRECTORY(earlier_death_is_told),
		WITH_DIRECTORY(refusal_is_told_once),
		WITH_DIRECTORY(other_channels_change_nothing),
		WITH_DIRECTORY(death_behind_many_events_is_told),
		WITH_DIRECTORY(death_behind_a_full_queue_is_told),
		WITH_DIRECTORY(channel_file_stays_in_memory),
		WITH_DIRECTORY(refusal_is_told_again_after_a_second),
		WITH_DIRECTORY(foreign_frames_are_passed_over),
		WITH_DIRECTORY(viewer_that_cannot_claim_tries_again_soon),
		WITH_DIRECTORY(directory_may_come_later),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
