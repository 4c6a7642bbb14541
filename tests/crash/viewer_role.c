/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <sched.h>
#include <unistd.h>

#include "frames.h"
#include "monotonic.h"
#include "process.h"
#include "release_thread.h"
#include "roles.h"
#include "spurious_wakeups.h"

/* The viewer of this process. */
struct own_viewer {
	const struct round_config *config;
	struct viewer_notes *notes;
	struct shmflip_viewer *handle;
	struct release_thread release_thread;
	const struct shmflip_frame *held; /* the last frame; NULL: none */
	const struct shmflip_frame *old;  /* of an earlier generation or handle; NULL: none */
	struct random random;
	uint32_t view;
	uint64_t producer; /* of the last frame of this handle; 0: none */
	uint64_t last;     /* the sequence number of that frame */
	uint64_t acquired; /* by this handle */
	uint64_t ends;     /* that this handle has reported, with deaths */
	bool late;
};

/* A frame must be newer than the last, also across the end of a stream. A viewer of every frame of
 * a lossless producer that it already follows must get the very next. */
static void check_order(struct own_viewer *own, const struct shmflip_frame *frame)
{
	const struct round_config *config = own->config;
	uint64_t producer = frames_producer(frame);
	bool misses_none = own->view == SHMFLIP_VIEW_EVERY &&
	                   config->policy == SHMFLIP_POLICY_LOSSLESS && config->lease_ms < 0;

	if (own->producer == producer && frame->sequence <= own->last)
		fault("frame %llu came after frame %llu", (unsigned long long)frame->sequence,
		      (unsigned long long)own->last);
	if (own->producer == producer && misses_none && frame->sequence != own->last + 1)
		fault("a viewer of every frame got frame %llu after frame %llu",
		      (unsigned long long)frame->sequence, (unsigned long long)own->last);
	own->notes->producer = producer;
	own->producer = producer;
	own->last = frame->sequence;
}

/* ---- Frames ---- */

static void release(struct own_viewer *own, const struct shmflip_frame *frame)
{
	if (!frame)
		return;
	own->notes->frames++;
	if (random_one_in(&own->random, 8)) {
		release_thread_give(&own->release_thread, frame);
		return;
	}
	round_state_enter(&own->notes->op, OP_CHECK);
	frames_check_whole(frame, "before it was released");
	round_state_enter(&own->notes->op, OP_RELEASE);
	shmflip_frame_release(frame);
	round_state_enter(&own->notes->op, OP_OTHER);
}

static void release_held(struct own_viewer *own)
{
	release(own, own->held);
	own->held = NULL;
}

static void release_old(struct own_viewer *own)
{
	release(own, own->old);
	own->old = NULL;
}

