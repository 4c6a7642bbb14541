/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "frames.h"
#include "process.h"
#include "roles.h"

struct producing {
	const struct round_config *conditions;
	struct producer_notes *notes;
	struct shmflip_producer *producer;
	struct random random;
	uint64_t number;
	uint64_t sequence; /* published so far */
	uint64_t moves;
};

static void create(struct producing *own, bool takes_over)
{
	const struct round_config *conditions = own->conditions;
	const struct shmflip_producer_options options = {
		.slots = conditions->slots,
		.slot_bytes = conditions->slot_bytes,
		.policy = conditions->policy,
		.lease_ms = conditions->lease_ms,
	};
	int error;

	round_state_enter(&own->notes->op, takes_over ? OP_TAKE_OVER : OP_CREATE);
	error = shmflip_producer_create(&options, &own->producer);
	round_state_enter(&own->notes->op, OP_OTHER);
	if (error)
		fault_of("the channel cannot be had", error);
}

/* 0, or -EAGAIN where it may be: under latest, when viewers hold all slots. */
static int borrow(struct producing *own, struct shmflip_loan *loan)
{
	bool latest = own->conditions->policy == SHMFLIP_POLICY_LATEST;
	int error;

	round_state_enter(&own->notes->op, OP_LOAN);
	do
		error = shmflip_producer_loan(own->producer, loan, latest ? 1 : patience_ms / 2);
	while (error == -EINTR);
	round_state_enter(&own->notes->op, OP_OTHER);
	if (error && !(error == -EAGAIN && latest))
		fault_of("no slot for the producer", error);
	return error;
}

static void draw(struct producing *own, struct shmflip_loan *loan, struct shmflip_frame_info *info)
{
	uint64_t sequence = own->sequence + 1;

	round_state_enter(&own->notes->op, OP_DRAW);
	frames_describe(info, own->number, sequence, loan->size_bytes);
	frames_draw(loan->pixels, info, sequence, 0);
	if (random_one_in(&own->random, 16))
		sched_yield();
	frames_draw(loan->pixels, info, sequence, 1);
	round_state_enter(&own->notes->op, OP_OTHER);
}

static void publish(struct producing *own, struct shmflip_loan *loan,
                    struct shmflip_frame_info *info)
{
	int error;

	round_state_enter(&own->notes->op, OP_PUBLISH);
	error = shmflip_producer_publish(own->producer, loan, info);
	round_state_enter(&own->notes->op, OP_OTHER);
	if (error)
		fault_of("a frame cannot be published", error);
	if (info->sequence != ++own->sequence)
		fault("frame %llu came after %llu", (unsigned long long)info->sequence,
		      (unsigned long long)own->sequence - 1);
	own->notes->published = own->sequence;
}

static void discard(struct producing *own, struct shmflip_loan *loan)
{
	round_state_enter(&own->notes->op, OP_DISCARD);
	shmflip_producer_discard(own->producer, loan);
	round_state_enter(&own->notes->op, OP_OTHER);
}

static void resize(struct producing *own)
{
	uint64_t bytes = own->conditions->slot_bytes * (1 + random_below(&own->random, 3));
	int error;

	own->notes->resized = 1;
	round_state_enter(&own->notes->op, OP_RESIZE);
	error = shmflip_producer_resize(own->producer, bytes);
	round_state_enter(&own->notes->op, OP_OTHER);
	if (error)
		fault_of("cannot change the size", error);
	own->moves++;
}

static void one_frame(struct producing *own)
{
	struct shmflip_frame_info info;
	struct shmflip_loan loan;

	if (own->conditions->resizes && random_one_in(&own->random, own->conditions->resizes))
		resize(own);
	if (borrow(own, &loan)) {
		shmflip_producer_drop(own->producer);
		return;
	}
	draw(own, &loan, &info);
	if (random_one_in(&own->random, 64))
		discard(own, &loan);
	else
		publish(own, &loan, &info);
}

/* With all viewers attached nobody who looks can miss the last of these. */
static void final_frames(struct producing *own)
{
	uint64_t end = own->sequence + own->conditions->frames;
	int error;

	do
		error = shmflip_producer_wait_viewers(
			own->producer, own->conditions->shared->viewers, patience_ms / 2);
	while (error == -EINTR);
	if (error)
		fault_of("not all viewers have come", error);
	while (own->sequence < end)
		one_frame(own);
}

/* A generation more than asked for means that somebody was taken for frozen, or the ring for lost. */
static void check_moves(const struct producing *own)
{
	struct shmflip_producer_stats stats;

	shmflip_producer_stats(own->producer, &stats);
	if (stats.published != own->sequence)
		fault("%llu frames are counted, of %llu", (unsigned long long)stats.published,
		      (unsigned long long)own->sequence);
	if (own->conditions->lease_ms < 0 && stats.generations != own->moves + 1)
		fault("%llu generations where %llu were asked for",
		      (unsigned long long)stats.generations, (unsigned long long)own->moves + 1);
}

void producer_run(void *producer_role)
{
	const struct producer_role *part = producer_role;
	const struct round_config *conditions = part->conditions;
	struct round_state *shared = conditions->shared;
	struct producing own = {
		.conditions = conditions,
		.notes = &shared->producer[part->number],
		.random = { random_mix(conditions->seed * 16 + part->number) },
		.number = part->number,
	};

	create(&own, part->takes_over);
	if (conditions->lease_ms > 0)
		own.notes->resized = 1;
	while (shared->final != own.number)
		one_frame(&own);
	final_frames(&own);
	check_moves(&own);
	own.notes->ending = 1;
	round_state_enter(&own.notes->op, OP_DESTROY);
	shmflip_producer_destroy(own.producer);
}
