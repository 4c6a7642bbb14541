/* SPDX-License-Identifier: MIT */
#include "crash_cases.h"

#include <stddef.h>
#include <sys/syscall.h>

#include "process.h"
#include "sandbox.h"
#include "tracee.h"

/* ---- Producers that are killed ---- */

static void publish_three(struct fixture *fixture)
{
	fixture_create(fixture);
	for (int i = 0; i < 3; i++)
		fixture_publish(fixture);
}

static void die_in_create(struct fixture *fixture)
{
	tracee_mark();
	tracee_mark();
	fixture_create(fixture);
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

	publish_three(fixture);
	tracee_mark();
	tracee_mark();
	shmflip_producer_loan(fixture->producer, &loan, 0);
	tracee_mark();
}

static void die_in_publish(struct fixture *fixture)
{
	struct shmflip_frame_info info;
	struct shmflip_loan loan;

	publish_three(fixture);
	tracee_mark();
	fixture_loan(fixture, &loan, &info);
	tracee_mark();
	shmflip_producer_publish(fixture->producer, &loan, &info);
	tracee_mark();
}

static void die_in_resize(struct fixture *fixture)
{
	publish_three(fixture);
	tracee_mark();
	tracee_mark();
	shmflip_producer_resize(fixture->producer, 8192);
	tracee_mark();
}

static void die_in_destroy(struct fixture *fixture)
{
	publish_three(fixture);
	tracee_mark();
	tracee_mark();
	shmflip_producer_destroy(fixture->producer);
	tracee_mark();
}

/* ---- Those who see a producer die, and its successor ---- */

static void open_viewers(struct fixture *fixture)
{
	fixture_open_viewer(fixture, NEWEST);
	fixture_open_viewer(fixture, EVERY);
}

static void watch(struct fixture *fixture)
{
	open_viewers(fixture);
	fixture_attach_viewers(fixture);
	fixture_hold(fixture);
}

static void succeed(struct fixture *fixture)
{
	fixture_create(fixture);
	fixture_attach_viewers(fixture);
	for (uint32_t i = 0; i < 2; i++) {
		fixture_publish(fixture);
		fixture_see(fixture);
	}
	fixture_end(fixture);
	fixture_close_viewers(fixture);
}

/* Memory that nobody uses is gone, before a successor cleans up. */
static void survive_publisher(struct fixture *fixture)
{
	fixture_see_death(fixture, 0);
	fixture_see_nobody(fixture);
	if (sandbox_segments() != 0)
		fault("%d segments outlived their last user", sandbox_segments());
	succeed(fixture);
}

static void survive_mover(struct fixture *fixture)
{
	fixture_see_death(fixture, 0);
	succeed(fixture);
}

static void survive_ender(struct fixture *fixture)
{
	fixture_see_death(fixture, 1);
	succeed(fixture);
}

static void survive_creator(struct fixture *fixture)
{
	fixture_see_nobody(fixture);
	succeed(fixture);
}

/* ---- What a producer finds that is then killed itself ---- */

static void run_on_stage(void *argument)
{
	struct fixture *fixture = argument;
	const struct crash_case *crash_case = fixture->crash_case;

	crash_case->victim(fixture);
}

static pid_t start_another(struct fixture *fixture, void (*victim)(struct fixture *))
{
	const struct crash_case crash_case = { .victim = victim };
	struct fixture own = { .slots = fixture->slots,
		               .policy = fixture->policy,
		               .crash_case = &crash_case };

	fixture->number++;
	return tracee_start(run_on_stage, &own);
}

/* The remains of one that was killed at work. */
static void after_a_crash(struct fixture *fixture)
{
	pid_t pid = start_another(fixture, die_in_loan);

	tracee_to_mark(pid);
	watch(fixture);
	tracee_kill(pid);
	fixture_see_death(fixture, 0);
}

/* A segment that was not marked for removal yet. */
static void half_made(struct fixture *fixture)
{
	pid_t pid = start_another(fixture, die_in_create);

	tracee_to_mark(pid);
	tracee_to_mark(pid);
	tracee_past_call(pid, SYS_shmget);
	tracee_kill(pid);
	if (sandbox_segments() != 1)
		fault("there is nothing half-made");
	open_viewers(fixture);
}

