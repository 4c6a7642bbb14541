/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "frames.h"
#include "process.h"
#include "roles.h"
#include "spurious_wakeups.h"

struct viewing {
	const struct round_config *conditions;
	struct viewer_notes *notes;
	struct shmflip_viewer *viewer;
	struct shmflip_frame held; /* pixels NULL: none */
	struct random random;
	uint64_t last;  /* the sequence of the last frame of notes->seen */
	uint64_t count; /* frames checked */
	bool late;
};

static void check_whole(const struct shmflip_frame *frame, const char *when)
{
	if (!frames_is_whole(frame))
		fault("torn: frame %llu of producer %llu, %s",
		      (unsigned long long)frame->info.sequence,
		      (unsigned long long)frames_producer(frame), when);
}

/* Newer than the last; and under lossless the very next, of a producer known already. */
static void check_order(struct viewing *own, const struct shmflip_frame *frame)
{
	bool every = own->conditions->view[own->notes - own->conditions->shared->viewer] ==
	             SHMFLIP_VIEW_EVERY;
	uint64_t producer = frames_producer(frame), sequence = frame->info.sequence;

	if (own->notes->seen == producer && sequence <= own->last)
		fault("frame %llu came after %llu", (unsigned long long)sequence,
		      (unsigned long long)own->last);
	if (own->notes->seen == producer && every && sequence != own->last + 1 &&
	    own->conditions->policy == SHMFLIP_POLICY_LOSSLESS && own->conditions->lease_ms < 0)
		fault("every frame was asked for, and %llu came after %llu",
		      (unsigned long long)sequence, (unsigned long long)own->last);
	own->notes->seen = producer;
	own->last = sequence;
}

static void let_go(struct viewing *own)
{
	if (!own->held.pixels)
		return;
	round_state_enter(&own->notes->op, OP_LOOK);
	check_whole(&own->held, "before it was released");
	round_state_enter(&own->notes->op, OP_RELEASE);
	shmflip_viewer_release(own->viewer, &own->held);
	round_state_enter(&own->notes->op, OP_OTHER);
	own->notes->frames++;
	own->count++;
}

/* Holds it for a while, now and then for longer. */
static void look(struct viewing *own, const struct shmflip_frame *frame)
{
	round_state_enter(&own->notes->op, OP_LOOK);
	check_order(own, frame);
	check_whole(frame, "when it was taken");
	if (random_one_in(&own->random, 16))
		sched_yield();
	if (random_one_in(&own->random, 128))
		process_nap_ns(random_below(&own->random, 300000));
}

static void take(struct viewing *own, const struct shmflip_frame *frame)
{
	look(own, frame);
	let_go(own);
	own->held = *frame;
	if (!own->late)
		let_go(own);
}

/* What was published before a death is taken; but a generation moved on to dies with its producer. */
static void told_of_death(struct viewing *own)
{
	const struct round_state *shared = own->conditions->shared;
	uint64_t dead = own->notes->seen;

	let_go(own);
	if (dead && (shared->last == dead && shared->producer[dead].ending == 0))
		fault("producer %llu was taken for dead", (unsigned long long)dead);
	if (dead && !shared->producer[dead].resized && own->last < shared->producer[dead].published)
		fault("producer %llu published %llu frames, and after %llu it was said dead",
		      (unsigned long long)dead,
		      (unsigned long long)shared->producer[dead].published,
		      (unsigned long long)own->last);
	own->notes->told_ns = process_now_ns();
	own->notes->told = dead;
	own->notes->seen = 0;
}

/* Whether it was the last producer's end. */
static bool told_of_end(struct viewing *own)
{
	const struct round_state *shared = own->conditions->shared;
	uint64_t ended = own->notes->seen;

	let_go(own);
	/* Who died after a move, and was replaced before this viewer followed, cannot be told from one
	 * that ended. */
	if (ended && !shared->producer[ended].ending && !shared->producer[ended].resized)
		fault("producer %llu is said to have ended", (unsigned long long)ended);
	if (ended && !shared->producer[ended].resized &&
	    own->last < shared->producer[ended].published)
		fault("producer %llu published %llu frames, and after %llu it was said to end",
		      (unsigned long long)ended,
		      (unsigned long long)shared->producer[ended].published,
		      (unsigned long long)own->last);
	own->notes->seen = 0;
	/* Who was attached before the first frame of a generation moved on to has seen nobody's. */
	if (!ended)
		ended = shared->last;
	return ended && ended == shared->last && shared->producer[ended].ending;
}

static void check_counts(const struct viewing *own)
{
	struct shmflip_viewer_stats stats;

	shmflip_viewer_stats(own->viewer, &stats);
	if (stats.published != stats.acquired + stats.missed || stats.acquired != own->count)
		fault("%llu frames acquired and %llu missed, of %llu; checked: %llu",
		      (unsigned long long)stats.acquired, (unsigned long long)stats.missed,
		      (unsigned long long)stats.published, (unsigned long long)own->count);
}

/* Whether there is more to come. */
static bool one_frame(struct viewing *own)
{
	struct shmflip_frame frame;
	int error;

	round_state_enter(&own->notes->op, OP_ACQUIRE);
	error = shmflip_viewer_acquire(own->viewer, &frame, patience_ms / 2);
	round_state_enter(&own->notes->op, OP_OTHER);
	switch (error) {
	case 0:
		take(own, &frame);
		return true;
	case -EPIPE:
		told_of_death(own);
		return true;
	case -ENODATA:
		return !told_of_end(own);
	case -EINTR: /* stopped, and continued */
		return true;
	default:
		fault_of("a viewer cannot go on", error);
	}
}

void viewer_run(void *viewer_role)
{
	const struct viewer_role *part = viewer_role;
	const struct round_config *conditions = part->conditions;
	const struct shmflip_viewer_options options = { .view = conditions->view[part->number] };
	struct viewing own = {
		.conditions = conditions,
		.notes = &conditions->shared->viewer[part->number],
		.random = { random_mix(conditions->seed * 16 + 9 + part->number) },
		.late = part->late,
	};
	int error = shmflip_viewer_open(&options, &own.viewer);

	if (error)
		fault_of("a viewer cannot open", error);
	own.notes->seen = 0;
	own.notes->told = 0;
	spurious_wakeups = &conditions->shared->spurious;
	while (one_frame(&own))
		;
	check_counts(&own);
	round_state_enter(&own.notes->op, OP_LEAVE);
	shmflip_viewer_destroy(own.viewer);
}
