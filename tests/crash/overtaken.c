/* SPDX-License-Identifier: MIT
 *
 * Viewers that are not killed at every instruction, but halted there, while the producer overtakes them
 * in every way it can; then they go on, and must see nothing but whole frames, and miss none where they
 * may not. */
#include <errno.h>

#include "crash_cases.h"
#include "frames.h"
#include "process.h"
#include "tracee.h"

/* ---- Victims ---- */

static void check_frame(const struct fixture *fixture, const struct shmflip_frame *frame,
                        uint64_t *last)
{
	if (!frames_is_whole(frame))
		fault("torn: frame %llu", (unsigned long long)frame->info.sequence);
	if (frame->info.sequence <= *last)
		fault("frame %llu came after %llu", (unsigned long long)frame->info.sequence,
		      (unsigned long long)*last);
	if (*last && fixture->way == EVERY && frame->info.sequence != *last + 1)
		fault("every frame was asked for, and %llu came after %llu",
		      (unsigned long long)frame->info.sequence, (unsigned long long)*last);
	*last = frame->info.sequence;
}

static void view_to_the_end(const struct fixture *fixture, struct shmflip_viewer *viewer,
                            uint64_t last)
{
	struct shmflip_frame frame;
	int error;

	while ((error = shmflip_viewer_acquire(viewer, &frame, patience_ms)) == 0) {
		check_frame(fixture, &frame, &last);
		shmflip_viewer_release(viewer, &frame);
	}
	if (error != -ENODATA)
		fault_of("who was overtaken cannot go on", error);
	shmflip_viewer_destroy(viewer);
}

static void halt_in_open(struct fixture *fixture)
{
	struct shmflip_viewer *viewer;

	tracee_mark();
	tracee_mark();
	viewer = fixture_viewer(fixture->way);
	shmflip_viewer_wait_producer(viewer, 0);
	tracee_mark();
	view_to_the_end(fixture, viewer, 0);
}

static void halt_in_acquire(struct fixture *fixture)
{
	struct shmflip_viewer *viewer = fixture_viewer(fixture->way);
	struct shmflip_frame frame;
	uint64_t last = 0;
	int error;

	shmflip_viewer_wait_producer(viewer, 0);
	tracee_mark();
	tracee_mark();
	error = shmflip_viewer_acquire(viewer, &frame, patience_ms);
	tracee_mark();
	if (error)
		fault_of("who was overtaken gets no frame", error);
	check_frame(fixture, &frame, &last);
	shmflip_viewer_release(viewer, &frame);
	view_to_the_end(fixture, viewer, last);
}

static void halt_in_release(struct fixture *fixture)
{
	struct shmflip_viewer *viewer = fixture_viewer(fixture->way);
	struct shmflip_frame frame, other;
	int error = shmflip_viewer_acquire(viewer, &frame, patience_ms);

	if (error)
		fault_of("who is to be overtaken gets no frame", error);
	other = frame;
	tracee_mark();
	tracee_mark();
	shmflip_viewer_release(viewer, &frame);
	tracee_mark();
	view_to_the_end(fixture, viewer, other.info.sequence);
}

/* ---- Their producer ---- */

static void produce(struct fixture *fixture)
{
	fixture_create(fixture);
	for (int i = 0; i < 3; i++)
		fixture_publish(fixture);
}

/* As many frames as there is room for, twice all slots at most. */
static void overtake(struct fixture *fixture)
{
	for (uint32_t i = 0; i < 2 * fixture->slots && fixture_try_publish(fixture); i++)
		;
}

static void overtake_and_move(struct fixture *fixture)
{
	overtake(fixture);
	fixture_resize(fixture, 8192);
	overtake(fixture);
	fixture_resize(fixture, 4096);
	overtake(fixture);
}

/* The victim goes on meanwhile. */
static void go_on_together(struct fixture *fixture)
{
	int error = shmflip_producer_wait_viewers(fixture->producer, 1, patience_ms);

	if (error)
		fault_of("who was overtaken does not come", error);
	for (uint32_t i = 0; i < 2 * fixture->slots; i++)
		fixture_publish(fixture);
	fixture_end(fixture);
}

const struct crash_case overtaken_cases[] = {
	{ "halted-in-open", halt_in_open, produce, NULL, go_on_together, overtake_and_move, true },
	{ "halted-in-acquire", halt_in_acquire, produce, NULL, go_on_together, overtake, false },
	{ "halted-before-move", halt_in_acquire, produce, NULL, go_on_together, overtake_and_move,
	  false },
	{ "halted-in-release", halt_in_release, produce, NULL, go_on_together, overtake, false },
};

const unsigned overtaken_count = sizeof(overtaken_cases) / sizeof(overtaken_cases[0]);
