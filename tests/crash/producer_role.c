/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <sched.h>
#include <unistd.h>

#include "frames.h"
#include "process.h"
#include "roles.h"

/* The producer of this process. */
struct own_producer {
	const struct round_config *config;
	struct producer_notes *notes;
	struct shmflip_producer *handle;
	struct random random;
	uint64_t number;
	uint64_t sequence; /* of the last published frame */
	uint64_t resizes;
};

static void create(struct own_producer *own, bool takes_over)
{
	const struct round_config *config = own->config;
	const struct shmflip_producer_options options = {
		.slots = config->slots,
		.slot_bytes = config->slot_bytes,
		.policy = config->policy,
		.lease_ms = config->lease_ms,
	};
	int error;

	round_state_enter(&own->notes->op, takes_over ? OP_TAKE_OVER : OP_CREATE);
	error = shmflip_producer_create(&options, &own->handle);
	round_state_enter(&own->notes->op, OP_OTHER);
	if (error)
		fault_error("cannot create the channel", error);
}

/* 0, or -EAGAIN under latest, when viewers hold all slots. */
static int loan_slot(struct own_producer *own, struct shmflip_loan *loan)
{
	bool latest = own->config->policy == SHMFLIP_POLICY_LATEST;
	int error;

	round_state_enter(&own->notes->op, OP_LOAN);
	do
		error = shmflip_producer_loan(own->handle, loan,
		                              latest ? 1 : process_timeout_ms / 2);
	while (error == -EINTR);
	round_state_enter(&own->notes->op, OP_OTHER);
	if (error && !(error == -EAGAIN && latest))
		fault_error("the producer gets no slot", error);
	return error;
}

static void draw(struct own_producer *own, struct shmflip_loan *loan,
                 struct shmflip_frame_info *info)
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

static void publish(struct own_producer *own, struct shmflip_loan *loan,
                    struct shmflip_frame_info *info)
{
	int error;

	round_state_enter(&own->notes->op, OP_PUBLISH);
	error = shmflip_producer_publish(own->handle, loan, info);
	round_state_enter(&own->notes->op, OP_OTHER);
	if (error)
		fault_error("cannot publish a frame", error);
	if (info->sequence != ++own->sequence)
		fault("frame %llu was published after frame %llu",
		      (unsigned long long)info->sequence, (unsigned long long)own->sequence - 1);
	own->notes->published = own->sequence;
}

static void discard(struct own_producer *own, struct shmflip_loan *loan)
{
	round_state_enter(&own->notes->op, OP_DISCARD);
	shmflip_producer_discard(own->handle, loan);
	round_state_enter(&own->notes->op, OP_OTHER);
}

static void resize(struct own_producer *own)
{
	uint64_t bytes = own->config->slot_bytes * (1 + random_below(&own->random, 3));
	int error;

	own->notes->moved = 1;
	round_state_enter(&own->notes->op, OP_RESIZE);
	error = shmflip_producer_resize(own->handle, bytes);
	round_state_enter(&own->notes->op, OP_OTHER);
	if (error)
		fault_error("cannot resize the slots", error);
	own->resizes++;
}

static void produce_frame(struct own_producer *own)
{
	struct shmflip_frame_info info;
	struct shmflip_loan loan;

	if (own->config->resizes && random_one_in(&own->random, own->config->resizes))
		resize(own);
	if (loan_slot(own, &loan)) {
		shmflip_producer_drop(own->handle);
		return;
	}
	draw(own, &loan, &info);
	if (random_one_in(&own->random, 64))
		discard(own, &loan);
	else
		publish(own, &loan, &info);
}

/* All viewers are attached, so none of them can miss the last of these frames. */
static void produce_final_frames(struct own_producer *own)
{
	uint64_t end = own->sequence + own->config->frames;
	int error;

	do
		error = shmflip_producer_wait_viewers(own->handle, own->config->shared->viewers,
		                                      process_timeout_ms / 2);
	while (error == -EINTR);
	if (error)
		fault_error("not all viewers have attached", error);
	while (own->sequence < end)
		produce_frame(own);
}

/* A generation more than expected means that the producer took a viewer for frozen, or the ring for
 * lost. */
static void check_counts(const struct own_producer *own)
{
	struct shmflip_producer_stats stats;

	shmflip_producer_stats(own->handle, &stats);
	if (stats.published != own->sequence)
		fault("the library counts %llu frames of %llu", (unsigned long long)stats.published,
		      (unsigned long long)own->sequence);
	if (own->config->lease_ms < 0 && stats.generations != own->resizes + 1)
		fault("%llu generations instead of %llu", (unsigned long long)stats.generations,
		      (unsigned long long)own->resizes + 1);
}

void producer_run(void *producer_role)
{
	const struct producer_role *role = producer_role;
	const struct round_config *config = role->config;
	struct round_state *shared = config->shared;
	struct own_producer own = {
		.config = config,
		.notes = &shared->producer[role->number],
		.random = { random_mix(config->seed * 16 + role->number) },
		.number = role->number,
	};

	create(&own, role->takes_over);
	if (config->lease_ms > 0)
		own.notes->moved = 1;
	while (shared->ending_producer != own.number)
		produce_frame(&own);
	produce_final_frames(&own);
	check_counts(&own);
	own.notes->ending = 1;
	round_state_enter(&own.notes->op, OP_DESTROY);
	shmflip_producer_destroy(own.handle);
}
