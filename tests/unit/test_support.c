/* SPDX-License-Identifier: MIT
 *
 * support.h removes what a test left, and nothing of other processes. */
#include "support.h"

static void move_beginning(time_t seconds)
{
	test_began += seconds;
}

static void test_only_sets_of_this_run_are_removed(void **state)
{
	int id = use_set(semget(IPC_PRIVATE, 2, 0600));

	(void)state;
	assert_true(id >= 0);
	move_beginning(100);
	remove_semaphores();
	move_beginning(-100);
	assert_int_equal(semctl(id, 0, GETVAL), 0);
	remove_semaphores();
	assert_int_equal(semctl(id, 0, GETVAL), -1);
}

static void test_only_segments_of_this_run_are_removed(void **state)
{
	int id = shmget(IPC_PRIVATE, 1, 0600);
	struct shmid_ds status;

	(void)state;
	assert_true(id >= 0);
	move_beginning(100);
	remove_segments();
	move_beginning(-100);
	assert_int_equal(shmctl(id, IPC_STAT, &status), 0);
	remove_segments();
	assert_int_equal(shmctl(id, IPC_STAT, &status), -1);
}

/* A set that no process has used names none. */
static void test_sets_of_others_are_kept(void **state)
{
	int id = semget(IPC_PRIVATE, 2, 0600);

	(void)state;
	assert_true(id >= 0);
	remove_semaphores();
	assert_int_equal(semctl(id, 0, IPC_RMID), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_only_sets_of_this_run_are_removed),
		cmocka_unit_test(test_only_segments_of_this_run_are_removed),
		cmocka_unit_test(test_sets_of_others_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
