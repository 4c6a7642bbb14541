/* SPDX-License-Identifier: MIT
 *
 * Faults: signals in every wait, objects that somebody removes, limits that are reached, keys that
 * collide, sizes that overflow. */
#include "handles.h"

#include <sched.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/sem.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/vfs.h>

/* ---- Signals ---- */

static volatile sig_atomic_t signals;

static void on_signal(int number)
{
	(void)number;
	signals = signals + 1;
}

/* Sends signals at this interval, which interrupt system calls. 0: stops them. */
static void storm_of_signals(int interval_us)
{
	const struct sigaction action = { .sa_handler = on_signal };
	const struct itimerval interval = { { 0, interval_us }, { 0, interval_us } };

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &interval, NULL);
}

enum { STORM_FRAMES = 10000, STORM_US = 200 };

/* Takes every frame, by wait and acquire in turn. Returns 0 if all came in order. */
static int view_in_the_storm(void *unused)
{
	struct shmflip_viewer *viewer = open_viewer(SHMFLIP_VIEW_EVERY);
	const struct shmflip_frame *frame;
	uint64_t last = 0;
	int error;

	(void)unused;
	storm_of_signals(STORM_US);
	do
		error = shmflip_viewer_attach(viewer, 10000);
	while (error == -EINTR);
	if (error)
		return 4;
	for (;;) {
		error = shmflip_viewer_wait(viewer, 1000);
		if (error && error != -EINTR && error != -EAGAIN)
			return 1;
		error = shmflip_viewer_acquire(viewer, &frame, 1000);
		if (error == -ENODATA)
			break;
		if (error == -EINTR || error == -EAGAIN)
			continue;
		if (error || frame->sequence != last + 1 || square_value(frame) != last + 1)
			return 2;
		last++;
		shmflip_frame_release(frame);
	}
	storm_of_signals(0);
	shmflip_viewer_close(viewer);
	return last == STORM_FRAMES && signals > 0 ? 0 : 3;
}

static void signals_lose_no_frame(void **state)
{
	struct shmflip_producer *producer;
	pid_t viewer = start(view_in_the_storm, NULL);
	unsigned interrupted = 0;
	int error;

	(void)state;
	storm_of_signals(STORM_US);
	producer = create(SHMFLIP_POLICY_LOSSLESS, 2, 0);
	do
		error = shmflip_producer_wait_viewers(producer, 1, 10000);
	while (error == -EINTR);
	assert_int_equal(error, 0);
	for (uint32_t value = 1; value <= STORM_FRAMES; value++) {
		while ((error = publish_square(producer, value, 10000)) == -EINTR)
			interrupted++;
		assert_int_equal(error, 0);
	}
	storm_of_signals(0);
	shmflip_producer_close(producer);
	assert_exits(viewer, 0);
	assert_true(signals > 0);
	print_message("%d signals, %u waits interrupted\n", (int)signals, interrupted);
}

/* A call that does not wait does not return -EINTR. */
static void signals_do_not_stop_the_creation(void **state)
{
	(void)state;
	storm_of_signals(STORM_US);
	for (int i = 0; i < 200; i++) {
		struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 4, 0);

		assert_int_equal(move_on(producer, 1 << 20), 0);
		shmflip_producer_close(producer);
	}
	storm_of_signals(0);
}

/* ---- Removed objects ---- */

/* Viewers take a producer without semaphores for dead. So a producer that waits for viewers must
 * check. */
