/* SPDX-License-Identifier: MIT */
#include "crash_cases.h"

#include <stddef.h>
#include <sys/syscall.h>

#include "process.h"
#include "sandbox.h"
#include "tracee.h"

/* The victim does not live to see what its call returns. */
static inline void ignore(int error)
{
	(void)error;
}

/* ---- Victims that produce ---- */

static void die_in_open(struct fixture *fixture)
{
	tracee_mark();
	tracee_mark();
	fixture_open_producer(fixture);
	tracee_mark();
}

static void die_in_clean(struct fixture *fixture)
{
	struct shmflip_removed removed;

	(void)fixture;
	shmflip_init(&removed);
	tracee_mark();
	tracee_mark();
	ignore(shmflip_channel_clean(NULL, NULL, &removed));
	tracee_mark();
}

static void die_in_loan(struct fixture *fixture)
{
	struct shmflip_frame *frame;

	fixture_start_producer(fixture);
	tracee_mark();
	tracee_mark();
	ignore(shmflip_producer_loan(fixture->producer, &frame, 0));
	tracee_mark();
}

static void die_in_publish(struct fixture *fixture)
{
	struct shmflip_frame *frame;

	fixture_start_producer(fixture);
	tracee_mark();
	frame = fixture_loan(fixture);
	tracee_mark();
	ignore(shmflip_frame_publish(frame));
	tracee_mark();
}

static void die_in_discard(struct fixture *fixture)
{
	struct shmflip_frame *frame;

	fixture_start_producer(fixture);
	tracee_mark();
	frame = fixture_loan(fixture);
	tracee_mark();
	shmflip_frame_release(frame);
	tracee_mark();
}

static void die_in_let_go(struct fixture *fixture)
{
	fixture_start_producer(fixture);
	fixture_keep(fixture);
	tracee_mark();
	tracee_mark();
	shmflip_frame_release(fixture->kept);
	tracee_mark();
}

static void die_in_reuse(struct fixture *fixture)
{
	fixture_start_producer(fixture);
	fixture_keep(fixture);
	fixture_publish(fixture);
	tracee_mark();
	tracee_mark();
	ignore(shmflip_frame_reuse(fixture->kept));
	tracee_mark();
}

/* It has moved once before: every owner cleans up its first key, even one that is not on record.
 * One frame is kept, and one on loan. */
static void die_in_configure(struct fixture *fixture)
{
	fixture_open_producer(fixture);
	fixture_configure(fixture, 8192);
	fixture_keep(fixture);
	fixture_loan(fixture);
	tracee_mark();
	tracee_mark();
	fixture_configure(fixture, 4096);
	tracee_mark();
}

static void die_in_end(struct fixture *fixture)
{
	fixture_start_producer(fixture);
	tracee_mark();
	tracee_mark();
	fixture_end_stream(fixture, fixture->victim_view == EVERY);
	tracee_mark();
}

static void die_in_next_stream(struct fixture *fixture)
{
	struct shmflip_frame *frame;

	fixture_start_producer(fixture);
	tracee_mark();
	fixture_end_stream(fixture, false);
	tracee_mark();
	ignore(shmflip_producer_loan(fixture->producer, &frame, 0));
	tracee_mark();
}

/* A frame is kept. */
static void die_in_close_producer(struct fixture *fixture)
{
	fixture_start_producer(fixture);
	fixture_keep(fixture);
	tracee_mark();
	tracee_mark();
	shmflip_producer_close(fixture->producer);
	tracee_mark();
}

/* The release frees the last generation. */
static void die_after_close(struct fixture *fixture)
{
	fixture_start_producer(fixture);
	fixture_keep(fixture);
	tracee_mark();
	shmflip_producer_close(fixture->producer);
	tracee_mark();
	shmflip_frame_release(fixture->kept);
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
	fixture_open_producer(fixture);
	fixture_attach_viewers(fixture);
	for (uint32_t i = 0; i < 2; i++) {
		fixture_publish(fixture);
		fixture_take_newest(fixture);
	}
	fixture_close_producer(fixture);
	fixture_close_viewers(fixture);
}

/* The kernel must have freed the memory before a successor cleans up. */
static void survive_publisher(struct fixture *fixture)
{
	fixture_expect_death(fixture, false);
	fixture_expect_no_frame(fixture);
	if (sandbox_segments() != 0)
		fault("%d segments outlived their last user", sandbox_segments());
	run_successor(fixture);
}

static void survive_configure(struct fixture *fixture)
{
	fixture_expect_death(fixture, false);
	run_successor(fixture);
}

static void survive_end(struct fixture *fixture)
{
	fixture_expect_death(fixture, true);
	run_successor(fixture);
}

