/* SPDX-License-Identifier: MIT
 *
 * The sending side: warm-up, then frames for seconds_ns. The last one has STAMP_LAST. */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "cli.h"
#include "side.h"

enum {
	BUFFERS_KNOWN = 128,   /* at most, that a transport sends from in turn */
	WARM_UP_FRAMES = 4,    /* at least, and until all buffers are known */
	WARM_UP_NS = 20000000, /* at least */
	MEASURED_FRAMES = 8,   /* at least */
};

struct sender {
	struct transfer *transfer;
	struct link *link;
	struct side *side;
	uint8_t *source; /* for TOUCH_COPY_READ: the pixels to copy */
	uint64_t sequence;
	const uint8_t *known[BUFFERS_KNOWN]; /* buffers that hold the constant body already */
	unsigned known_count;
	bool all_known; /* the last frame went into a known buffer */
	int64_t due_ns; /* of the next frame, when paced */
};

static void wait_until(int64_t due_ns)
{
	struct timespec due = { .tv_sec = due_ns / 1000000000, .tv_nsec = due_ns % 1000000000 };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL) == EINTR)
		;
}

/* A frame that is late does not delay those after it, unless by more than an interval. */
static void pace(struct sender *sender)
{
	int64_t now_ns = monotonic_now_ns();

	if (sender->transfer->interval_ns == 0)
		return;
	if (sender->due_ns == 0 || sender->due_ns < now_ns - sender->transfer->interval_ns)
		sender->due_ns = now_ns;
	wait_until(sender->due_ns);
	sender->due_ns += sender->transfer->interval_ns;
}

/* Returns whether pixels was noted before, so that it holds the body already. */
static bool note_buffer(struct sender *sender, const uint8_t *pixels)
{
	if (sender->link->transport->traits & TRANSPORT_FRESH)
		return false;
	for (unsigned i = 0; i < sender->known_count; i++)
		if (sender->known[i] == pixels)
			return true;
	if (sender->known_count < BUFFERS_KNOWN)
		sender->known[sender->known_count++] = pixels;
	return false;
}

/* Writes a frame into the transport's buffer, as the kind of work requires. Returns when the
 * frame was ready. With TOUCH_COPY_READ that is before the copy, which is part of the hand-over. */
static int64_t make_pixels(struct sender *sender, uint8_t *pixels)
{
	enum touch touch = sender->transfer->touch;
	uint64_t bytes = sender->link->frame_bytes;
	uint64_t word = touch_word(touch, sender->sequence);
	bool known = note_buffer(sender, pixels);
	int64_t ready_ns = 0;

	sender->all_known = known || sender->link->transport->traits & TRANSPORT_FRESH;
	if (touch == TOUCH_COPY_READ && sender->source) {
		ready_ns = monotonic_now_ns();
		memcpy(pixels, sender->source, bytes);
	} else if (touch == TOUCH_WRITE_READ || !known) {
		touch_fill(pixels, bytes, word);
	}
	return ready_ns ? ready_ns : monotonic_now_ns();
}

static int send_frame(struct sender *sender, uint32_t flags)
{
	struct link *link = sender->link;
	struct stamp stamp = { .flags = flags };
	uint8_t *pixels;
	int64_t start_ns;
	int error = link->transport->buffer(link, &pixels);

	if (error)
		return error;
	stamp.sequence = ++sender->sequence;
	stamp.ready_ns = make_pixels(sender, pixels);
	touch_stamp(pixels, link->frame_bytes, &stamp);
	start_ns = monotonic_now_ns();
	error = link->transport->send(link);
	if (flags & STAMP_MEASURED)
		histogram_add(&sender->side->latency, monotonic_now_ns() - start_ns);
	return error;
}

/* Sends the next frame that finds a buffer. Counts those before it as dropped. */
static int send_next(struct sender *sender, uint32_t flags)
{
	int error;

	do {
		pace(sender);
		error = send_frame(sender, flags);
		if (error == -EAGAIN && flags & STAMP_MEASURED)
			sender->side->dropped++;
	} while (error == -EAGAIN);
	return error;
}

static int send_first(struct sender *sender)
{
	struct usage usage;
	int error;

	usage_now(&usage);
	error = send_next(sender, 0);
	usage_since(&usage);
	sender->side->first_faults = usage.faults;
	return error;
}

static int warm_up(struct sender *sender)
{
	int64_t end_ns = monotonic_now_ns() + WARM_UP_NS;
	int error = send_first(sender);

	while (!error && (sender->sequence < WARM_UP_FRAMES || !sender->all_known ||
	                  monotonic_now_ns() < end_ns))
		error = send_next(sender, 0);
	return error;
}

static int measure(struct sender *sender)
{
	struct side *side = sender->side;
	int64_t begin_ns = monotonic_now_ns(), end_ns = begin_ns + sender->transfer->seconds_ns;
	bool is_last;
	int error;

	usage_now(&side->usage);
	do {
		is_last = side->frames + 1 >= MEASURED_FRAMES && monotonic_now_ns() >= end_ns;
		error = send_next(sender, STAMP_MEASURED | (is_last ? STAMP_LAST : 0));
		side->frames++;
	} while (!error && !is_last);
	usage_since(&side->usage);
	side->elapsed_ns = monotonic_now_ns() - begin_ns;
	return error;
}

static int map_source(struct sender *sender)
{
	struct link *link = sender->link;
	void *memory;
	int error;

	if (sender->transfer->touch != TOUCH_COPY_READ ||
	    !(link->transport->traits & TRANSPORT_SHARED))
		return 0;
	error = link_map(link, link->frame_bytes, false, &memory);
	if (error)
		return error;
	sender->source = memory;
	touch_fill(sender->source, link->frame_bytes, touch_word(TOUCH_COPY_READ, 0));
	return 0;
}

static int open_link(struct sender *sender)
{
	int64_t begin_ns = monotonic_now_ns();
	struct link *link = sender->link;
	int error = link->transport->open_sender ? link->transport->open_sender(link) : 0;

	if (!error)
		error = map_source(sender);
	sender->side->setup_ns = monotonic_now_ns() - begin_ns;
	return error;
}

static bool wait_for_receivers(const struct transfer *transfer, enum side_state state)
{
	for (unsigned i = 0; i < transfer->link.receivers; i++)
		if (!side_wait(&transfer->receivers[i], state))
			return false;
	return true;
}

bool sender_run(struct transfer *transfer)
{
	struct sender sender = { .transfer = transfer,
		                 .link = &transfer->link,
		                 .side = transfer->sender };
	int error;

	transfer->link.detail = transfer->sender->detail;
	error = open_link(&sender);
	if (error)
		goto fail;
	side_set_state(transfer->sender, SIDE_OPEN);
	if (!wait_for_receivers(transfer, SIDE_OPEN))
		return false;
	error = warm_up(&sender);
	if (!error)
		error = measure(&sender);
	if (error)
		goto fail;
	side_set_state(transfer->sender, SIDE_DONE);
	/* Sent frames must stay in memory until they have been received. */
	if (!wait_for_receivers(transfer, SIDE_DONE))
		return false;
	if (transfer->link.transport->close_sender)
		transfer->link.transport->close_sender(&transfer->link);
	return true;

fail:
	side_fail(transfer->sender, error);
	return false;
}
