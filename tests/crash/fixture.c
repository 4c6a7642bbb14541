/* SPDX-License-Identifier: MIT */
#include "fixture.h"

#include <errno.h>

#include "frames.h"
#include "process.h"

#define SLOT_BYTES 4096

void fixture_create(struct fixture *fixture)
{
	const struct shmflip_producer_options options = {
		.slots = fixture->slots,
		.slot_bytes = SLOT_BYTES,
		.policy = fixture->policy,
		.lease_ms = -1,
	};
	int error = shmflip_producer_create(&options, &fixture->producer);

	if (error)
		fault_of("the channel cannot be had", error);
	fixture->number++;
	fixture->sequence = 0;
}

static int try_loan(struct fixture *fixture, struct shmflip_loan *loan,
                    struct shmflip_frame_info *info, int timeout_ms)
{
	int error = shmflip_producer_loan(fixture->producer, loan, timeout_ms);

	if (error)
		return error;
	frames_describe(info, fixture->number, fixture->sequence + 1, loan->size_bytes);
	frames_draw(loan->pixels, info, fixture->sequence + 1, 0);
	frames_draw(loan->pixels, info, fixture->sequence + 1, 1);
	return 0;
}

void fixture_loan(struct fixture *fixture, struct shmflip_loan *loan,
                  struct shmflip_frame_info *info)
{
	int error = try_loan(fixture, loan, info, patience_ms / 2);

	if (error)
		fault_of("no slot for the producer", error);
}

void fixture_hand_over(struct fixture *fixture, struct shmflip_loan *loan,
                       struct shmflip_frame_info *info)
{
	int error = shmflip_producer_publish(fixture->producer, loan, info);

	if (error)
		fault_of("a frame cannot be published", error);
	fixture->sequence++;
}

void fixture_publish(struct fixture *fixture)
{
	struct shmflip_frame_info info;
	struct shmflip_loan loan;

	fixture_loan(fixture, &loan, &info);
	fixture_hand_over(fixture, &loan, &info);
}

bool fixture_try_publish(struct fixture *fixture)
{
	struct shmflip_frame_info info;
	struct shmflip_loan loan;
	int error = try_loan(fixture, &loan, &info, 0);

	if (error == -EAGAIN)
		return false;
	if (error)
		fault_of("no slot for the producer", error);
	fixture_hand_over(fixture, &loan, &info);
	return true;
}

void fixture_resize(struct fixture *fixture, uint64_t slot_bytes)
{
	int error = shmflip_producer_resize(fixture->producer, slot_bytes);

	if (error)
		fault_of("cannot change the size", error);
}

struct shmflip_viewer *fixture_viewer(int way)
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

void fixture_open_viewer(struct fixture *fixture, int way)
{
	fixture->viewer[way] = fixture_viewer(way);
}

void fixture_attach_viewers(struct fixture *fixture)
{
	int error;

	for (int i = 0; i < WAYS; i++) {
		if (!fixture->viewer[i])
			continue;
		error = shmflip_viewer_wait_producer(fixture->viewer[i], patience_ms);
		if (error)
			fault_of("a viewer cannot attach", error);
	}
}

static void check_whole(const struct shmflip_frame *frame)
{
	if (!frames_is_whole(frame))
		fault("torn: frame %llu", (unsigned long long)frame->info.sequence);
}

void fixture_hold(struct fixture *fixture)
{
	int error = shmflip_viewer_acquire(fixture->viewer[NEWEST], &fixture->held, patience_ms);

	if (error)
		fault_of("a viewer gets no frame", error);
	check_whole(&fixture->held);
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

void fixture_see(struct fixture *fixture)
{
	uint64_t sequence;
	int error;

	for (int i = 0; i < WAYS; i++) {
		if (!fixture->viewer[i])
			continue;
		error = see_one(fixture->viewer[i], &sequence, patience_ms);
		if (error)
			fault_of("a survivor gets no frame", error);
		if (sequence != fixture->sequence)
			fault("a survivor saw frame %llu when %llu was out",
			      (unsigned long long)sequence, (unsigned long long)fixture->sequence);
	}
}

void fixture_see_death(struct fixture *fixture, bool or_end)
{
	uint64_t sequence;
	int error;

	if (fixture->held.pixels) {
		check_whole(&fixture->held);
		shmflip_viewer_release(fixture->viewer[NEWEST], &fixture->held);
	}
	for (int i = 0; i < WAYS; i++) {
		if (!fixture->viewer[i])
			continue;
		do
			error = see_one(fixture->viewer[i], &sequence, patience_ms);
		while (!error);
		if (error != -EPIPE && !(or_end && error == -ENODATA))
			fault_of("a survivor was not told of a death", error);
	}
}

void fixture_see_nobody(struct fixture *fixture)
{
	uint64_t sequence;
	int error;

	for (int i = 0; i < WAYS; i++) {
		if (!fixture->viewer[i])
			continue;
		error = see_one(fixture->viewer[i], &sequence, 0);
		if (error != -EAGAIN)
			fault_of("a viewer met something half-made", error);
	}
}

void fixture_close_viewers(struct fixture *fixture)
{
	for (int i = 0; i < WAYS; i++)
		shmflip_viewer_destroy(fixture->viewer[i]);
}

void fixture_end(struct fixture *fixture)
{
	uint64_t sequence;
	int error;

	shmflip_producer_destroy(fixture->producer);
	for (int i = 0; i < WAYS; i++) {
		if (!fixture->viewer[i])
			continue;
		error = see_one(fixture->viewer[i], &sequence, patience_ms);
		if (error != -ENODATA)
			fault_of("a survivor was not told of the end", error);
	}
}
