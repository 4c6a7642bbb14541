/* SPDX-License-Identifier: MIT
 *
 * A hostile peer: channel files that name foreign objects, copies, and states that do not fit. */
#include "handles.h"

#include <stdatomic.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/time.h>

#define NOBODY 65534

static void assert_channel_refused(const struct channel_record *record, const char *words)
{
	write_channel_file(record, sizeof(*record));
	assert_attach_fails(-EPROTO, words);
}

static void assert_channel_waited_for(const struct channel_record *record)
{
	struct shmflip_viewer *viewer = open_viewer(SHMFLIP_VIEW_AUTO);

	write_channel_file(record, sizeof(*record));
	assert_int_equal(shmflip_viewer_attach(viewer, 0), -EAGAIN);
	shmflip_viewer_close(viewer);
}

/* ---- Foreign objects ---- */

/* The kernel may give a dead producer's id to any other set. Viewers wait for the next producer. */
static void foreign_semaphores_mean_a_dead_producer(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	const struct channel_record good = read_channel_file();
	struct channel_record bad = good;

	(void)state;
	bad.ring_id = use_set(semget(IPC_PRIVATE, 3, 0600));
	assert_channel_waited_for(&bad);
	semctl(bad.ring_id, 0, IPC_RMID);
	bad.ring_id = use_set(semget(IPC_PRIVATE, 65, 0600));
	bad.ring_key = IPC_PRIVATE;
	assert_channel_waited_for(&bad);
	semctl(bad.ring_id, 0, IPC_RMID);
	/* A live channel's set, but another one's. */
	bad = good;
	bad.ring_key++;
	assert_channel_waited_for(&bad);
	write_channel_file(&good, sizeof(good));
	shmflip_producer_close(producer);
}

static void foreign_segments_are_reported(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	const struct channel_record good = read_channel_file();
	struct channel_record bad = good;

	(void)state;
	bad.segment_id = shmget(IPC_PRIVATE, 100, 0600);
	assert_channel_refused(&bad, "too small");
	shmctl(bad.segment_id, IPC_RMID, NULL);
	bad.segment_id = shmget(IPC_PRIVATE, 1 << 16, 0600);
	assert_channel_refused(&bad, "not written by shmflip");
	shmctl(bad.segment_id, IPC_RMID, NULL);
	write_channel_file(&good, sizeof(good));
	shmflip_producer_close(producer);
}

/* The header describes a larger segment. */
static void smaller_segment_is_reported(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	const struct channel_record good = read_channel_file();
	struct channel_record bad = good;
	void *whole = shmat(good.segment_id, NULL, SHM_RDONLY), *copy;

	(void)state;
	bad.segment_id = shmget(IPC_PRIVATE, LAYOUT_PAGE, 0600);
	copy = shmat(bad.segment_id, NULL, 0);
	shmctl(bad.segment_id, IPC_RMID, NULL);
	memcpy(copy, whole, LAYOUT_PAGE);
	assert_channel_refused(&bad, "damaged");
	shmdt(copy);
	shmdt(whole);
	write_channel_file(&good, sizeof(good));
	shmflip_producer_close(producer);
}

/* The files' owner did not create the objects: viewers must not read another user's memory. */
static void objects_of_another_user_are_reported(void **state)
{
	struct shmflip_producer *producer;
	struct channel_record good, bad;
	int segment_id, ring_id;

	(void)state;
	if (geteuid() != 0)
		skip();
	producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	good = bad = read_channel_file();
	assert_int_equal(seteuid(NOBODY), 0);
	segment_id = shmget(IPC_PRIVATE, 1 << 16, 0666);
	ring_id = use_set(semget(IPC_PRIVATE, 65, 0666));
	assert_int_equal(seteuid(0), 0);
	bad.ring_id = ring_id;
	bad.ring_key = IPC_PRIVATE;
	assert_channel_waited_for(&bad);
	bad = good;
	bad.segment_id = segment_id;
	assert_channel_refused(&bad, "segment");
	assert_channel_refused(&bad, "belongs to user 65534");
	semctl(ring_id, 0, IPC_RMID);
	shmctl(segment_id, IPC_RMID, NULL);
	write_channel_file(&good, sizeof(good));
	shmflip_producer_close(producer);
}

/* ---- Copies ---- */

static void copy_file(const char *from, const char *to)
{
	char bytes[4096];
	int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_EXCL, 0600);
	ssize_t size = read(in, bytes, sizeof(bytes));

	assert_true(size > 0);
	assert_int_equal(write(out, bytes, (size_t)size), size);
	close(in);
	close(out);
}

/* The files are a copy, or reached through an overlay: the ids are right, but no lock meets the
 * producer's. */
