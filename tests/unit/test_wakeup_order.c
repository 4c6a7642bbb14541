/* SPDX-License-Identifier: MIT
 *
 * Which wake-up a producer begins with: the semaphores, or the read by which it notifies viewers
 * that poll. The functions that replace the C library's note the calls. */
#include "polled.h"

#include <sys/sem.h>
#include <sys/syscall.h>

enum { CHECK_MS = 150 }; /* after that, a loan checks whether viewers sleep on the semaphores */

static char calls[64];
static int sleeps;

static void note(const char *call)
{
	strncat(calls, call, sizeof(calls) - strlen(calls) - 1);
}

/* The C library's parameters have reserved names. */
/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name) */
ssize_t pread(int fd, void *buffer, size_t size, off_t offset)
{
	if (size == 1)
		note("read ");
	return syscall(SYS_pread64, fd, buffer, size, offset);
}

int semop(int id, struct sembuf *operations, size_t count)
{
	note("semop ");
	return (int)syscall(SYS_semtimedop, id, operations, count, NULL);
}

int semtimedop(int id, struct sembuf *operations, size_t count, const struct timespec *timeout)
{
	sleeps++;
	return (int)syscall(SYS_semtimedop, id, operations, count, timeout);
}
/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */

static void assert_order(struct shmflip_producer *producer, const char *expected)
{
	sleep_ms(CHECK_MS);
	calls[0] = '\0';
	publish(producer, 1);
	assert_string_equal(calls, expected);
}

/* A machine under load may take the whole timeout before the sleep. */
static void sleep_on_semaphores(struct shmflip_viewer *viewer)
{
	while (acquire_now(viewer) == 0)
		;
	sleeps = 0;
	while (sleeps == 0)
		assert_int_equal(shmflip_viewer_wait(viewer, 10), -EAGAIN);
}

static void viewers_that_sleep_come_first(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 4, 0);
	struct shmflip_viewer *polling = open_viewer(SHMFLIP_VIEW_NEWEST);
	struct shmflip_viewer *sleeping = open_viewer(SHMFLIP_VIEW_NEWEST);

	(void)state;
	assert_quiet(polling);
	assert_order(producer, "read semop ");
	assert_gets(polling, 1);
	sleep_on_semaphores(sleeping);
	assert_order(producer, "semop read ");
	assert_gets(polling, 1);
	/* Also after a new generation, where they sleep again. */
	assert_int_equal(move_on(producer, 2 * SQUARE_BYTES), 0);
	publish(producer, 1);
	sleep_on_semaphores(sleeping);
	assert_order(producer, "semop read ");
	shmflip_viewer_close(sleeping);
	assert_order(producer, "read semop ");
	assert_gets(polling, 1);
	shmflip_viewer_close(polling);
	shmflip_producer_close(producer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIRECTORY(viewers_that_sleep_come_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
