/* SPDX-License-Identifier: MIT
 *
 * Viewers that are halted at every instruction, but not killed, while the producer overtakes them
 * in every way it can. Then they continue. They must see only whole frames, and every frame where
 * the policy promises that. */
#include <errno.h>

#include "crash_cases.h"
#include "frames.h"
#include "process.h"
#include "tracee.h"

/* ---- Victims ---- */

static void check_frame(const struct fixture *fixture, const struct shmflip_frame *frame,
                        uint64_t *last)
{
	frames_check_whole(frame, "in an overtaken viewer");
	if (frame->info.sequence <= *last)
		fault("frame %llu came after frame %llu", (unsigned long long)frame->info.sequence,
		      (unsigned long long)*last);
	if (*last && fixture->victim_view == EVERY && frame->info.sequence != *last + 1)
		fault("a viewer of every frame got frame %llu after frame %llu",
		      (unsigned long long)frame->info.sequence, (unsigned long long)*last);
	*last = frame->info.sequence;
}

static void view_to_the_end(const struct fixture *fixture, struct shmflip_viewer *viewer,
                            uint64_t last)
{
	struct shmflip_frame frame;
	int error;

	while ((error = shmflip_viewer_acquire(viewer, &frame, process_timeout_ms)) == 0) {
		check_frame(fixture, &frame, &last);
		shmflip_viewer_release(viewer, &frame);
	}
	if (error != -ENODATA)
		fault_error("an overtaken viewer cannot continue", error);
	shmflip_viewer_destroy(viewer);
}

static void halt_in_open(struct fixture *fixture)
{
	struct shmflip_viewer *viewer;

	tracee_mark();
	tracee_mark();
	viewer = fixture_new_viewer(fixture->victim_view);
	shmflip_viewer_wait_producer(viewer, 0);
	tracee_mark();
	view_to_the_end(fixture, viewer, 0);
}

static void halt_in_acquire(struct fixture *fixture)
{
	struct shmflip_viewer *viewer = fixture_new_viewer(fixture->victim_view);
	struct shmflip_frame frame;
	uint64_t last = 0;
	int error;

	shmflip_viewer_wait_producer(viewer, 0);
	tracee_mark();
	tracee_mark();
	error = shmflip_viewer_acquire(viewer, &frame, process_timeout_ms);
	tracee_mark();
	if (error)
		fault_error("an overtaken viewer gets no frame", error);
	check_frame(fixture, &frame, &last);
	shmflip_viewer_release(viewer, &frame);
	view_to_the_end(fixture, viewer, last);
}

static void halt_in_release(struct fixture *fixture)
{
	struct shmflip_viewer *viewer = fixture_new_viewer(fixture->victim_view);
	struct shmflip_frame frame;
	uint64_t last = 0;
	int error = shmflip_viewer_acquire(viewer, &frame, process_timeout_ms);

	if (error)
		fault_error("a viewer to be overtaken gets no frame", error);
	last = frame.info.sequence;
	tracee_mark();
	tracee_mark();
	shmflip_viewer_release(viewer, &frame);
	tracee_mark();
	view_to_the_end(fixture, viewer, last);
}

/* ---- The producer, in the killer's process ---- */

/* Publishes until no slot is free, but at most twice the number of slots. */
static void overtake(struct fixture *fixture)
{
	for (uint32_t i = 0; i < 2 * fixture->slots && fixture_try_publish(fixture); i++)
		;
}

static void overtake_and_resize(struct fixture *fixture)
{
	overtake(fixture);
	fixture_resize(fixture, 8192);
	overtake(fixture);
	fixture_resize(fixture, 4096);
	overtake(fixture);
}

/* Publishes while the resumed victim views. */
static void produce_to_the_end(struct fixture *fixture)
{
	int error = shmflip_producer_wait_viewers(fixture->producer, 1, process_timeout_ms);

	if (error)
		fault_error("an overtaken viewer does not attach", error);
	for (uint32_t i = 0; i < 2 * fixture->slots; i++)
		fixture_publish(fixture);
	fixture_end_producer(fixture);
}

const struct crash_case overtaken_cases[] = {
	/* name, victim, prepare, at_mark, survive, overtake, is_long */
	{ "halted-in-open", halt_in_open, fixture_start_producer, NULL, produce_to_the_end,
	  overtake_and_resize, true },
	{ "halted-in-acquire", halt_in_acquire, fixture_start_producer, NULL, produce_to_the_end,
	  overtake, false },
	{ "halted-before-move", halt_in_acquire, fixture_start_producer, NULL, produce_to_the_end,
	  overtake_and_resize, false },
	{ "halted-in-release", halt_in_release, fixture_start_producer, NULL, produce_to_the_end,
	  overtake, false },
};

const unsigned overtaken_count = sizeof(overtaken_cases) / sizeof(overtaken_cases[0]);
