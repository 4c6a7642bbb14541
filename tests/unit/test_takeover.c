/* SPDX-License-Identifier: MIT
 *
 * A producer takes over a channel from what a dead producer, or a user, left of it. */
#include "takeover.h"

/* ---- Death at every step of the creation ---- */

static void death_at_every_step_is_taken_over(void **state)
{
	static const int left[STEPS] = { [SEGMENT] = 1, [RING] = 2,   [RAISED] = 2, [NEW_FILE] = 2,
		                         [OPEN] = 1,    [MOVING] = 3, [MOVED] = 2 };

	(void)state;
	for (enum step step = 0; step < STEPS; step++) {
		start_and_wait_for_death(create_up_to, &step);
		note_keys();
		assert_int_equal(objects_under_keys(), left[step]);
		assert_takes_over();
		key_count = 0;
	}
}

static void death_at_every_step_is_cleaned_up(void **state)
{
	static const struct {
		uint32_t files, segments, semaphores;
	} expected[STEPS] = {
		[LOCK_FILE] = { 1, 0, 0 }, [RECORD] = { 1, 0, 0 }, [SEGMENT] = { 1, 1, 0 },
		[RING] = { 1, 1, 1 },      [RAISED] = { 1, 1, 1 }, [NEW_FILE] = { 2, 1, 1 },
		[OPEN] = { 2, 0, 1 },      [MOVING] = { 2, 1, 2 }, [MOVED] = { 2, 0, 2 },
	};
	struct shmflip_removed removed;

	(void)state;
	shmflip_init(&removed);
	for (enum step step = 0; step < STEPS; step++) {
		start_and_wait_for_death(create_up_to, &step);
		note_keys();
		assert_int_equal(shmflip_channel_clean(NULL, "test", &removed), 0);
		assert_int_equal(removed.files, expected[step].files);
		assert_int_equal(removed.segments, expected[step].segments);
		assert_int_equal(removed.semaphores, expected[step].semaphores);
		assert_int_equal(objects_under_keys(), 0);
		assert_int_equal(shmflip_channel_clean(NULL, "test", &removed), -ENOENT);
		key_count = 0;
	}
}

/* ---- Files that are damaged, have another version, or name other objects ---- */

static void damaged_lock_files_hide_nothing(void **state)
{
	struct lock_record record;
	char garbage[100];

	(void)state;
	memset(garbage, 0x5a, sizeof(garbage));
	for (int damage = 0; damage < 4; damage++) {
		enum step step = MOVING;

		start_and_wait_for_death(create_up_to, &step);
		note_keys();
		record = recorded();
		record.mark.version++;
		if (damage == 0)
			write_file(paths.lock_file, garbage, sizeof(garbage));
		else if (damage == 1)
			write_file(paths.lock_file, &record, sizeof(record));
		else if (damage == 2)
			write_file(paths.lock_file, &record, 12);
		else
			write_file(paths.lock_file, garbage, 1);
		assert_takes_over();
		key_count = 0;
	}
}

/* The channel file names the semaphores even without the lock file. */
static void lost_lock_file_hides_no_open_channel(void **state)
{
	(void)state;
	for (int damage = 0; damage < 2; damage++) {
		/* A new owner looks under the first key anyway: of the emptied file's, not the
		 * second. */
		enum step step = damage == 0 ? OPEN : MOVED;

		start_and_wait_for_death(create_up_to, &step);
		note_keys();
		if (damage == 0)
			unlink(paths.lock_file);
		else
			write_file(paths.lock_file, "", 0);
		assert_takes_over();
		key_count = 0;
	}
}

static void damaged_channel_files_are_replaced(void **state)
{
	struct channel_record record = { .producer = 1, .generation = 1 };
	enum step step = OPEN;
	char garbage[200];

	(void)state;
	memset(garbage, 0xa5, sizeof(garbage));
	for (int damage = 0; damage < 4; damage++) {
		start_and_wait_for_death(create_up_to, &step);
		note_keys();
		layout_mark_channel(&record.mark);
		record.mark.version += damage == 2;
		if (damage == 0)
			write_file(paths.channel_file, garbage, sizeof(garbage));
		else if (damage == 1)
			write_file(paths.channel_file, garbage, 0);
		else
			write_file(paths.channel_file, &record, sizeof(record));
		assert_takes_over();
		key_count = 0;
	}
}

/* Many programs create empty lock files. The files beside such a lock file need not be a
 * channel's. */
static void cleanup_removes_no_foreign_file(void **state)
{
	struct shmflip_removed removed;
	char bytes[4];
	int fd;

	(void)state;
	shmflip_init(&removed);
	write_file(paths.lock_file, "", 0);
	write_file(paths.channel_file, "mine", 4);
	write_file(paths.new_file, "mine", 4);
	assert_int_equal(shmflip_channel_clean(NULL, "test", &removed), 0);
	assert_int_equal(removed.files, 1);
	assert_int_equal(access(paths.lock_file, F_OK), -1);
	assert_int_equal(access(paths.new_file, F_OK), 0);
	fd = open(paths.channel_file, O_RDONLY);
	assert_int_equal(read(fd, bytes, sizeof(bytes)), sizeof(bytes));
	assert_memory_equal(bytes, "mine", sizeof(bytes));
	close(fd);
	assert_int_equal(shmflip_channel_clean(NULL, "test", &removed), -ENOENT);
	unlink(paths.channel_file);
	unlink(paths.new_file);
}

/* ---- Viewers that stay attached ---- */

static int publish_and_wait(void *unused)
{
	struct shmflip_producer *producer;

	(void)unused;
	if (open_squares(SLOTS, &producer) || publish_square(producer, 1, 0))
		return 1;
	pause();
	return 2;
}

static void attached_viewers_move_to_the_successor(void **state)
{
	struct shmflip_stream stream = square_stream(7);
	struct shmflip_producer_options options;
	struct shmflip_producer *producer;
	struct shmflip_viewer *viewer;
	const struct shmflip_frame *frame, *kept;
	pid_t child = start(publish_and_wait, NULL);

	(void)state;
	assert_int_equal(open_view(0, 0, &viewer), 0);
	assert_int_equal(shmflip_viewer_acquire(viewer, &kept, 5000), 0);
	kill_and_reap(child);
	shmflip_init(&options);
	options.channel = "test";
	options.policy = SHMFLIP_POLICY_LOSSLESS;
	stream.slot_bytes = 5 * SQUARE_BYTES;
	assert_int_equal(shmflip_producer_open(&options, &stream, &producer), 0);
	assert_int_equal(publish_square(producer, 2, 0), 0);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), -EPIPE);
	assert_takes(viewer, 2, 1000);
	assert_int_equal(square_value(kept), 1);
	assert_int_equal(shmflip_viewer_channel(viewer)->slots, 7);
	shmflip_frame_release(kept);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_PATHS(death_at_every_step_is_taken_over),
		WITH_PATHS(death_at_every_step_is_cleaned_up),
		WITH_PATHS(damaged_lock_files_hide_nothing),
		WITH_PATHS(lost_lock_file_hides_no_open_channel),
		WITH_PATHS(damaged_channel_files_are_replaced),
		WITH_PATHS(cleanup_removes_no_foreign_file),
		WITH_PATHS(attached_viewers_move_to_the_successor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
