/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <sched.h>
#include <unistd.h>

#include "frames.h"
#include "process.h"
#include "release_thread.h"
#include "roles.h"

#define KEPT_MAX 4

/* A frame that this producer has lent, and may have published. */
struct own_frame {
	struct shmflip_frame *frame;
	uint64_t generation; /* own_producer.generation when it was lent */
	bool is_reused;
};

/* The producer of this process. */
struct own_producer {
	const struct round_config *config;
	struct producer_notes *notes;
	struct shmflip_producer *handle;
	struct random random;
	struct release_thread release_thread;
	struct own_frame kept[KEPT_MAX]; /* published, and not released */
	unsigned kept_count;
	uint64_t number;
	uint64_t sequence;   /* of the last published frame */
	uint64_t generation; /* the first one is 1 */
	bool is_ended;       /* the stream; the next loan begins another one */
	uint32_t slots;
	uint64_t slot_bytes;
};

static void set_stream(struct own_producer *own, struct shmflip_stream *stream,
                       struct shmflip_metadata *metadata)
{
	frames_set_stream(stream, metadata, &own->number);
	stream->slots = own->slots;
	stream->slot_bytes = own->slot_bytes;
}

static void open_producer(struct own_producer *own, bool takes_over)
{
	const struct round_config *config = own->config;
	struct shmflip_producer_options options;
	struct shmflip_metadata metadata;
	struct shmflip_stream stream;
	int error;

	shmflip_init(&options);
	options.policy = config->policy;
	options.lease_ms = config->lease_ms;
	set_stream(own, &stream, &metadata);
	round_state_enter(&own->notes->op, takes_over ? OP_TAKE_OVER : OP_OPEN);
	error = shmflip_producer_open(&options, &stream, &own->handle);
	round_state_enter(&own->notes->op, OP_OTHER);
	if (error)
		fault_error("cannot open the channel", error);
	own->generation = 1;
}

static void get_counts(const struct own_producer *own, struct shmflip_counts *counts)
{
	int error;

	shmflip_init(counts);
	error = shmflip_producer_counts(own->handle, counts);
	if (error)
		fault_error("the producer has no counts", error);
}

/* A generation more than expected means that the producer took a viewer for frozen, or the ring for
 * lost. Only with a lease it may. */
static void check_generation(struct own_producer *own)
{
	struct shmflip_counts counts;

	get_counts(own, &counts);
	if (own->config->lease_ms < 0 && counts.generations != own->generation)
		fault("%llu generations instead of %llu", (unsigned long long)counts.generations,
		      (unsigned long long)own->generation);
	own->generation = counts.generations;
}

static bool is_stale(const struct own_producer *own, const struct own_frame *frame)
{
	return own->is_ended || frame->generation != own->generation;
}

/* ---- Streams ---- */

/* To be noted before the call that begins a stream after an end. */
static void note_next_stream(struct own_producer *own)
{
	if (own->is_ended)
		own->generation++;
	own->is_ended = false;
}

/* Sometimes changes nothing. Then the same stream continues, unless it has ended. */
static void configure(struct own_producer *own)
{
	uint64_t slot_bytes = own->config->slot_bytes * (1 + random_below(&own->random, 3));
	uint32_t slots = own->config->slots + random_below(&own->random, 2);
	struct shmflip_metadata metadata;
	struct shmflip_stream stream;
	int error;

	if (own->is_ended || slots != own->slots || slot_bytes != own->slot_bytes)
		own->generation++;
	own->is_ended = false;
	own->slots = slots;
	own->slot_bytes = slot_bytes;
	set_stream(own, &stream, &metadata);
	own->notes->moved = 1;
	round_state_enter(&own->notes->op, OP_CONFIGURE);
	error = shmflip_producer_configure(own->handle, &stream);
	round_state_enter(&own->notes->op, OP_OTHER);
	if (error)
		fault_error("cannot configure the stream", error);
	check_generation(own);
}

/* Changes nothing if the stream has ended. */
static void end_stream(struct own_producer *own, int failed)
{
	struct producer_notes *notes = own->notes;
	int error;

	if (!own->is_ended && !notes->ending) {
		if (failed)
			notes->failed = 1;
		notes->last_frame[notes->ends] = own->sequence;
		notes->ends++;
	}
	round_state_enter(&notes->op, OP_END);
	error = shmflip_producer_end(own->handle, failed);
	round_state_enter(&notes->op, OP_OTHER);
	if (error)
		fault_error("cannot end the stream", error);
	own->is_ended = true;
}

static void change_stream(struct own_producer *own)
{
	const struct round_config *config = own->config;

	if (config->configures && random_one_in(&own->random, config->configures))
		configure(own);
	if (config->ends && own->notes->ends < ENDS_MAX &&
	    config->shared->ending_producer != own->number &&
	    random_one_in(&own->random, config->ends))
		end_stream(own, random_one_in(&own->random, 4));
}

