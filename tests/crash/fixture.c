/* SPDX-License-Identifier: MIT */
#include "fixture.h"

#include <errno.h>

#include "frames.h"
#include "process.h"

#define SLOT_BYTES 4096

/* ---- The producer ---- */

void fixture_create_producer(struct fixture *fixture)
{
	const struct shmflip_producer_options options = {
		.slots = fixture->slots,
		.slot_bytes = SLOT_BYTES,
		.policy = fixture->policy,
		.lease_ms = -1,
	};
	int error = shmflip_producer_create(&options, &fixture->producer);

	if (error)
		fault_error("cannot create the channel", error);
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
	int error = try_loan(fixture, loan, info, process_timeout_ms / 2);

	if (error)
		fault_error("the producer gets no slot", error);
}

void fixture_publish_loan(struct fixture *fixture, struct shmflip_loan *loan,
                          struct shmflip_frame_info *info)
{
	int error = shmflip_producer_publish(fixture->producer, loan, info);

	if (error)
		fault_error("cannot publish a frame", error);
	fixture->sequence++;
}

void fixture_publish(struct fixture *fixture)
{
	struct shmflip_frame_info info;
	struct shmflip_loan loan;

	fixture_loan(fixture, &loan, &info);
	fixture_publish_loan(fixture, &loan, &info);
}

void fixture_start_producer(struct fixture *fixture)
{
	fixture_create_producer(fixture);
	for (int i = 0; i < 3; i++)
		fixture_publish(fixture);
}

bool fixture_try_publish(struct fixture *fixture)
{
	struct shmflip_frame_info info;
	struct shmflip_loan loan;
	int error = try_loan(fixture, &loan, &info, 0);

	if (error == -EAGAIN)
		return false;
	if (error)
		fault_error("the producer gets no slot", error);
	fixture_publish_loan(fixture, &loan, &info);
	return true;
}

void fixture_resize(struct fixture *fixture, uint64_t slot_bytes)
{
	int error = shmflip_producer_resize(fixture->producer, slot_bytes);

	if (error)
		fault_error("cannot resize the slots", error);
}

/* ---- The viewers ---- */

struct shmflip_viewer *fixture_new_viewer(enum view view)
{
	const struct shmflip_viewer_options options = {
		.view = view == EVERY ? SHMFLIP_VIEW_EVERY : SHMFLIP_VIEW_NEWEST,
	};
	struct shmflip_viewer *viewer;
	int error = shmflip_viewer_open(&options, &viewer);

	if (error)
		fault_error("cannot open a viewer", error);
	return viewer;
}

void fixture_open_viewer(struct fixture *fixture, enum view view)
{
	fixture->viewer[view] = fixture_new_viewer(view);
}

void fixture_attach_viewers(struct fixture *fixture)
{
	int error;

	for (int i = 0; i < VIEWS; i++) {
		if (!fixture->viewer[i])
			continue;
		error = shmflip_viewer_wait_producer(fixture->viewer[i], process_timeout_ms);
		if (error)
			fault_error("a viewer cannot attach", error);
	}
}

void fixture_hold_frame(struct fixture *fixture)
{
	int error =
		shmflip_viewer_acquire(fixture->viewer[NEWEST], &fixture->held, process_timeout_ms);

	if (error)
		fault_error("a viewer gets no frame", error);
	frames_check_whole(&fixture->held, "when it was acquired");
}

/* Takes a frame, checks it twice and releases it. */
static int take_one(struct shmflip_viewer *viewer, uint64_t *sequence, int timeout_ms)
{
	struct shmflip_frame frame;
	int error = shmflip_viewer_acquire(viewer, &frame, timeout_ms);

	if (error)
		return error;
	frames_check_whole(&frame, "when it was acquired");
	*sequence = frame.info.sequence;
	frames_check_whole(&frame, "before it was released");
	shmflip_viewer_release(viewer, &frame);
	return 0;
}

void fixture_take_newest(struct fixture *fixture)
{
	uint64_t sequence;
	int error;

	for (int i = 0; i < VIEWS; i++) {
		if (!fixture->viewer[i])
			continue;
		error = take_one(fixture->viewer[i], &sequence, process_timeout_ms);
		if (error)
			fault_error("a survivor gets no frame", error);
		if (sequence != fixture->sequence)
			fault("a survivor got frame %llu when frame %llu was published",
			      (unsigned long long)sequence, (unsigned long long)fixture->sequence);
	}
}

void fixture_expect_death(struct fixture *fixture, bool or_end)
{
	uint64_t sequence;
	int error;

	if (fixture->held.pixels) {
		frames_check_whole(&fixture->held, "after its producer died");
		shmflip_viewer_release(fixture->viewer[NEWEST], &fixture->held);
	}
	for (int i = 0; i < VIEWS; i++) {
		if (!fixture->viewer[i])
			continue;
		do
			error = take_one(fixture->viewer[i], &sequence, process_timeout_ms);
		while (!error);
		if (error != -EPIPE && !(or_end && error == -ENODATA))
			fault_error("a survivor did not see the producer's death", error);
	}
}

void fixture_expect_no_producer(struct fixture *fixture)
{
	uint64_t sequence;
	int error;

	for (int i = 0; i < VIEWS; i++) {
		if (!fixture->viewer[i])
			continue;
		error = take_one(fixture->viewer[i], &sequence, 0);
		if (error != -EAGAIN)
			fault_error("a viewer found a half-made channel", error);
	}
}

void fixture_close_viewers(struct fixture *fixture)
{
	for (int i = 0; i < VIEWS; i++)
		shmflip_viewer_destroy(fixture->viewer[i]);
}

void fixture_end_producer(struct fixture *fixture)
{
	uint64_t sequence;
	int error;

	shmflip_producer_destroy(fixture->producer);
	for (int i = 0; i < VIEWS; i++) {
		if (!fixture->viewer[i])
			continue;
		error = take_one(fixture->viewer[i], &sequence, process_timeout_ms);
		if (error != -ENODATA)
			fault_error("a survivor did not see the producer's end", error);
	}
}
