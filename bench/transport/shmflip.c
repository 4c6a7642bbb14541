/* SPDX-License-Identifier: MIT
 *
 * shmflip through its public interface, as a program would use it. With policy lossless every
 * frame arrives, as with all other transports: a viewer holds the frames that it has claimed in
 * advance. With policy latest, as for a camera, a viewer pins each frame that it takes, and the
 * producer drops frames that find no slot. */
#include "shmflip.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "table.h"

enum variant { AWAKE = 1 << 0, LATEST = 1 << 1, DESCRIPTOR = 1 << 2 };

struct state {
	struct shmflip_producer *producer;
	struct shmflip_frame *loan;
	struct shmflip_viewer *viewer;
	const struct shmflip_frame *frame;
	int fd; /* the viewer's descriptor */
};

static int fail(struct link *link, int error, const char *what)
{
	return link_fail(link, error, "%s: %s (%s)", what, shmflip_error_detail(),
	                 strerror(-error));
}

static bool is_latest(const struct link *link)
{
	return link->transport->variant & LATEST;
}

static int prepare(struct link *link)
{
	if (is_latest(link) && !link->paced)
		return link_fail(link, -ENOTSUP, "flat out, nearly all frames would be dropped");
	return link_make_state(link, sizeof(struct state));
}

static int open_sender(struct link *link)
{
	struct state *state = link->state;
	struct shmflip_producer_options options;
	struct shmflip_stream stream;
	int error;

	shmflip_init(&options);
	options.dir = link->directory;
	options.policy = is_latest(link) ? SHMFLIP_POLICY_LATEST : SHMFLIP_POLICY_LOSSLESS;
	shmflip_init(&stream);
	stream.width = link->width;
	stream.height = link->height;
	stream.fourcc = link->fourcc;
	stream.slots = link->slots;
	error = shmflip_producer_open(&options, &stream, &state->producer);
	return error ? fail(link, error, "shmflip_producer_open") : 0;
}

static int buffer(struct link *link, uint8_t **pixels)
{
	struct state *state = link->state;
	int error = shmflip_producer_loan(state->producer, &state->loan, is_latest(link) ? 0 : -1);

	if (error == -EAGAIN)
		shmflip_producer_count_dropped(state->producer);
	if (error)
		return fail(link, error, "shmflip_producer_loan");
	*pixels = shmflip_frame_writable(state->loan, 0);
	return 0;
}

static int send(struct link *link)
{
	struct state *state = link->state;
	int error = shmflip_frame_publish(state->loan);

	shmflip_frame_release(state->loan);
	return error ? fail(link, error, "shmflip_frame_publish") : 0;
}

static void close_sender(struct link *link)
{
	struct state *state = link->state;

	shmflip_producer_close(state->producer);
}

static int open_receiver(struct link *link, unsigned receiver)
{
	struct state *state = link->state;
	struct shmflip_viewer_options options;
	int error;

	(void)receiver;
	shmflip_init(&options);
	options.dir = link->directory;
	options.flags = SHMFLIP_VIEWER_PREFAULT | SHMFLIP_VIEWER_ANY_FORMAT;
	error = shmflip_viewer_open(&options, &state->viewer);
	if (!error)
		error = shmflip_viewer_attach(state->viewer, -1);
	if (!error && link->transport->variant & DESCRIPTOR) {
		state->fd = shmflip_viewer_fd(state->viewer);
		error = state->fd < 0 ? state->fd : 0;
	}
	return error ? fail(link, error, "opening a viewer") : 0;
}

static int wait_by_descriptor(const struct state *state)
{
	struct pollfd readable = { .fd = state->fd, .events = POLLIN };

	return poll(&readable, 1, -1) < 0 ? -errno : -EAGAIN;
}

static int receive(struct link *link, const uint8_t **pixels)
{
	int timeout_ms = link->transport->variant & (AWAKE | DESCRIPTOR) ? 0 : -1;
	struct state *state = link->state;
	int error;

	do {
		error = shmflip_viewer_acquire(state->viewer, &state->frame, timeout_ms);
		if (error == -EAGAIN && link->transport->variant & DESCRIPTOR)
			error = wait_by_descriptor(state);
	} while (error == -EAGAIN);
	if (error)
		return fail(link, error, "shmflip_viewer_acquire");
	*pixels = state->frame->plane[0].pixels;
	return 0;
}

static void release(struct link *link)
{
	struct state *state = link->state;

	shmflip_frame_release(state->frame);
}

static void close_receiver(struct link *link)
{
	struct state *state = link->state;

	shmflip_viewer_close(state->viewer);
}

static void finish(struct link *link, bool killed)
{
	/* Fails if there is nothing to remove, because the sender had not come that far. */
	int error = killed ? shmflip_channel_clean(link->directory, "default", NULL) : 0;

	(void)error;
}

#define FUNCTIONS                                                                                  \
	.prepare = prepare, .finish = finish, .open_sender = open_sender, .buffer = buffer,        \
	.send = send, .close_sender = close_sender, .open_receiver = open_receiver,                \
	.receive = receive, .release = release, .close_receiver = close_receiver

const struct transport transport_shmflip = {
	.name = "shmflip",
	.title = "shmflip",
	.traits = TRANSPORT_SHARED,
	FUNCTIONS,
};

const struct transport transport_shmflip_poll = {
	.name = "shmflip-poll",
	.title = "shmflip, the viewer's descriptor",
	.traits = TRANSPORT_SHARED,
	.variant = DESCRIPTOR,
	FUNCTIONS,
};

const struct transport transport_shmflip_awake = {
	.name = "shmflip-awake",
	.title = "shmflip, the viewer polls",
	.traits = TRANSPORT_SHARED | TRANSPORT_SPINS,
	.variant = AWAKE,
	FUNCTIONS,
};

const struct transport transport_shmflip_latest = {
	.name = "shmflip-latest",
	.title = "shmflip, policy latest",
	.traits = TRANSPORT_SHARED,
	.variant = LATEST,
	FUNCTIONS,
};

const struct transport transport_shmflip_latest_awake = {
	.name = "shmflip-latest-awake",
	.title = "shmflip, policy latest, the viewer polls",
	.traits = TRANSPORT_SHARED | TRANSPORT_SPINS,
	.variant = LATEST | AWAKE,
	FUNCTIONS,
};
