/* SPDX-License-Identifier: MIT */
#include "crash_cases.h"

#include <stddef.h>
#include <sys/syscall.h>

#include "process.h"
#include "sandbox.h"
#include "tracee.h"

/* ---- Victims that produce ---- */

static void die_in_create(struct fixture *fixture)
{
	tracee_mark();
	tracee_mark();
	fixture_create_producer(fixture);
	tracee_mark();
}

static void die_in_clean(struct fixture *fixture)
{
	struct shmflip_removed removed;

	(void)fixture;
	tracee_mark();
	tracee_mark();
	shmflip_channel_clean(NULL, NULL, &removed);
	tracee_mark();
}

static void die_in_loan(struct fixture *fixture)
{
	struct shmflip_loan loan;

	fixture_start_producer(fixture);
	tracee_mark();
	tracee_mark();
	shmflip_producer_loan(fixture->producer, &loan, 0);
	tracee_mark();
}

static void die_in_publish(struct fixture *fixture)
{
	struct shmflip_frame_info info;
	struct shmflip_loan loan;

	fixture_start_producer(fixture);
	tracee_mark();
	fixture_loan(fixture, &loan, &info);
	tracee_mark();
	shmflip_producer_publish(fixture->producer, &loan, &info);
	tracee_mark();
}

/* It has moved once before: every owner cleans up its first key, even one that is not on record. */
static void die_in_resize(struct fixture *fixture)
{
	fixture_create_producer(fixture);
	fixture_resize(fixture, 8192);
	fixture_publish(fixture);
	tracee_mark();
	tracee_mark();
	shmflip_producer_resize(fixture->producer, 4096);
	tracee_mark();
}

static void die_in_destroy(struct fixture *fixture)
{
	fixture_start_producer(fixture);
	tracee_mark();
	tracee_mark();
	shmflip_producer_destroy(fixture->producer);
	tracee_mark();
}

/* ---- Survivors: the viewers of a dead producer, and its successor ---- */

static void open_viewers(struct fixture *fixture)
{
	fixture_open_viewer(fixture, NEWEST);
	fixture_open_viewer(fixture, EVERY);
}

static void attach_and_hold_frame(struct fixture *fixture)
{
	open_viewers(fixture);
	fixture_attach_viewers(fixture);
	fixture_hold_frame(fixture);
}

static void run_successor(struct fixture *fixture)
{
	fixture_create_producer(fixture);
	fixture_attach_viewers(fixture);
	for (uint32_t i = 0; i < 2; i++) {
		fixture_publish(fixture);
		fixture_take_newest(fixture);
	}
	fixture_end_producer(fixture);
	fixture_close_viewers(fixture);
}

/* The kernel must have freed the memory before a successor cleans up. */
static void survive_publisher(struct fixture *fixture)
{
	fixture_expect_death(fixture, false);
	fixture_expect_no_producer(fixture);
	if (sandbox_segments() != 0)
		fault("%d segments outlived their last user", sandbox_segments());
	run_successor(fixture);
}

static void survive_resize(struct fixture *fixture)
{
	fixture_expect_death(fixture, false);
	run_successor(fixture);
}

static void survive_destroy(struct fixture *fixture)
{
	fixture_expect_death(fixture, true);
	run_successor(fixture);
}

static void survive_create(struct fixture *fixture)
{
	fixture_expect_no_producer(fixture);
	run_successor(fixture);
}

/* ---- What an earlier crash leaves for the victim to clean up ---- */

static void run_case_victim(void *argument)
{
	struct fixture *fixture = argument;

	fixture->crash_case->victim(fixture);
}

static pid_t start_first_victim(struct fixture *fixture, void (*victim)(struct fixture *))
{
	const struct crash_case crash_case = { .victim = victim };
	struct fixture own = { .slots = fixture->slots,
		               .policy = fixture->policy,
		               .crash_case = &crash_case };

	fixture->number++;
	return tracee_start(run_case_victim, &own);
}

/* A complete channel. */
static void leave_channel(struct fixture *fixture)
{
	pid_t pid = start_first_victim(fixture, die_in_loan);

	tracee_run_to_mark(pid);
	attach_and_hold_frame(fixture);
	tracee_kill(pid);
	fixture_expect_death(fixture, false);
}

/* A segment that is not yet marked for removal. */
static void leave_half_made(struct fixture *fixture)
{
	pid_t pid = start_first_victim(fixture, die_in_create);

	tracee_run_to_mark(pid);
	tracee_run_to_mark(pid);
	tracee_run_past_call(pid, SYS_shmget);
	tracee_kill(pid);
	if (sandbox_segments() != 1)
		fault("the first victim left no half-made channel");
	open_viewers(fixture);
}