static void semaphores_removed_before_a_viewer_attaches_are_replaced(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	struct shmflip_viewer *viewer = open_viewer(SHMFLIP_VIEW_AUTO);

	(void)state;
	assert_int_equal(semctl(read_channel_file().ring_id, 0, IPC_RMID), 0);
	assert_int_equal(shmflip_viewer_attach(viewer, 50), -EAGAIN);
	/* Wait for twice the interval of its checks. */
	assert_int_equal(shmflip_producer_wait_viewers(producer, 1, 200), -EAGAIN);
	assert_int_equal(shmflip_viewer_attach(viewer, 1000), 0);
	assert_int_equal(shmflip_producer_wait_viewers(producer, 1, 1000), 0);
	assert_int_equal(publish_square(producer, 1, 0), 0);
	assert_takes(viewer, 1, 1000);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

/* ---- Limits ---- */

static bool allow_semaphore_sets(int count)
{
	FILE *file = fopen("/proc/sys/kernel/sem", "w");

	if (!file)
		return false;
	fprintf(file, "250 32000 500 %d", count);
	return fclose(file) == 0;
}

/* Runs in an IPC namespace of its own. Returns 0, 77 if there is none, or the number of a failed
 * step. */
static int freeze_without_semaphores(void *unused)
{
	struct shmflip_producer *producer;
	struct shmflip_viewer *viewer;
	const struct shmflip_frame *frame;
	uint64_t generations;

	(void)unused;
	if (unshare(CLONE_NEWIPC) || !allow_semaphore_sets(1))
		return 77;
	producer = create(SHMFLIP_POLICY_LATEST, 2, 50);
	viewer = attach_viewer(SHMFLIP_VIEW_NEWEST);
	if (publish_square(producer, 1, 0) || shmflip_viewer_acquire(viewer, &frame, 0) ||
	    publish_square(producer, 2, 0))
		return 1;
	if (publish_square(producer, 3, 200) != -EAGAIN)
		return 2;
	allow_semaphore_sets(2);
	if (publish_square(producer, 3, 1000) || square_value(frame) != 1)
		return 3;
	generations = producer_counts(producer).generations;
	shmflip_frame_release(frame);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
	return generations == 2 ? 0 : 4;
}

/* A viewer is frozen and the producer cannot create a new generation: it drops frames, and
 * continues. */
static void frozen_viewer_at_the_limit_costs_frames_only(void **state)
{
	pid_t child = start(freeze_without_semaphores, NULL);
	int status;

	(void)state;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* ---- Keys that collide ---- */

/* Creates a file in the same directory with the same lower 16 bits of the inode, which ftok uses.
 * tmpfs numbers files one after another. */
static bool create_twin(const char *original, const char *twin)
{
	struct stat first, second;

	if (stat(original, &first))
		return false;
	for (int i = 0; i < 1 << 18; i++) {
		int fd = open(twin, O_RDWR | O_CREAT | O_EXCL, 0600);

		if (fd < 0 || fstat(fd, &second))
			return false;
		close(fd);
		if (((second.st_ino ^ first.st_ino) & 0xffff) == 0)
			return true;
		unlink(twin);
	}
	return false;
}

static int make_directory_in_tmpfs(void **state)
{
	struct statfs system;

	(void)state;
	strcpy(directory, "/dev/shm/shmflip-test-XXXXXX");
	if (statfs("/dev/shm", &system) || system.f_type != 0x01021994)
		return make_directory(state);
	return mkdtemp(directory) && setenv("SHMFLIP_DIR", directory, 1) == 0 ? 0 : -1;
}

static void assert_shows(const char *channel, uint32_t value)
{
	struct shmflip_viewer_options options;
	struct shmflip_viewer *viewer;

	shmflip_init(&options);
	options.channel = channel;
	assert_int_equal(shmflip_viewer_open(&options, &viewer), 0);
	assert_takes(viewer, value, 1000);
	shmflip_viewer_close(viewer);
}

static int open_twin(struct shmflip_producer **twin)
{
	struct shmflip_stream stream = square_stream(2);
	struct shmflip_producer_options options;

	shmflip_init(&options);
	options.channel = "twin";
	return shmflip_producer_open(&options, &stream, twin);
}

/* Two channels with the same System V keys run side by side, and each survives the other. */
static void colliding_keys_do_no_harm(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0), *twin;

	(void)state;
	if (strncmp(directory, "/dev/shm", 8) != 0 ||
	    !create_twin(in_directory("test.lock"), in_directory("twin.lock"))) {
		shmflip_producer_close(producer);
		skip();
	}
	assert_int_equal(ftok(in_directory("test.lock"), 1), ftok(in_directory("twin.lock"), 1));
	assert_int_equal(open_twin(&twin), 0);
	for (uint32_t i = 1; i <= 3; i++) {
		assert_int_equal(publish_square(producer, i, 0), 0);
		assert_int_equal(publish_square(twin, 100 + i, 0), 0);
		assert_shows("test", i);
		assert_shows("twin", 100 + i);
		assert_int_equal(move_on(producer, SQUARE_BYTES << i), 0);
		assert_int_equal(move_on(twin, SQUARE_BYTES << i), 0);
	}
	shmflip_producer_close(producer);
	assert_int_equal(publish_square(twin, 200, 0), 0);
	assert_shows("twin", 200);
	shmflip_producer_close(twin);
}

/* A lock file with two names has one owner. */
static void linked_lock_file_is_held(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0), *twin = NULL;

	(void)state;
	assert_int_equal(link(in_directory("test.lock"), in_directory("twin.lock")), 0);
	assert_int_equal(open_twin(&twin), -EBUSY);
	assert_null(twin);
	unlink(in_directory("twin.lock"));
	shmflip_producer_close(producer);
}

/* ---- Sizes that overflow ---- */

static void sizes_that_overflow_are_refused(void **state)
{
	static const struct {
		uint32_t slots;
		uint64_t slot_bytes;
		int error;
	} sizes[] = {
		{ 2, UINT64_MAX, -EOVERFLOW },         { 2, UINT64_MAX / 2, -EOVERFLOW },
		{ 64, UINT64_C(1) << 58, -EOVERFLOW }, { 2, UINT64_C(1) << 61, -ENOMEM },
		{ UINT32_MAX, 4096, -EINVAL },         { 65, 4096, -EINVAL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct shmflip_stream stream = square_stream(sizes[i].slots);
		struct shmflip_producer_options options;
		struct shmflip_producer *producer = NULL;

		shmflip_init(&options);
		options.channel = "test";
		stream.slot_bytes = sizes[i].slot_bytes;
		assert_int_equal(shmflip_producer_open(&options, &stream, &producer),
		                 sizes[i].error);
		assert_null(producer);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIRECTORY(signals_lose_no_frame),
		WITH_DIRECTORY(signals_do_not_stop_the_creation),
		WITH_DIRECTORY(semaphores_removed_before_a_viewer_attaches_are_replaced),
		WITH_DIRECTORY(frozen_viewer_at_the_limit_costs_frames_only),
		cmocka_unit_test_setup_teardown(colliding_keys_do_no_harm, make_directory_in_tmpfs,
		                                remove_directory),
		WITH_DIRECTORY(linked_lock_file_is_held),
		WITH_DIRECTORY(sizes_that_overflow_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
