/* SPDX-License-Identifier: MIT
 *
 * The receiving side: receives frames until one has STAMP_LAST. */
#include <errno.h>

#include "cli.h"
#include "side.h"

struct receiver {
	struct transfer *transfer;
	struct link *link;
	struct side *side;
	int64_t begin_ns; /* when the first measured frame was processed; 0: not yet */
	struct usage first;
};

static void count(struct receiver *receiver, const struct stamp *stamp, int64_t received_ns)
{
	struct side *side = receiver->side;

	if (!(stamp->flags & STAMP_MEASURED))
		return;
	histogram_add(&side->latency, received_ns - stamp->ready_ns);
	if (receiver->begin_ns) {
		side->frames++;
		return;
	}
	usage_now(&side->usage);
	receiver->begin_ns = monotonic_now_ns();
}

static void finish_first(struct receiver *receiver, const struct stamp *stamp)
{
	receiver->side->first_ns = monotonic_now_ns() - stamp->ready_ns;
	usage_since(&receiver->first);
	receiver->side->first_faults = receiver->first.faults;
}

static int receive_frame(struct receiver *receiver, bool is_first, uint32_t *flags)
{
	struct link *link = receiver->link;
	struct stamp stamp;
	const uint8_t *pixels;
	int64_t received_ns;
	int error = link->transport->receive(link, &pixels);

	if (error)
		return error;
	received_ns = monotonic_now_ns();
	touch_read_stamp(pixels, &stamp);
	if (!touch_receive(receiver->transfer->touch, pixels, link->frame_bytes, &stamp))
		receiver->side->torn++;
	if (is_first)
		finish_first(receiver, &stamp);
	if (link->transport->release)
		link->transport->release(link);
	count(receiver, &stamp, received_ns);
	*flags = stamp.flags;
	return 0;
}

static int receive_all(struct receiver *receiver)
{
	struct side *side = receiver->side;
	uint32_t flags = 0;
	int error;

	usage_now(&receiver->first);
	error = receive_frame(receiver, true, &flags);
	while (!error && !(flags & STAMP_LAST))
		error = receive_frame(receiver, false, &flags);
	side->elapsed_ns = monotonic_now_ns() - receiver->begin_ns;
	usage_since(&side->usage);
	return error;
}

static int open_link(struct receiver *receiver, unsigned number)
{
	int64_t begin_ns = monotonic_now_ns();
	struct link *link = receiver->link;
	int error =
		link->transport->open_receiver ? link->transport->open_receiver(link, number) : 0;

	receiver->side->setup_ns = monotonic_now_ns() - begin_ns;
	return error;
}

bool receiver_run(struct transfer *transfer, unsigned number)
{
	struct side *side = &transfer->receivers[number];
	struct receiver receiver = { .transfer = transfer, .link = &transfer->link, .side = side };
	int error;

	transfer->link.detail = side->detail;
	if (!side_wait(transfer->sender, SIDE_OPEN))
		return false;
	error = open_link(&receiver, number);
	if (!error) {
		side_set_state(side, SIDE_OPEN);
		error = receive_all(&receiver);
	}
	if (error) {
		side_fail(side, error);
		return false;
	}
	side_set_state(side, SIDE_DONE);
	if (transfer->link.transport->close_receiver)
		transfer->link.transport->close_receiver(&transfer->link);
	return true;
}
