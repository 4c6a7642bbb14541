/* SPDX-License-Identifier: MIT
 *
 * Viewers that are halted at every instruction, but not killed, while the producer overtakes them
 * in every way it can. Then they continue. They must see only whole frames, and every frame where
 * the policy promises that. */
#include <errno.h>
#include <stddef.h>

#include "crash_cases.h"
#include "frames.h"
#include "monotonic.h"
#include "process.h"
#include "tracee.h"

/* ---- The producer, in the killer's process ---- */

/* Publishes until no slot is free, but at most twice the number of slots. */
static void overtake(struct fixture *fixture)
{
	for (uint32_t i = 0; i < 2 * fixture->slots && fixture_try_publish(fixture); i++)
		;
}

static void overtake_and_configure(struct fixture *fixture)
{
	overtake(fixture);
	fixture_configure(fixture, 8192);
	overtake(fixture);
	fixture_configure(fixture, 4096);
	overtake(fixture);
}

static void start_and_keep(struct fixture *fixture)
{
	fixture_start_producer(fixture);
	fixture_keep(fixture);
}

/* Leaves the frame that was newest half drawn, until the resumed victim has had time to check
 * it. */
static void overtake_and_reuse(struct fixture *fixture)
{
	fixture_try_publish(fixture);
	fixture_begin_reuse(fixture);
}

/* The next stream begins at once, or, if it has to wait for the viewer, later. */
static void overtake_and_end(struct fixture *fixture)
{
	overtake(fixture);
	fixture_end_stream(fixture, true);
	overtake(fixture);
}

/* Publishes while the resumed victim views. */
static void produce_to_the_end(struct fixture *fixture)
{
	int error = shmflip_producer_wait_viewers(fixture->producer, 1, process_timeout_ms);

	if (error)
		fault_error("an overtaken viewer does not attach", error);
	if (fixture->kept) {
		/* The victim has the same processor. */
		process_sleep_ns(NS_PER_MS);
		fixture_finish_reuse(fixture);
	}
	for (uint32_t i = 0; i < 2 * fixture->slots; i++)
		fixture_publish(fixture);
	fixture_close_producer(fixture);
}

/* ---- Victims ---- */

static void check_frame(const struct fixture *fixture, const struct shmflip_frame *frame,
                        uint64_t *last)
{
	frames_check_whole(frame, "in an overtaken viewer");
	if (frame->sequence <= *last)
		fault("frame %llu came after frame %llu", (unsigned long long)frame->sequence,
		      (unsigned long long)*last);
	if (*last && fixture->victim_view == EVERY && frame->sequence != *last + 1)
		fault("a viewer of every frame got frame %llu after frame %llu",
		      (unsigned long long)frame->sequence, (unsigned long long)*last);
	*last = frame->sequence;
}

static int view_to_an_end(const struct fixture *fixture, struct shmflip_viewer *viewer,
                          uint64_t *last)
{
	const struct shmflip_frame *frame;
	int error;

	while ((error = shmflip_viewer_acquire(viewer, &frame, process_timeout_ms)) == 0) {
		check_frame(fixture, frame, last);
		shmflip_frame_release(frame);
	}
	return error;
}

static void close_at_end(struct shmflip_viewer *viewer, int error)
{
	if (error != -ENODATA)
		fault_error("an overtaken viewer cannot continue", error);
	shmflip_viewer_close(viewer);
}

static bool stream_fails(const struct fixture *fixture)
{
	return fixture->crash_case->overtake == overtake_and_end;
}

/* The viewer was attached when its stream failed. */
static void view_to_the_end(const struct fixture *fixture, struct shmflip_viewer *viewer,
                            uint64_t last)
{
	int error = view_to_an_end(fixture, viewer, &last);

	if (stream_fails(fixture)) {
		if (error != -EPIPE)
			fault_error("an overtaken viewer does not see that the stream failed",
			            error);
		error = view_to_an_end(fixture, viewer, &last);
	}
	close_at_end(viewer, error);
}

