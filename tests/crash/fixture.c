/* SPDX-License-Identifier: MIT */
#include "stage.h"

#include <errno.h>

#include "frames.h"
#include "process.h"

#define SLOT_BYTES 4096

void stage_create(struct stage *stage)
{
	const struct shmflip_producer_options options = {
		.slots = stage->slots,
		.slot_bytes = SLOT_BYTES,
		.policy = stage->policy,
		.lease_ms = -1,
	};
	int error = shmflip_producer_create(&options, &stage->producer);

	if (error)
		fault_of("the channel cannot be had", error);
	stage->number++;
	stage->sequence = 0;
}

static int try_loan(struct stage *stage, struct shmflip_loan *loan, struct shmflip_frame_info *info,
                    int timeout_ms)
{
	int error = shmflip_producer_loan(stage->producer, loan, timeout_ms);

	if (error)
		return error;
	frames_describe(info, stage->number, stage->sequence + 1, loan->size_bytes);
	frames_draw(loan->pixels, info, stage->sequence + 1, 0);
	frames_draw(loan->pixels, info, stage->sequence + 1, 1);
	return 0;
}

void stage_loan(struct stage *stage, struct shmflip_loan *loan, struct shmflip_frame_info *info)
{
	int error = try_loan(stage, loan, info, patience_ms / 2);

	if (error)
		fault_of("no slot for the producer", error);
}

void stage_hand_over(struct stage *stage, struct shmflip_loan *loan,
                     struct shmflip_frame_info *info)
{
	int error = shmflip_producer_publish(stage->producer, loan, info);

	if (error)
		fault_of("a frame cannot be published", error);
	stage->sequence++;
}

void stage_publish(struct stage *stage)
{
	struct shmflip_frame_info info;
	struct shmflip_loan loan;

	stage_loan(stage, &loan, &info);
	stage_hand_over(stage, &loan, &info);
}

bool stage_try_publish(struct stage *stage)
{
	struct shmflip_frame_info info;
	struct shmflip_loan loan;
	int error = try_loan(stage, &loan, &info, 0);

	if (error == -EAGAIN)
		return false;
	if (error)
		fault_of("no slot for the producer", error);
	stage_hand_over(stage, &loan, &info);
	return true;
}

void stage_resize(struct stage *stage, uint64_t slot_bytes)
{
	int error = shmflip_producer_resize(stage->producer, slot_bytes);

	if (error)
		fault_of("cannot change the size", error);
}

struct shmflip_viewer *stage_viewer(int way)
{
	const struct shmflip_viewer_options options = {
		.view = way == EVERY ? SHMFLIP_VIEW_EVERY : SHMFLIP_VIEW_NEWEST,
	};
	struct shmflip_viewer *viewer;
	int error = shmflip_viewer_open(&options, &viewer);

	if (error)
		fault_of("a viewer cannot open", error);
	return viewer;
}

void stage_open_viewer(struct stage *stage, int way)
{
	stage->viewer[way] = stage_viewer(way);
}

void stage_attach_viewers(struct stage *stage)
{
	int error;

	for (int i = 0; i < WAYS; i++) {
		if (!stage->viewer[i])
			continue;
		error = shmflip_viewer_wait_producer(stage->viewer[i], patience_ms);
		if (error)
			fault_of("a viewer cannot attach", error);
	}
}

static void check_whole(const struct shmflip_frame *frame)
{
	if (!frames_is_whole(frame))
		fault("torn: frame %llu", (unsigned long long)frame->info.sequence);
}

void stage_hold(struct stage *stage)
{
	int error = shmflip_viewer_acquire(stage->viewer[NEWEST], &stage->held, patience_ms);

	if (error)
		fault_of("a viewer gets no frame", error);
	check_whole(&stage->held);
}

/* Takes one frame, if it is there, and gives it back. */
static int see_one(struct shmflip_viewer *viewer, uint64_t *sequence, int timeout_ms)
{
	struct shmflip_frame frame;
	int error = shmflip_viewer_acquire(viewer, &frame, timeout_ms);

	if (error)
		return error;
	check_whole(&frame);
	*sequence = frame.info.sequence;
	check_whole(&frame);
	shmflip_viewer_release(viewer, &frame);
	return 0;
}

void stage_see(struct stage *stage)
{
	uint64_t sequence;
	int error;

	for (int i = 0; i < WAYS; i++) {
		if (!stage->viewer[i])
			continue;
		error = see_one(stage->viewer[i], &sequence, patience_ms);
		if (error)
			fault_of("a survivor gets no frame", error);
		if (sequence != stage->sequence)
			fault("a survivor saw frame %llu when %llu was out",
			      (unsigned long long)sequence, (unsigned long long)stage->sequence);
	}
}

void stage_see_death(struct stage *stage, bool or_end)
{
	uint64_t sequence;
	int error;

	if (stage->held.pixels) {
		check_whole(&stage->held);
		shmflip_viewer_release(stage->viewer[NEWEST], &stage->held);
	}
	for (int i = 0; i < WAYS; i++) {
		if (!stage->viewer[i])
			continue;
		do
			error = see_one(stage->viewer[i], &sequence, patience_ms);
		while (!error);
		if (error != -EPIPE && !(or_end && error == -ENODATA))
			fault_of("a survivor was not told of a death", error);
	}
}

void stage_see_nobody(struct stage *stage)
{
	uint64_t sequence;
	int error;

	for (int i = 0; i < WAYS; i++) {
		if (!stage->viewer[i])
			continue;
		error = see_one(stage->viewer[i], &sequence, 0);
		if (error != -EAGAIN)
			fault_of("a viewer met something half-made", error);
	}
}

void stage_close_viewers(struct stage *stage)
{
	for (int i = 0; i < WAYS; i++)
		shmflip_viewer_destroy(stage->viewer[i]);
}

void stage_end(struct stage *stage)
{
	uint64_t sequence;
	int error;

	shmflip_producer_destroy(stage->producer);
	for (int i = 0; i < WAYS; i++) {
		if (!stage->viewer[i])
			continue;
		error = see_one(stage->viewer[i], &sequence, patience_ms);
		if (error != -ENODATA)
			fault_of("a survivor was not told of the end", error);
	}
}