/* ---- Frames that are kept ---- */

static void release(struct own_producer *own, const struct own_frame *frame)
{
	round_state_enter(&own->notes->op, OP_RELEASE);
	shmflip_frame_release(frame->frame);
	round_state_enter(&own->notes->op, OP_OTHER);
}

/* Another thread releases only stale frames, so that this thread knows how many slots are kept. */
static void release_kept(struct own_producer *own, unsigned i)
{
	struct own_frame frame = own->kept[i];

	own->kept[i] = own->kept[--own->kept_count];
	if (is_stale(own, &frame) && random_one_in(&own->random, 2)) {
		release_thread_give(&own->release_thread, frame.frame);
		return;
	}
	round_state_enter(&own->notes->op, OP_CHECK);
	frames_check_whole(frame.frame, "which its producer has kept");
	release(own, &frame);
}

static void release_all_kept(struct own_producer *own)
{
	while (own->kept_count)
		release_kept(own, 0);
}

/* Whether the frame uses a slot that the next loan could have. The newest one never could. */
static bool uses_slot(const struct own_producer *own, const struct own_frame *kept)
{
	return !is_stale(own, kept) && kept->frame->sequence != own->sequence;
}

/* The producer may have all slots but the newest frame's. */
static void leave_slot_to_loan(struct own_producer *own)
{
	unsigned used = 0;

	for (unsigned i = 0; i < own->kept_count; i++)
		used += uses_slot(own, &own->kept[i]);
	for (unsigned i = own->kept_count; i-- > 0 && used + 2 > own->slots;) {
		if (!uses_slot(own, &own->kept[i]))
			continue;
		release_kept(own, i);
		used--;
	}
}

static void keep_or_release(struct own_producer *own, const struct own_frame *frame)
{
	if (own->kept_count < KEPT_MAX && !frame->is_reused && random_one_in(&own->random, 2))
		own->kept[own->kept_count++] = *frame;
	else
		release(own, frame);
	if (own->kept_count && random_one_in(&own->random, 4))
		release_kept(own, random_below(&own->random, own->kept_count));
}

/* Lends one of the kept frames again. Returns whether it did. */
static bool reuse(struct own_producer *own, struct own_frame *out)
{
	unsigned i = own->kept_count ? random_below(&own->random, own->kept_count) : 0;
	struct own_frame *kept = &own->kept[i];
	int error, expected;

	if (own->kept_count == 0 || !random_one_in(&own->random, 2))
		return false;
	expected = is_stale(own, kept)                      ? -ESTALE
	           : kept->frame->sequence == own->sequence ? -EAGAIN
	                                                    : 0;
	round_state_enter(&own->notes->op, OP_CHECK);
	frames_check_whole(kept->frame, "which its producer reuses");
	round_state_enter(&own->notes->op, OP_REUSE);
	error = shmflip_frame_reuse(kept->frame);
	round_state_enter(&own->notes->op, OP_OTHER);
	/* A viewer may hold it. */
	if (error != expected && !(expected == 0 && error == -EAGAIN))
		fault("reuse of a kept frame: %d instead of %d", error, expected);
	if (error)
		return false;
	*out = *kept;
	out->is_reused = true;
	own->kept[i] = own->kept[--own->kept_count];
	return true;
}

/* ---- Frames ---- */

/* 0, or -EAGAIN under latest, when viewers hold all slots. */
static int loan(struct own_producer *own, struct own_frame *out)
{
	bool latest = own->config->policy == SHMFLIP_POLICY_LATEST;
	int error;

	leave_slot_to_loan(own);
	round_state_enter(&own->notes->op, own->is_ended ? OP_NEXT_STREAM : OP_LOAN);
	note_next_stream(own);
	do
		error = shmflip_producer_loan(own->handle, &out->frame,
		                              latest ? 1 : process_timeout_ms / 2);
	while (error == -EINTR);
	round_state_enter(&own->notes->op, OP_OTHER);
	if (error && !(error == -EAGAIN && latest))
		fault_error("the producer gets no slot", error);
	check_generation(own);
	out->generation = own->generation;
	out->is_reused = false;
	return error;
}

static void draw(struct own_producer *own, struct own_frame *frame)
{
	round_state_enter(&own->notes->op, OP_DRAW);
	frames_describe(frame->frame, own->number, own->sequence + 1);
	frames_draw(frame->frame, 0);
	if (random_one_in(&own->random, 16))
		sched_yield();
	frames_draw(frame->frame, 1);
	round_state_enter(&own->notes->op, OP_OTHER);
}

