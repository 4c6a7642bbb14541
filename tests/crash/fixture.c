/* SPDX-License-Identifier: MIT */
#include "fixture.h"

#include <errno.h>

#include "frames.h"
#include "process.h"

#define SLOT_BYTES 4096

/* ---- The producer ---- */

/* metadata must live as long as the stream is used; its data is in the fixture. */
static void set_stream(struct fixture *fixture, struct shmflip_stream *stream,
                       struct shmflip_metadata *metadata, uint64_t slot_bytes)
{
	frames_set_stream(stream, metadata, &fixture->number);
	stream->slots = fixture->slots;
	stream->slot_bytes = slot_bytes;
}

void fixture_open_producer(struct fixture *fixture)
{
	struct shmflip_producer_options options;
	struct shmflip_metadata metadata;
	struct shmflip_stream stream;
	int error;

	fixture->number++;
	fixture->sequence = 0;
	shmflip_init(&options);
	options.policy = fixture->policy;
	options.lease_ms = -1;
	set_stream(fixture, &stream, &metadata, SLOT_BYTES);
	error = shmflip_producer_open(&options, &stream, &fixture->producer);
	if (error)
		fault_error("cannot open the channel", error);
}

static void draw(struct fixture *fixture, struct shmflip_frame *frame)
{
	frames_describe(frame, fixture->number, fixture->sequence + 1);
	frames_draw(frame, 0);
	frames_draw(frame, 1);
}

/* Returns NULL if no slot is free in time. */
static struct shmflip_frame *try_loan(struct fixture *fixture, int timeout_ms)
{
	struct shmflip_frame *frame;
	int error = shmflip_producer_loan(fixture->producer, &frame, timeout_ms);

	if (error == -EAGAIN)
		return NULL;
	if (error)
		fault_error("the producer cannot loan", error);
	draw(fixture, frame);
	return frame;
}

struct shmflip_frame *fixture_loan(struct fixture *fixture)
{
	struct shmflip_frame *frame = try_loan(fixture, process_timeout_ms / 2);

	if (!frame)
		fault("the producer gets no slot");
	return frame;
}

static void publish(struct fixture *fixture, struct shmflip_frame *frame)
{
	int error = shmflip_frame_publish(frame);

	if (error)
		fault_error("cannot publish a frame", error);
	fixture->sequence++;
}

void fixture_publish_loan(struct fixture *fixture, struct shmflip_frame *frame)
{
	publish(fixture, frame);
	shmflip_frame_release(frame);
}

void fixture_publish(struct fixture *fixture)
{
	fixture_publish_loan(fixture, fixture_loan(fixture));
}

void fixture_keep(struct fixture *fixture)
{
	fixture->kept = fixture_loan(fixture);
	publish(fixture, fixture->kept);
}

bool fixture_begin_reuse(struct fixture *fixture)
{
	struct shmflip_frame *frame = fixture->kept;
	int error;

	frames_check_whole(frame, "which its producer has kept");
	error = shmflip_frame_reuse(frame);
	if (error && error != -EAGAIN)
		fault_error("cannot reuse a frame", error);
	if (error) {
		shmflip_frame_release(frame);
		fixture->kept = NULL;
		return false;
	}
	frames_describe(frame, fixture->number, fixture->sequence + 1);
	frames_draw(frame, 0);
	return true;
}

void fixture_finish_reuse(struct fixture *fixture)
{
	frames_draw(fixture->kept, 1);
	fixture_publish_loan(fixture, fixture->kept);
	fixture->kept = NULL;
}

void fixture_start_producer(struct fixture *fixture)
{
	fixture_open_producer(fixture);
	for (int i = 0; i < 3; i++)
		fixture_publish(fixture);
}

bool fixture_try_publish(struct fixture *fixture)
{
	struct shmflip_frame *frame = try_loan(fixture, 0);

	if (frame)
		fixture_publish_loan(fixture, frame);
	return frame;
}

void fixture_configure(struct fixture *fixture, uint64_t slot_bytes)
{
	struct shmflip_metadata metadata;
	struct shmflip_stream stream;
	int error;

	set_stream(fixture, &stream, &metadata, slot_bytes);
	error = shmflip_producer_configure(fixture->producer, &stream);
	if (error)
		fault_error("cannot configure the stream", error);
}

void fixture_end_stream(struct fixture *fixture, bool failed)
{
	int error = shmflip_producer_end(fixture->producer, failed);

	if (error)
		fault_error("cannot end the stream", error);
}

/* ---- The viewers ---- */

struct shmflip_viewer *fixture_new_viewer(enum view view)
{
	struct shmflip_viewer_options options;
	struct shmflip_viewer *viewer;
	int error;

	shmflip_init(&options);
	options.view = view == EVERY ? SHMFLIP_VIEW_EVERY : SHMFLIP_VIEW_NEWEST;
	error = shmflip_viewer_open(&options, &viewer);
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
		error = shmflip_viewer_attach(fixture->viewer[i], process_timeout_ms);
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
	frames_check_whole(fixture->held, "when it was acquired");
}

/* Takes a frame, checks it twice and releases it. */
static int take_one(struct shmflip_viewer *viewer, uint64_t *sequence, int timeout_ms)
{
	const struct shmflip_frame *frame;
	int error = shmflip_viewer_acquire(viewer, &frame, timeout_ms);

	if (error)
		return error;
	frames_check_whole(frame, "when it was acquired");
	*sequence = frame->sequence;
	frames_check_whole(frame, "before it was released");
	shmflip_frame_release(frame);
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

	if (fixture->held)
		frames_check_whole(fixture->held, "after its producer died");
	shmflip_frame_release(fixture->held);
	fixture->held = NULL;
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

void fixture_expect_no_frame(struct fixture *fixture)
{
	uint64_t sequence;
	int error;

	for (int i = 0; i < VIEWS; i++) {
		if (!fixture->viewer[i])
			continue;
		error = take_one(fixture->viewer[i], &sequence, 0);
		if (error != -EAGAIN)
			fault_error("a viewer found a frame, or half a channel", error);
	}
}

void fixture_close_viewers(struct fixture *fixture)
{
	for (int i = 0; i < VIEWS; i++)
		shmflip_viewer_close(fixture->viewer[i]);
}

void fixture_close_producer(struct fixture *fixture)
{
	uint64_t sequence;
	int error;

	shmflip_producer_close(fixture->producer);
	if (fixture->kept)
		frames_check_whole(fixture->kept, "after its producer was closed");
	shmflip_frame_release(fixture->kept);
	fixture->kept = NULL;
	for (int i = 0; i < VIEWS; i++) {
		if (!fixture->viewer[i])
			continue;
		error = take_one(fixture->viewer[i], &sequence, process_timeout_ms);
		if (error != -ENODATA)
			fault_error("a survivor did not see the producer's end", error);
	}
}
