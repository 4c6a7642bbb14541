/* SPDX-License-Identifier: MIT
 *
 * The receiving side: takes frames until one says that it is the last. */
#include <errno.h>

#include "cli.h"
#include "party.h"

struct receiver {
	struct job *job;
	struct link *link;
	struct party *party;
	int64_t begin_ns; /* when the first measured frame had been dealt with; 0: not yet */
	struct usage first;
};

static void count(struct receiver *receiver, const struct stamp *stamp, int64_t received_ns)
{
	struct party *party = receiver->party;

	if (!(stamp->flags & STAMP_MEASURED))
		return;
	histogram_add(&party->latency, received_ns - stamp->ready_ns);
	if (receiver->begin_ns) {
		party->frames++;
		return;
	}
	usage_now(&party->usage);
	receiver->begin_ns = cli_now_ns();
}

static void finish_first(struct receiver *receiver, const struct stamp *stamp)
{
	receiver->party->first_ns = cli_now_ns() - stamp->ready_ns;
	usage_since(&receiver->first);
	receiver->party->first_faults = receiver->first.faults;
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
	received_ns = cli_now_ns();
	touch_read_stamp(pixels, &stamp);
	if (!touch_receive(receiver->job->touch, pixels, link->frame_bytes, &stamp))
		receiver->party->torn++;
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
	struct party *party = receiver->party;
	uint32_t flags = 0;
	int error;

	usage_now(&receiver->first);
	error = receive_frame(receiver, true, &flags);
	while (!error && !(flags & STAMP_LAST))
		error = receive_frame(receiver, false, &flags);
	party->elapsed_ns = cli_now_ns() - receiver->begin_ns;
	usage_since(&party->usage);
	return error;
}

static int open_up(struct receiver *receiver, unsigned number)
{
	int64_t begin_ns = cli_now_ns();
	struct link *link = receiver->link;
	int error =
		link->transport->open_receiver ? link->transport->open_receiver(link, number) : 0;

	receiver->party->setup_ns = cli_now_ns() - begin_ns;
	return error;
}

bool receiver_run(struct job *job, unsigned number)
{
	struct party *party = &job->receivers[number];
	struct receiver receiver = { .job = job, .link = &job->link, .party = party };
	int error;

	job->link.detail = party->detail;
	if (!party_await(job->sender, PARTY_OPEN))
		return false;
	error = open_up(&receiver, number);
	if (!error) {
		party_reach(party, PARTY_OPEN);
		error = receive_all(&receiver);
	}
	if (error) {
		party_fail(party, error);
		return false;
	}
	party_reach(party, PARTY_DONE);
	if (job->link.transport->close_receiver)
		job->link.transport->close_receiver(&job->link);
	return true;
}