static void copied_channel_is_refused(void **state)
{
	char copy[sizeof(directory) + 5];
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0), *second;
	struct shmflip_stream stream = square_stream(2);
	struct shmflip_producer_options options;
	struct shmflip_viewer_options viewer_options;
	struct shmflip_viewer *viewer;

	(void)state;
	snprintf(copy, sizeof(copy), "%s/copy", directory);
	assert_int_equal(mkdir(copy, 0700), 0);
	copy_file(in_directory("test"), in_directory("copy/test"));
	shmflip_init(&options);
	shmflip_init(&viewer_options);
	options.channel = viewer_options.channel = "test";
	options.dir = viewer_options.dir = copy;
	assert_int_equal(shmflip_viewer_open(&viewer_options, &viewer), 0);
	assert_int_equal(shmflip_viewer_attach(viewer, 0), -ENOTSUP);
	assert_non_null(strstr(shmflip_error_detail(), "locks are not seen"));
	assert_int_equal(shmflip_producer_open(&options, &stream, &second), -ENOTSUP);
	assert_int_equal(shmflip_channel_clean(copy, "test", NULL), -ENOTSUP);
	shmflip_viewer_close(viewer);
	viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
	unlink(in_directory("copy/test"));
	rmdir(copy);
}

/* ---- Headers and descriptions ---- */

/* The viewer releases the frame that it refuses. */
static void damaged_frame_does_not_keep_its_slot(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, -1);
	struct layout_header *header = header_of(producer);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_NEWEST);
	const struct shmflip_frame *frame;

	(void)state;
	assert_int_equal(publish_square(producer, 1, 0), 0);
	newest_record(header)->orientation = 9;
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 0), -EBADMSG);
	assert_counts(viewer, 0, 1);
	for (uint32_t i = 2; i < 6; i++)
		assert_int_equal(publish_square(producer, i, 0), 0);
	assert_takes(viewer, 5, 0);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

static void invalid_state_is_reported(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	struct layout_header *header = header_of(producer);

	(void)state;
	atomic_store(&header->state, 77);
	assert_attach_fails(-EPROTO, "damaged");
	shmflip_producer_close(producer);
}

/* A hostile producer, or one that is stopped just as it ends, has written its end and lives. A
 * viewer that waits must sleep, not loop. */
static void viewer_sleeps_after_the_end_of_a_live_producer(void **state)
{
	static const enum layout_state ends[] = { LAYOUT_MOVED, LAYOUT_ENDED };
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	struct layout_header *header = header_of(producer);
	const struct shmflip_frame *frame;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct shmflip_viewer *viewer = open_viewer(SHMFLIP_VIEW_AUTO);
		int error;

		atomic_store(&header->state, ends[i]);
		error = shmflip_viewer_acquire(viewer, &frame, 0);
		/* A viewer that attached before it saw the end reports the end once. */
		if (error == -ENODATA)
			error = shmflip_viewer_acquire(viewer, &frame, 0);
		assert_int_equal(error, -EAGAIN);
		assert_int_equal(shmflip_viewer_wait(viewer, 20), -EAGAIN);
		shmflip_viewer_close(viewer);
	}
	shmflip_producer_close(producer);
}

static void on_alarm(int number)
{
	(void)number;
}

/* Sends many signals, because some come while the viewer does not wait. */
static void assert_wait_ends_by_signal(struct shmflip_viewer *viewer)
{
	const struct sigaction action = { .sa_handler = on_alarm };
	const struct itimerval soon = { .it_value.tv_usec = 50000, .it_interval.tv_usec = 50000 };
	const struct itimerval never = { 0 };
	const struct shmflip_frame *frame;

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &soon, NULL);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, -1), -EINTR);
	setitimer(ITIMER_REAL, &never, NULL);
}

/* Each time the viewer tries the next generation, the producer has moved on from it too. */
static void viewer_sleeps_while_the_producer_moves_on(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	const struct shmflip_frame *frame;

	(void)state;
	assert_int_equal(move_on(producer, 1 << 16), 0);
	atomic_store(&header_of(producer)->state, LAYOUT_MOVED);
	assert_wait_ends_by_signal(viewer);
	atomic_store(&header_of(producer)->state, LAYOUT_RUNNING);
	assert_int_equal(publish_square(producer, 1, 0), 0);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 5000), 0);
	shmflip_frame_release(frame);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

/* The semaphore wakes the viewer at once, each time, without a frame. */
static void viewer_sleeps_between_spurious_wakeups(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);

	(void)state;
	assert_int_equal(semctl(read_channel_file().ring_id, 1, SETVAL, 0), 0);
	assert_wait_ends_by_signal(viewer);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIRECTORY(foreign_semaphores_mean_a_dead_producer),
		WITH_DIRECTORY(foreign_segments_are_reported),
		WITH_DIRECTORY(smaller_segment_is_reported),
		WITH_DIRECTORY(objects_of_another_user_are_reported),
		WITH_DIRECTORY(copied_channel_is_refused),
		WITH_DIRECTORY(damaged_frame_does_not_keep_its_slot),
		WITH_DIRECTORY(invalid_state_is_reported),
		WITH_DIRECTORY(viewer_sleeps_after_the_end_of_a_live_producer),
		WITH_DIRECTORY(viewer_sleeps_while_the_producer_moves_on),
		WITH_DIRECTORY(viewer_sleeps_between_spurious_wakeups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