static void survive_open(struct fixture *fixture)
{
	fixture_expect_no_frame(fixture);
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
	pid_t pid = start_first_victim(fixture, die_in_open);

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
	pid_t pid = start_first_victim(fixture, die_in_configure);

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

static void die_in_attach(struct fixture *fixture)
{
	tracee_mark();
	tracee_mark();
	fixture_open_viewer(fixture, fixture->victim_view);
	ignore(shmflip_viewer_attach(fixture->viewer[fixture->victim_view], 0));
	tracee_mark();
}

static const struct shmflip_frame *acquire(struct shmflip_viewer *viewer)
{
	const struct shmflip_frame *frame;
	int error = shmflip_viewer_acquire(viewer, &frame, process_timeout_ms);

	if (error)
		fault_error("a victim gets no frame", error);
	return frame;
}

static void die_in_acquire(struct fixture *fixture)
{
	struct shmflip_viewer *viewer = fixture_new_viewer(fixture->victim_view);
	const struct shmflip_frame *frame;
	int error = shmflip_viewer_attach(viewer, 0);

	tracee_mark();
	tracee_mark();
	if (!error)
		ignore(shmflip_viewer_acquire(viewer, &frame, 0));
	tracee_mark();
}

static void die_in_release(struct fixture *fixture)
{
	const struct shmflip_frame *frame = acquire(fixture_new_viewer(fixture->victim_view));

	tracee_mark();
	tracee_mark();
	shmflip_frame_release(frame);
	tracee_mark();
}

/* The viewer has moved meanwhile, so the release detaches the old generation. */
static void die_in_release_old(struct fixture *fixture)
{
	struct shmflip_viewer *viewer = fixture_new_viewer(fixture->victim_view);
	const struct shmflip_frame *old = acquire(viewer), *frame;

	tracee_mark();
	ignore(shmflip_viewer_acquire(viewer, &frame, 0));
	tracee_mark();
	shmflip_frame_release(old);
	tracee_mark();
}

static void die_in_release_closed(struct fixture *fixture)
{
	struct shmflip_viewer *viewer = fixture_new_viewer(fixture->victim_view);
	const struct shmflip_frame *frame = acquire(viewer);

	shmflip_viewer_close(viewer);
	tracee_mark();
	tracee_mark();
	shmflip_frame_release(frame);
	tracee_mark();
}

static void die_in_close_viewer(struct fixture *fixture)
{
	struct shmflip_viewer *viewer = fixture_new_viewer(fixture->victim_view);

	shmflip_frame_release(acquire(viewer));
	tracee_mark();
	tracee_mark();
	shmflip_viewer_close(viewer);
	tracee_mark();
}

/* The killer produces, and has a viewer of the other view. */
static void produce(struct fixture *fixture)
{
	fixture_start_producer(fixture);
	fixture_open_viewer(fixture, fixture->victim_view == EVERY ? NEWEST : EVERY);
	fixture_take_newest(fixture);
}

static void move_on(struct fixture *fixture)
{
	fixture_configure(fixture, 8192);
	fixture_expect_no_frame(fixture);
}

/* The producer counts the dead viewer no more and gets all slots back; the other viewer
 * continues. */
static void survive_viewer(struct fixture *fixture)
{
	uint32_t viewers;
	int error = shmflip_producer_viewers(fixture->producer, &viewers);

	if (error)
		fault_error("cannot count the viewers", error);
	if (viewers != 1)
		fault("%u viewers are counted, but 1 is alive", viewers);
	for (uint32_t i = 0; i < 2 * fixture->slots; i++) {
		fixture_publish(fixture);
		fixture_take_newest(fixture);
	}
	fixture_close_producer(fixture);
	fixture_close_viewers(fixture);
}

const struct crash_case crash_cases[] = {
	/* name, victim, prepare, at_mark, survive, overtake, is_long */
	{ "loan", die_in_loan, NULL, attach_and_hold_frame, survive_publisher, NULL, false },
	{ "publish", die_in_publish, NULL, attach_and_hold_frame, survive_publisher, NULL, false },
	{ "discard", die_in_discard, NULL, attach_and_hold_frame, survive_publisher, NULL, false },
	{ "let-go", die_in_let_go, NULL, attach_and_hold_frame, survive_publisher, NULL, false },
	{ "reuse", die_in_reuse, NULL, attach_and_hold_frame, survive_publisher, NULL, false },
	{ "acquire", die_in_acquire, produce, NULL, survive_viewer, NULL, false },
	{ "release", die_in_release, produce, NULL, survive_viewer, NULL, false },
	{ "old-release", die_in_release_old, produce, move_on, survive_viewer, NULL, false },
	{ "closed-release", die_in_release_closed, produce, NULL, survive_viewer, NULL, false },
	{ "viewer-close", die_in_close_viewer, produce, NULL, survive_viewer, NULL, false },
	{ "end", die_in_end, NULL, attach_and_hold_frame, survive_end, NULL, false },
	{ "next-stream", die_in_next_stream, NULL, attach_and_hold_frame, survive_end, NULL, true },
	{ "producer-close", die_in_close_producer, NULL, attach_and_hold_frame, survive_end, NULL,
	  false },
	{ "closed-let-go", die_after_close, NULL, attach_and_hold_frame, survive_end, NULL, false },
	{ "viewer-open", die_in_attach, produce, NULL, survive_viewer, NULL, true },
	{ "configure", die_in_configure, NULL, attach_and_hold_frame, survive_configure, NULL,
	  true },
	{ "producer-open", die_in_open, NULL, open_viewers, survive_open, NULL, true },
	{ "take-over", die_in_open, leave_channel, NULL, survive_open, NULL, true },
	{ "cleanup-half-made", die_in_open, leave_half_made, NULL, survive_open, NULL, true },
	{ "cleanup-half-moved", die_in_open, leave_half_moved, NULL, survive_open, NULL, true },
	{ "clean", die_in_clean, leave_channel, NULL, survive_open, NULL, true },
};

const unsigned crash_case_count = sizeof(crash_cases) / sizeof(crash_cases[0]);
