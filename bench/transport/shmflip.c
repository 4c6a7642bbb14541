/* SPDX-License-Identifier: MIT
 *
 * shmflip through its public interface, as a program would use it. With policy lossless every
 * frame arrives, as with all other transports: a viewer holds the frames that it has claimed in
 * advance. With policy latest, as for a camera, a viewer pins each frame that it takes, and the
 * producer drops frames that find no slot. */
#include "shmflip.h"

#include <errno.h>
#include <string.h>

#include "table.h"

enum variant { AWAKE = 1 << 0, LATEST = 1 << 1 };

struct state {
	struct shmflip_producer *producer;
	struct shmflip_loan loan;
	struct shmflip_viewer *viewer;
	struct shmflip_frame frame;
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
	const struct shmflip_producer_options options = {
		.dir = link->directory,
		.slot_bytes = link->frame_bytes,
		.policy = is_latest(link) ? SHMFLIP_POLICY_LATEST : SHMFLIP_POLICY_LOSSLESS,
	};
	struct state *state = link->state;
	int error = shmflip_producer_create(&options, &state->producer);

	return error ? fail(link, error, "shmflip_producer_create") : 0;
}

static int buffer(struct link *link, uint8_t **pixels)
{
	struct state *state = link->state;
	int error = shmflip_producer_loan(state->producer, &state->loan, is_latest(link) ? 0 : -1);

	if (error == -EAGAIN)
		shmflip_producer_drop(state->producer);
	if (error)
		return fail(link, error, "shmflip_producer_loan");
	*pixels = state->loan.pixels;
	return 0;
}

static int send(struct link *link)
{
	struct state *state = link->state;
	struct shmflip_frame_info info = {
		.width = link->width,
		.height = link->height,
		.stride_bytes = link->stride_bytes,
		.format = SHMFLIP_FORMAT_XRGB8888,
	};
	int error = shmflip_producer_publish(state->producer, &state->loan, &info);

	return error ? fail(link, error, "shmflip_producer_publish") : 0;
}

static void close_sender(struct link *link)
{
	struct state *state = link->state;

	shmflip_producer_destroy(state->producer);
}

static int open_receiver(struct link *link, unsigned receiver)
{
	const struct shmflip_viewer_options options = { .dir = link->directory, .prefault = 1 };
	struct state *state = link->state;
	int error = shmflip_viewer_open(&options, &state->viewer);

	(void)receiver;
	if (!error)
		error = shmflip_viewer_wait_producer(state->viewer, -1);
	return error ? fail(link, error, "shmflip_viewer_wait_producer") : 0;
}

static int receive(struct link *link, const uint8_t **pixels)
{
	int timeout_ms = link->transport->variant & AWAKE ? 0 : -1;
	struct state *state = link->state;
	int error;

	do
		error = shmflip_viewer_acquire(state->viewer, &state->frame, timeout_ms);
	while (error == -EAGAIN);
	if (error)
		return fail(link, error, "shmflip_viewer_acquire");
	*pixels = state->frame.pixels;
	return 0;
}

static void release(struct link *link)
{
	struct state *state = link->state;

	shmflip_viewer_release(state->viewer, &state->frame);
}

static void close_receiver(struct link *link)
{
	struct state *state = link->state;

	shmflip_viewer_destroy(state->viewer);
}

/* If the sender was killed, the next producer cleans up. */
static void finish(struct link *link, bool killed)
{
	const struct shmflip_producer_options options = { .dir = link->directory, .slot_bytes = 1 };
	struct shmflip_producer *producer;

	if (killed && shmflip_producer_create(&options, &producer) == 0)
		shmflip_producer_destroy(producer);
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