/* Frames outlive their generation, their producer and their viewer. */
static void set_held_aside(struct own_viewer *own)
{
	if (!own->held)
		return;
	release_old(own);
	own->old = own->held;
	own->held = NULL;
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

/* The frame that outlived the last handle may keep a slot of the current generation: so it is not
 * kept for longer than one frame. */
static void view_frame(struct own_viewer *own, const struct shmflip_frame *frame)
{
	check_frame(own, frame);
	if (own->acquired++ == 0)
		release_old(own);
	if (own->held && own->held->stream != frame->stream)
		set_held_aside(own);
	release_held(own);
	own->held = frame;
	if (!own->late)
		release_held(own);
}

/* ---- Ends and deaths ---- */

static bool is_last_frame(const struct producer_notes *notes, uint64_t sequence)
{
	for (uint32_t i = 0; i < notes->ends && i < ENDS_MAX; i++)
		if (notes->last_frame[i] == sequence)
			return true;
	return false;
}

/* A viewer must have got all frames of a stream that has ended, or whose producer has died. Only a
 * generation that the producer moved to can be lost with it. */
static void check_got_all(const struct own_viewer *own, uint64_t producer, const char *what)
{
	const struct producer_notes *notes = &own->config->shared->producer[producer];

	if (producer && !notes->moved && own->last < notes->published &&
	    !is_last_frame(notes, own->last))
		fault("producer %llu published %llu frames; its %s was reported after frame %llu",
		      (unsigned long long)producer, (unsigned long long)notes->published, what,
		      (unsigned long long)own->last);
}

/* Each end is reported once. */
static void count_end(struct own_viewer *own)
{
	const struct round_state *shared = own->config->shared;
	uint64_t limit = 0;

	for (int i = 1; i <= PRODUCERS_MAX; i++)
		limit += shared->producer[i].ends + (shared->producer[i].op != OP_START);
	if (++own->ends > limit)
		fault("a viewer reports %llu ends and deaths of %llu",
		      (unsigned long long)own->ends, (unsigned long long)limit);
}

static void let_go(struct own_viewer *own)
{
	count_end(own);
	if (random_one_in(&own->random, 2))
		set_held_aside(own);
	release_held(own);
}

static void note_death(struct own_viewer *own)
{
	const struct round_state *shared = own->config->shared;
	uint64_t dead = own->notes->producer;
	const struct producer_notes *notes = &shared->producer[dead];

	let_go(own);
	if (dead && shared->last_producer == dead && !notes->ending && !notes->failed)
		fault("the death of producer %llu was reported, but it lives",
		      (unsigned long long)dead);
	check_got_all(own, dead, "death");
	/* A stream that failed looks the same. */
	if (!notes->failed) {
		own->notes->death_seen_ns = monotonic_now_ns();
		own->notes->dead_producer = dead;
	}
	own->notes->producer = 0;
}

/* Sets *last if that was the last producer. */
static void note_end(struct own_viewer *own, bool *last)
{
	const struct round_state *shared = own->config->shared;
	uint64_t ended = own->notes->producer;
	const struct producer_notes *notes = &shared->producer[ended];

	let_go(own);
	if (ended && !notes->ending && !notes->ends)
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

/* ---- The handle ---- */

static void open_viewer(struct own_viewer *own)
{
	struct shmflip_viewer_options options;
	int error;

	shmflip_init(&options);
	options.view = own->view;
	error = shmflip_viewer_open(&options, &own->handle);
	if (error)
		fault_error("cannot open a viewer", error);
	own->producer = 0;
	own->acquired = 0;
	own->ends = 0;
}

static void check_counts(const struct own_viewer *own)
{
	struct shmflip_counts counts;
	int error;

	shmflip_init(&counts);
	error = shmflip_viewer_counts(own->handle, &counts);
	if (error)
		fault_error("the viewer has no counts", error);
	if (counts.published != counts.acquired + counts.missed || counts.acquired != own->acquired)
		fault("the library counts %llu frames acquired and %llu missed, of %llu; checked: "
		      "%llu",
		      (unsigned long long)counts.acquired, (unsigned long long)counts.missed,
		      (unsigned long long)counts.published, (unsigned long long)own->acquired);
}

static void close_viewer(struct own_viewer *own)
{
	check_counts(own);
	set_held_aside(own);
	own->notes->producer = 0;
	round_state_enter(&own->notes->op, OP_CLOSE_VIEWER);
	shmflip_viewer_close(own->handle);
	round_state_enter(&own->notes->op, OP_OTHER);
}

/* Sets *finished if the last producer ends before this viewer is attached again. Once it is
 * attached, it will hear of the end. */
static void reopen(struct own_viewer *own, bool *finished)
{
	const struct round_state *shared = own->config->shared;
	uint64_t last;
	int error;

	close_viewer(own);
	open_viewer(own);
	do {
		last = shared->last_producer;
		*finished = last && shared->producer[last].ending;
		error = shmflip_viewer_attach(own->handle, 10);
	} while (!*finished && (error == -EAGAIN || error == -EINTR));
	if (error && !*finished)
		fault_error("a viewer cannot attach again", error);
}

/* Sets *finished when the last producer has ended. */
static void acquire_next(struct own_viewer *own, bool *finished)
{
	const struct shmflip_frame *frame;
	int error;

	round_state_enter(&own->notes->op, OP_ACQUIRE);
	error = shmflip_viewer_acquire(own->handle, &frame, process_timeout_ms / 2);
	round_state_enter(&own->notes->op, OP_OTHER);
	switch (error) {
	case 0:
		view_frame(own, frame);
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
	struct own_viewer own = {
		.config = config,
		.notes = &config->shared->viewer[role->number],
		.random = { random_mix(config->seed * 16 + 9 + role->number) },
		.view = config->view[role->number],
		.late = role->late,
	};
	bool finished = false;

	own.notes->producer = 0;
	own.notes->dead_producer = 0;
	spurious_wakeups = &config->shared->spurious;
	release_thread_init(&own.release_thread);
	open_viewer(&own);
	while (!finished) {
		acquire_next(&own, &finished);
		if (!finished && random_one_in(&own.random, 256))
			reopen(&own, &finished);
	}
	close_viewer(&own);
	release_old(&own);
	release_thread_finish(&own.release_thread);
}
