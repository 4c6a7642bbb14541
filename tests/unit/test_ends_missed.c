/* SPDX-License-Identifier: MIT
 *
 * Viewers that have not followed their producer when its stream ends, or when it dies. */
#include "handles.h"

/* What it cannot take any more, a viewer counts. */
static void assert_the_rest_is_counted(bool end, bool failed)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 3, 0);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_EVERY);

	assert_int_equal(publish_square(producer, 1, 0), 0);
	for (uint32_t i = 2; i < 5; i++) {
		assert_int_equal(move_on(producer, i * SQUARE_BYTES), 0);
		assert_int_equal(publish_square(producer, i, 0), 0);
	}
	if (end)
		assert_int_equal(shmflip_producer_end(producer, failed), 0);
	shmflip_producer_close(producer);
	assert_takes(viewer, 1, 0);
	assert_end_is_told_once(viewer, failed ? -EPIPE : -ENODATA);
	assert_counts(viewer, 1, 3);
	shmflip_viewer_close(viewer);
}

static void viewer_that_is_left_behind_counts_the_rest(void **state)
{
	(void)state;
	assert_the_rest_is_counted(false, false);
	assert_the_rest_is_counted(true, false);
	assert_the_rest_is_counted(true, true);
}

static int move_on_and_die(void *unused)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 3, 0);

	(void)unused;
	if (shmflip_producer_wait_viewers(producer, 1, 5000) || publish_square(producer, 1, 0) ||
	    move_on(producer, 2 * SQUARE_BYTES) || publish_square(producer, 2, 0))
		return 1;
	raise(SIGKILL);
	return 2;
}

/* Of one that died, a viewer does not believe that the stream has ended. */
static void death_after_a_move_is_no_end(void **state)
{
	struct shmflip_viewer *viewer = open_viewer(SHMFLIP_VIEW_EVERY);
	pid_t child = start(move_on_and_die, NULL);
	int status;

	(void)state;
	assert_int_equal(shmflip_viewer_attach(viewer, 5000), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(shmflip_channel_clean(NULL, "test", NULL), 0);
	assert_takes(viewer, 1, 0);
	assert_end_is_told_once(viewer, -EPIPE);
	shmflip_viewer_close(viewer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIRECTORY(viewer_that_is_left_behind_counts_the_rest),
		WITH_DIRECTORY(death_after_a_move_is_no_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