/* Two semaphore sets, and two files. */
static void leave_half_moved(struct fixture *fixture)
{
	pid_t pid = start_first_victim(fixture, die_in_resize);

	tracee_run_to_mark(pid);
	attach_and_hold_frame(fixture);
	tracee_run_to_mark(pid);
	tracee_run_past_call(pid, SYS_semget);
	tracee_kill(pid);
	if (sandbox_sets() != 2)
		fault("the first victim left no half-moved channel");
	fixture_expect_death(fixture, false);
}

/* ---- Victims that view ---- */

static void die_in_open(struct fixture *fixture)
{
	struct shmflip_viewer *viewer;

	tracee_mark();
	tracee_mark();
	viewer = fixture_new_viewer(fixture->victim_view);
	shmflip_viewer_wait_producer(viewer, 0);
	tracee_mark();
}

static void die_in_acquire(struct fixture *fixture)
{
	struct shmflip_viewer *viewer = fixture_new_viewer(fixture->victim_view);
	struct shmflip_frame frame;

	shmflip_viewer_wait_producer(viewer, 0);
	tracee_mark();
	tracee_mark();
	shmflip_viewer_acquire(viewer, &frame, 0);
	tracee_mark();
}

static void die_in_release(struct fixture *fixture)
{
	struct shmflip_viewer *viewer = fixture_new_viewer(fixture->victim_view);
	struct shmflip_frame frame;
	int error = shmflip_viewer_acquire(viewer, &frame, process_timeout_ms);

	if (error)
		fault_error("a victim gets no frame", error);
	tracee_mark();
	tracee_mark();
	shmflip_viewer_release(viewer, &frame);
	tracee_mark();
}

static void die_in_close(struct fixture *fixture)
{
	struct shmflip_viewer *viewer = fixture_new_viewer(fixture->victim_view);
	struct shmflip_frame frame;

	shmflip_viewer_acquire(viewer, &frame, process_timeout_ms);
	shmflip_viewer_release(viewer, &frame);
	tracee_mark();
	tracee_mark();
	shmflip_viewer_destroy(viewer);
	tracee_mark();
}

/* The killer produces, and has a viewer of the other view. */
static void produce(struct fixture *fixture)
{
	fixture_start_producer(fixture);
	fixture_open_viewer(fixture, fixture->victim_view == EVERY ? NEWEST : EVERY);
	fixture_take_newest(fixture);
}

/* The producer counts the dead viewer no more and gets all slots back; the other viewer
 * continues. */
static void survive_viewer(struct fixture *fixture)
{
	unsigned viewers;
	int error = shmflip_producer_viewers(fixture->producer, &viewers);

	if (error)
		fault_error("cannot count the viewers", error);
	if (viewers != 1)
		fault("%u viewers are counted, but 1 is alive", viewers);
	for (uint32_t i = 0; i < 2 * fixture->slots; i++) {
		fixture_publish(fixture);
		fixture_take_newest(fixture);
	}
	fixture_end_producer(fixture);
	fixture_close_viewers(fixture);
}

const struct crash_case crash_cases[] = {
	/* name, victim, prepare, at_mark, survive, overtake, is_long */
	{ "loan", die_in_loan, NULL, attach_and_hold_frame, survive_publisher, NULL, false },
	{ "publish", die_in_publish, NULL, attach_and_hold_frame, survive_publisher, NULL, false },
	{ "acquire", die_in_acquire, produce, NULL, survive_viewer, NULL, false },
	{ "release", die_in_release, produce, NULL, survive_viewer, NULL, false },
	{ "close", die_in_close, produce, NULL, survive_viewer, NULL, false },
	{ "destroy", die_in_destroy, NULL, attach_and_hold_frame, survive_destroy, NULL, false },
	{ "open", die_in_open, produce, NULL, survive_viewer, NULL, true },
	{ "resize", die_in_resize, NULL, attach_and_hold_frame, survive_resize, NULL, true },
	{ "create", die_in_create, NULL, open_viewers, survive_create, NULL, true },
	{ "take-over", die_in_create, leave_channel, NULL, survive_create, NULL, true },
	{ "cleanup-half-made", die_in_create, leave_half_made, NULL, survive_create, NULL, true },
	{ "cleanup-half-moved", die_in_create, leave_half_moved, NULL, survive_create, NULL, true },
	{ "clean", die_in_clean, leave_channel, NULL, survive_create, NULL, true },
};

const unsigned crash_case_count = sizeof(crash_cases) / sizeof(crash_cases[0]);