/* 0, or -ESTALE if the stream has changed since the loan. */
static int publish(struct own_producer *own, struct own_frame *frame)
{
	int error, expected = is_stale(own, frame) ? -ESTALE : 0;

	round_state_enter(&own->notes->op, OP_PUBLISH);
	error = shmflip_frame_publish(frame->frame);
	round_state_enter(&own->notes->op, OP_OTHER);
	if (error != expected)
		fault("publishing a frame: %d instead of %d: %s", error, expected,
		      shmflip_error_detail());
	if (error)
		return error;
	if (frame->frame->sequence != ++own->sequence)
		fault("frame %llu was published after frame %llu",
		      (unsigned long long)frame->frame->sequence,
		      (unsigned long long)own->sequence - 1);
	own->notes->published = own->sequence;
	return 0;
}

/* No frame is lost with a stream: the new one gets a copy. */
static void carry_over(struct own_producer *own, const struct own_frame *stale)
{
	struct own_frame copy;

	if (loan(own, &copy)) {
		shmflip_producer_count_dropped(own->handle);
		return;
	}
	round_state_enter(&own->notes->op, OP_DRAW);
	if (frames_copy(copy.frame, stale->frame))
		frames_renumber(copy.frame, own->sequence + 1);
	else
		draw(own, &copy);
	publish(own, &copy);
	keep_or_release(own, &copy);
}

/* Returns whether there is one. */
static bool make_frame(struct own_producer *own, struct own_frame *frame)
{
	if (reuse(own, frame)) {
		if (random_one_in(&own->random, 2))
			draw(own, frame);
		else
			frames_renumber(frame->frame, own->sequence + 1);
		return true;
	}
	if (loan(own, frame)) {
		shmflip_producer_count_dropped(own->handle);
		return false;
	}
	draw(own, frame);
	return true;
}

static void produce_frame(struct own_producer *own)
{
	struct own_frame frame;

	change_stream(own);
	if (!make_frame(own, &frame))
		return;
	change_stream(own);
	if (random_one_in(&own->random, 64)) {
		release(own, &frame);
	} else if (publish(own, &frame)) {
		carry_over(own, &frame);
		release(own, &frame);
	} else {
		keep_or_release(own, &frame);
	}
}

/* ---- The end ---- */

/* All viewers are attached, so none of them can miss the last of these frames. */
static void produce_final_frames(struct own_producer *own)
{
	uint64_t end = own->sequence + own->config->frames;
	int error;

	round_state_enter(&own->notes->op, own->is_ended ? OP_NEXT_STREAM : OP_OTHER);
	note_next_stream(own);
	do
		error = shmflip_producer_wait_viewers(own->handle, own->config->shared->viewers,
		                                      process_timeout_ms / 2);
	while (error == -EINTR);
	round_state_enter(&own->notes->op, OP_OTHER);
	if (error)
		fault_error("not all viewers have attached", error);
	while (own->sequence < end)
		produce_frame(own);
}

static void check_counts(struct own_producer *own)
{
	struct shmflip_counts counts;

	check_generation(own);
	get_counts(own, &counts);
	if (counts.published != own->sequence)
		fault("the library counts %llu frames of %llu",
		      (unsigned long long)counts.published, (unsigned long long)own->sequence);
}

/* Frames outlive the producer, those that are lent and those that are kept. */
static void close_producer(struct own_producer *own)
{
	struct own_frame lent;
	bool lends = random_one_in(&own->random, 2) && loan(own, &lent) == 0;

	check_counts(own);
	own->notes->ending = 1;
	if (random_one_in(&own->random, 2))
		end_stream(own, 0);
	round_state_enter(&own->notes->op, OP_CLOSE_PRODUCER);
	shmflip_producer_close(own->handle);
	round_state_enter(&own->notes->op, OP_OTHER);
	own->is_ended = true;
	if (lends) {
		draw(own, &lent);
		publish(own, &lent);
		release(own, &lent);
	}
	release_all_kept(own);
	release_thread_finish(&own->release_thread);
}

void producer_run(void *producer_role)
{
	const struct producer_role *role = producer_role;
	const struct round_config *config = role->config;
	struct own_producer own = {
		.config = config,
		.notes = &config->shared->producer[role->number],
		.random = { random_mix(config->seed * 16 + role->number) },
		.number = role->number,
		.slots = config->slots,
		.slot_bytes = config->slot_bytes,
	};

	release_thread_init(&own.release_thread);
	open_producer(&own, role->takes_over);
	if (config->lease_ms >= 0)
		own.notes->moved = 1;
	while (config->shared->ending_producer != own.number)
		produce_frame(&own);
	produce_final_frames(&own);
	close_producer(&own);
}