/* Two sets of semaphores, and two files. */
static void half_moved(struct fixture *fixture)
{
	pid_t pid = start_another(fixture, die_in_resize);

	tracee_to_mark(pid);
	watch(fixture);
	tracee_to_mark(pid);
	tracee_past_call(pid, SYS_semget);
	tracee_kill(pid);
	if (sandbox_sets() != 2)
		fault("there is nothing half-moved");
	fixture_see_death(fixture, 0);
}

/* ---- Viewers that are killed ---- */

static void die_in_attach(struct fixture *fixture)
{
	struct shmflip_viewer *viewer;

	tracee_mark();
	tracee_mark();
	viewer = fixture_viewer(fixture->way);
	shmflip_viewer_wait_producer(viewer, 0);
	tracee_mark();
}

static void die_in_acquire(struct fixture *fixture)
{
	struct shmflip_viewer *viewer = fixture_viewer(fixture->way);
	struct shmflip_frame frame;

	shmflip_viewer_wait_producer(viewer, 0);
	tracee_mark();
	tracee_mark();
	shmflip_viewer_acquire(viewer, &frame, 0);
	tracee_mark();
}

static void die_in_release(struct fixture *fixture)
{
	struct shmflip_viewer *viewer = fixture_viewer(fixture->way);
	struct shmflip_frame frame;
	int error = shmflip_viewer_acquire(viewer, &frame, patience_ms);

	if (error)
		fault_of("a victim gets no frame", error);
	tracee_mark();
	tracee_mark();
	shmflip_viewer_release(viewer, &frame);
	tracee_mark();
}

static void die_in_leave(struct fixture *fixture)
{
	struct shmflip_viewer *viewer = fixture_viewer(fixture->way);
	struct shmflip_frame frame;

	shmflip_viewer_acquire(viewer, &frame, patience_ms);
	shmflip_viewer_release(viewer, &frame);
	tracee_mark();
	tracee_mark();
	shmflip_viewer_destroy(viewer);
	tracee_mark();
}

static void produce(struct fixture *fixture)
{
	publish_three(fixture);
	fixture_open_viewer(fixture, fixture->way == EVERY ? NEWEST : EVERY);
	fixture_see(fixture);
}

/* The producer gets all its slots back, counts the dead no more, and the other viewer sees on. */
static void survive_viewer(struct fixture *fixture)
{
	unsigned viewers;
	int error = shmflip_producer_viewers(fixture->producer, &viewers);

	if (error)
		fault_of("viewers cannot be counted", error);
	if (viewers != 1)
		fault("%u viewers are counted where there is one", viewers);
	for (uint32_t i = 0; i < 2 * fixture->slots; i++) {
		fixture_publish(fixture);
		fixture_see(fixture);
	}
	fixture_end(fixture);
	fixture_close_viewers(fixture);
}

const struct crash_case crash_cases[] = {
	{ "begin", die_in_loan, NULL, watch, survive_publisher, NULL, false },
	{ "publish", die_in_publish, NULL, watch, survive_publisher, NULL, false },
	{ "acquire", die_in_acquire, produce, NULL, survive_viewer, NULL, false },
	{ "release", die_in_release, produce, NULL, survive_viewer, NULL, false },
	{ "leave", die_in_leave, produce, NULL, survive_viewer, NULL, false },
	{ "destroy", die_in_destroy, NULL, watch, survive_ender, NULL, false },
	{ "open", die_in_attach, produce, NULL, survive_viewer, NULL, true },
	{ "resize", die_in_resize, NULL, watch, survive_mover, NULL, true },
	{ "create", die_in_create, NULL, open_viewers, survive_creator, NULL, true },
	{ "take-over", die_in_create, after_a_crash, NULL, survive_creator, NULL, true },
	{ "sweep-half-made", die_in_create, half_made, NULL, survive_creator, NULL, true },
	{ "sweep-half-moved", die_in_create, half_moved, NULL, survive_creator, NULL, true },
	{ "clean", die_in_clean, after_a_crash, NULL, survive_creator, NULL, true },
};

const unsigned crash_case_count = sizeof(crash_cases) / sizeof(crash_cases[0]);
