/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <sched.h>
#include <unistd.h>

#include "frames.h"
#include "monotonic.h"
#include "process.h"
#include "roles.h"
#include "spurious_wakeups.h"

/* The viewer of this process. */
struct own_viewer {
	const struct round_config *config;
	struct viewer_notes *notes;
	struct shmflip_viewer *handle;
	struct shmflip_frame held; /* pixels NULL: none */
	struct random random;
	uint32_t view;
	uint64_t last;  /* the sequence number of notes->producer's last frame */
	uint64_t count; /* frames checked */
	bool late;
};

/* A frame must be newer than the last. A viewer of every frame of a lossless producer that it
 * already follows must get the very next. */
static void check_order(struct own_viewer *own, const struct shmflip_frame *frame)
{
	const struct round_config *config = own->config;
	uint64_t producer = frames_producer(frame), sequence = frame->info.sequence;
	bool misses_none = own->view == SHMFLIP_VIEW_EVERY &&
	                   config->policy == SHMFLIP_POLICY_LOSSLESS && config->lease_ms < 0;

	if (own->notes->producer == producer && sequence <= own->last)
		fault("frame %llu came after frame %llu", (unsigned long long)sequence,
		      (unsigned long long)own->last);
	if (own->notes->producer == producer && misses_none && sequence != own->last + 1)
		fault("a viewer of every frame got frame %llu after frame %llu",
		      (unsigned long long)sequence, (unsigned long long)own->last);
	own->notes->producer = producer;
	own->last = sequence;
}

static void release_held(struct own_viewer *own)
{
	if (!own->held.pixels)
		return;
	round_state_enter(&own->notes->op, OP_CHECK);
	frames_check_whole(&own->held, "before it was released");
	round_state_enter(&own->notes->op, OP_RELEASE);
	shmflip_viewer_release(own->handle, &own->held);
	round_state_enter(&own->notes->op, OP_OTHER);
	own->notes->frames++;
	own->count++;
}

/* Sometimes takes longer than the check needs. */
static void check_frame(struct own_viewer *own, const struct shmflip_frame *frame)
{
	round_state_enter(&own->notes->op, OP_CHECK);
	check_order(own, frame);
	frames_check_whole(frame, "when it was acquired");
	if (random_one_in(&own->random, 16))
		sched_yield();
	if (random_one_in(&own->random, 128))
		process_sleep_ns(random_below(&own->random, 300000));
}

static void view_frame(struct own_viewer *own, const struct shmflip_frame *frame)
{
	check_frame(own, frame);
	release_held(own);
	own->held = *frame;
	if (!own->late)
		release_held(own);
}

/* A viewer must have got all frames of a producer that has died or ended. Only a generation that
 * the producer moved to can be lost with it. */
static void check_got_all(const struct own_viewer *own, uint64_t producer, const char *what)
{
	const struct producer_notes *notes = &own->config->shared->producer[producer];

	if (producer && !notes->moved && own->last < notes->published)
		fault("producer %llu published %llu frames; its %s was reported after frame %llu",
		      (unsigned long long)producer, (unsigned long long)notes->published, what,
		      (unsigned long long)own->last);
}

static void note_death(struct own_viewer *own)
{
	const struct round_state *shared = own->config->shared;
	uint64_t dead = own->notes->producer;

	release_held(own);
	if (dead && shared->last_producer == dead && !shared->producer[dead].ending)
		fault("the death of producer %llu was reported, but it lives",
		      (unsigned long long)dead);
	check_got_all(own, dead, "death");
	own->notes->death_seen_ns = monotonic_now_ns();
	own->notes->dead_producer = dead;
	own->notes->producer = 0;
}

/* Sets *last if that was the last producer. */
static void note_end(struct own_viewer *own, bool *last)
{
	const struct round_state *shared = own->config->shared;
	uint64_t ended = own->notes->producer;

	release_held(own);
	/* A producer that moved, died, and was replaced before this viewer followed the move looks
	 * like one that ended. */
	if (ended && !shared->producer[ended].ending && !shared->producer[ended].moved)
		fault("the end of producer %llu was reported, but it did not end",
		      (unsigned long long)ended);
	check_got_all(own, ended, "end");
	own->notes->producer = 0;
	/* A viewer that attached before the first frame of a new generation has got no frame from
	 * its producer. */
	if (!ended)
		ended = shared->last_producer;
	*last = ended && ended == shared->last_producer && shared->producer[ended].ending;
}

static void check_counts(const struct own_viewer *own)
{
	struct shmflip_viewer_stats stats;

	shmflip_viewer_stats(own->handle, &stats);
	if (stats.published != stats.acquired + stats.missed || stats.acquired != own->count)
		fault("the library counts %llu frames acquired and %llu missed, of %llu; checked: "
		      "%llu",
		      (unsigned long long)stats.acquired, (unsigned long long)stats.missed,
		      (unsigned long long)stats.published, (unsigned long long)own->count);
}

/* Sets *finished when the last producer has ended. */
static void acquire_next(struct own_viewer *own, bool *finished)
{
	struct shmflip_frame frame;
	int error;

	round_state_enter(&own->notes->op, OP_ACQUIRE);
	error = shmflip_viewer_acquire(own->handle, &frame, process_timeout_ms / 2);
	round_state_enter(&own->notes->op, OP_OTHER);
	switch (error) {
	case 0:
		view_frame(own, &frame);
		break;
	case -EPIPE:
		note_death(own);
		break;
	case -ENODATA:
		note_end(own, finished);
		break;
	case -EINTR: /* stopped and continued */
		break;
	default:
		fault_error("a viewer cannot continue", error);
	}
}

void viewer_run(void *viewer_role)
{
	const struct viewer_role *role = viewer_role;
	const struct round_config *config = role->config;
	const struct shmflip_viewer_options options = { .view = config->view[role->number] };
	struct own_viewer own = {
		.config = config,
		.notes = &config->shared->viewer[role->number],
		.random = { random_mix(config->seed * 16 + 9 + role->number) },
		.view = config->view[role->number],
		.late = role->late,
	};
	bool finished = false;
	int error = shmflip_viewer_open(&options, &own.handle);

	if (error)
		fault_error("cannot open a viewer", error);
	own.notes->producer = 0;
	own.notes->dead_producer = 0;
	spurious_wakeups = &config->shared->spurious;
	while (!finished)
		acquire_next(&own, &finished);
	check_counts(&own);
	round_state_enter(&own.notes->op, OP_CLOSE);
	shmflip_viewer_destroy(own.handle);
}