/* A viewer that attaches meanwhile need not see that the stream failed. */
static void halt_in_open(struct fixture *fixture)
{
	struct shmflip_viewer *viewer;
	uint64_t last = 0;
	int error;

	tracee_mark();
	tracee_mark();
	viewer = fixture_new_viewer(fixture->victim_view);
	error = shmflip_viewer_attach(viewer, 0);
	tracee_mark();
	if (error && error != -EAGAIN)
		fault_error("an overtaken viewer cannot attach", error);
	error = view_to_an_end(fixture, viewer, &last);
	if (error == -EPIPE && stream_fails(fixture))
		error = view_to_an_end(fixture, viewer, &last);
	close_at_end(viewer, error);
}

static const struct shmflip_frame *acquire(struct shmflip_viewer *viewer)
{
	const struct shmflip_frame *frame;
	int error = shmflip_viewer_acquire(viewer, &frame, process_timeout_ms);

	if (error)
		fault_error("an overtaken viewer gets no frame", error);
	return frame;
}

static void halt_in_acquire(struct fixture *fixture)
{
	struct shmflip_viewer *viewer = fixture_new_viewer(fixture->victim_view);
	const struct shmflip_frame *frame;
	uint64_t last = 0;
	int error = shmflip_viewer_attach(viewer, 0);

	if (error)
		fault_error("a viewer to be overtaken cannot attach", error);
	tracee_mark();
	tracee_mark();
	frame = acquire(viewer);
	tracee_mark();
	check_frame(fixture, frame, &last);
	shmflip_frame_release(frame);
	view_to_the_end(fixture, viewer, last);
}

static void halt_in_release(struct fixture *fixture)
{
	struct shmflip_viewer *viewer = fixture_new_viewer(fixture->victim_view);
	const struct shmflip_frame *frame = acquire(viewer);
	uint64_t last = frame->sequence;

	tracee_mark();
	tracee_mark();
	shmflip_frame_release(frame);
	tracee_mark();
	view_to_the_end(fixture, viewer, last);
}

/* The frame outlives its viewer. Another viewer continues. */
static void halt_in_close(struct fixture *fixture)
{
	struct shmflip_viewer *viewer = fixture_new_viewer(fixture->victim_view);
	struct shmflip_viewer *other = fixture_new_viewer(fixture->victim_view);
	const struct shmflip_frame *frame = acquire(viewer);
	uint64_t last = frame->sequence;

	shmflip_frame_release(acquire(other));
	tracee_mark();
	tracee_mark();
	shmflip_viewer_close(viewer);
	tracee_mark();
	frames_check_whole(frame, "after its viewer was closed");
	shmflip_frame_release(frame);
	view_to_the_end(fixture, other, last);
}

const struct crash_case overtaken_cases[] = {
	/* name, victim, prepare, at_mark, survive, overtake, is_long */
	{ "halted-in-open", halt_in_open, fixture_start_producer, NULL, produce_to_the_end,
	  overtake_and_configure, true },
	{ "halted-in-acquire", halt_in_acquire, fixture_start_producer, NULL, produce_to_the_end,
	  overtake, false },
	{ "halted-before-move", halt_in_acquire, fixture_start_producer, NULL, produce_to_the_end,
	  overtake_and_configure, false },
	{ "halted-before-reuse", halt_in_acquire, start_and_keep, NULL, produce_to_the_end,
	  overtake_and_reuse, false },
	{ "halted-before-end", halt_in_acquire, fixture_start_producer, NULL, produce_to_the_end,
	  overtake_and_end, false },
	{ "halted-in-open-at-end", halt_in_open, fixture_start_producer, NULL, produce_to_the_end,
	  overtake_and_end, true },
	{ "halted-in-close", halt_in_close, fixture_start_producer, NULL, produce_to_the_end,
	  overtake_and_configure, false },
	{ "halted-in-release", halt_in_release, fixture_start_producer, NULL, produce_to_the_end,
	  overtake, false },
};

const unsigned overtaken_count = sizeof(overtaken_cases) / sizeof(overtaken_cases[0]);
