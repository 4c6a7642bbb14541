/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "descriptor_roles.h"
#include "monotonic.h"
#include "process.h"
#include "random.h"
#include "shmflip.h"

#define POLL_MS 40

/* Where a viewer may have to wait for a producer that is just moving on, its timer of 1 ms tells
 * it. */
#define GRACE_MS 50

/* So many looks for nothing in turn, while nothing changes: the viewer spins. */
#define LOOKS_MAX 1000

struct poller {
	struct descriptor_notes *notes;
	struct random random;
	uint32_t flags;
	struct shmflip_viewer *viewer;
	int fd;
	int epoll; /* -1: poll fd */
	struct viewer_position position;
	uint64_t producer;
	uint64_t changes;               /* when it last looked for nothing */
	unsigned looks;                 /* for nothing since then */
	_Atomic uint64_t interruptions; /* odd: interrupted */
	uint64_t interruption_seen;
	_Atomic bool done;
};

/* ---- Opening ---- */

static void open_viewer(struct poller *poller)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	struct shmflip_viewer_options options;
	int error;

	shmflip_init(&options);
	options.view = poller->flags & POLLER_EVERY ? SHMFLIP_VIEW_EVERY : SHMFLIP_VIEW_NEWEST;
	error = shmflip_viewer_open(&options, &poller->viewer);
	if (error)
		fault_error("a viewer cannot start", error);
	poller->fd = shmflip_viewer_fd(poller->viewer);
	if (poller->fd < 0)
		fault_error("no descriptor", poller->fd);
	poller->epoll = -1;
	poller->position = (struct viewer_position){ 0 };
	if (!(poller->flags & POLLER_EDGE))
		return;
	poller->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (epoll_ctl(poller->epoll, EPOLL_CTL_ADD, poller->fd, &event) < 0)
		fault("cannot poll for edges");
}

static void close_viewer(struct poller *poller)
{
	if (poller->epoll >= 0)
		close(poller->epoll);
	shmflip_viewer_close(poller->viewer);
}

/* Only another thread that interrupts a viewer must know that it is another one. */
static void reopen_sometimes(struct poller *poller)
{
	if (poller->flags & POLLER_INTERRUPTED || !random_one_in(&poller->random, 2000))
		return;
	close_viewer(poller);
	open_viewer(poller);
}

/* ---- Acquiring ---- */

static void note_position(struct poller *poller)
{
	const struct shmflip_channel *channel = shmflip_viewer_channel(poller->viewer);
	struct viewer_position *position = &poller->position;

	position->attached = channel ? channel->generation : 0;
	if (!channel || channel->generation == position->latest)
		return;
	poller->notes->tally.moves++;
	/* Attaching reads the channel file, of which all viewers are told. */
	poller->notes->changes++;
	position->latest = channel->generation;
	if (channel->producer != poller->producer)
		position->sequence = 0;
	poller->producer = channel->producer;
}

static void count(struct poller *poller, int error)
{
	struct descriptor_tally *tally = &poller->notes->tally;

	if (error == -ENODATA)
		tally->ends++;
	else if (error == -EPIPE)
		tally->deaths++;
	else if (error != 0 && error != -EAGAIN && error != -ECANCELED)
		fault_error("a viewer cannot acquire", error);
	if (error != -EAGAIN || poller->changes != poller->notes->changes)
		poller->looks = 0;
	poller->changes = poller->notes->changes;
	if (error == -EAGAIN && ++poller->looks > LOOKS_MAX)
		fault("a viewer's descriptor is readable again and again for nothing");
}

static int acquire(struct poller *poller, int timeout_ms)
{
	uint64_t interruption = poller->interruptions;
	const struct shmflip_frame *frame;
	int error = shmflip_viewer_acquire(poller->viewer, &frame, timeout_ms);

	note_position(poller);
	if (!error) {
		poller->position.sequence = frame->sequence;
		poller->notes->tally.frames++;
		shmflip_frame_release(frame);
	}
	if (error == -ECANCELED)
		poller->interruption_seen = interruption;
	count(poller, error);
	return error;
}

/* Calls that wait may come in between. */
static void call_another(struct poller *poller)
{
	int error = 0;

	switch (random_below(&poller->random, 64)) {
	case 0:
		acquire(poller, 2);
		break;
	case 1:
		error = shmflip_viewer_wait(poller->viewer, 1);
		break;
	case 2:
		error = shmflip_viewer_attach(poller->viewer, 1);
		note_position(poller);
		break;
	}
	if (error && error != -EAGAIN && error != -ECANCELED)
		fault_error("a viewer cannot wait", error);
}

/* Acquires as a program does whose descriptor is readable. For edges that means until -EAGAIN,
 * after an interruption too. */
static void acquire_all(struct poller *poller)
{
	bool all = poller->flags & (POLLER_ALL | POLLER_EDGE);
	int error;

	do {
		error = acquire(poller, 0);
		if (error == -ECANCELED)
			sched_yield();
	} while (error != -EAGAIN && all && (error != -ECANCELED || poller->flags & POLLER_EDGE));
}

/* ---- Polling ---- */

static bool is_told(struct poller *poller, int timeout_ms)
{
	struct pollfd polled = { .fd = poller->fd, .events = POLLIN };
	struct epoll_event event;

	poller->notes->tally.polls++;
	if (poller->epoll >= 0)
		return epoll_wait(poller->epoll, &event, 1, timeout_ms) == 1;
	return poll(&polled, 1, timeout_ms) == 1;
}

/* The same interruption goes on, and began before. An edge is told once. */
static void check_interruption(struct poller *poller, uint64_t before)
{
	if (before % 2 == 0 || poller->interruptions != before)
		return;
	if (poller->epoll >= 0 && poller->interruption_seen == before)
		return;
	fault("the descriptor of an interrupted viewer is not readable");
}

/* Returns whether the descriptor is readable, or becomes so for a while. A fault, if it should
 * be. */
static bool poll_and_check(struct poller *poller)
{
	uint64_t interruption = poller->interruptions;
	enum owed owed = notes_owed(poller->notes, &poller->position);

	if (is_told(poller, 0))
		return true;
	check_interruption(poller, interruption);
	if (owed == OWED_NOTHING)
		return is_told(poller, 1 + (int)random_below(&poller->random, POLL_MS));
	poller->notes->tally.checks++;
	if (owed == OWED_FRAME || !is_told(poller, GRACE_MS))
		fault("%s is to be acquired, but the descriptor is not readable "
		      "(viewer of %s, %s)",
		      owed_names[owed], poller->flags & POLLER_EVERY ? "every frame" : "the newest",
		      poller->epoll >= 0 ? "edges" : "levels");
	return true;
}

/* ---- Interruption ---- */

static void *interrupt_and_resume(void *argument)
{
	struct poller *poller = argument;
	struct random random = { random_mix(poller->random.state) };

	while (!poller->done) {
		process_sleep_ns(random_below(&random, 20000000));
		shmflip_viewer_interrupt(poller->viewer);
		poller->interruptions++;
		poller->notes->changes++;
		if (random_one_in(&random, 2))
			process_sleep_ns(random_below(&random, 1000000));
		poller->interruptions++;
		shmflip_viewer_resume(poller->viewer);
		poller->notes->tally.interruptions++;
	}
	return NULL;
}

void poller_run(void *argument)
{
	const struct poller_role *role = argument;
	struct poller poller = {
		.notes = role->notes,
		.random = { random_mix(role->seed) },
		.flags = role->flags,
	};
	pthread_t thread;

	open_viewer(&poller);
	if (role->flags & POLLER_INTERRUPTED &&
	    pthread_create(&thread, NULL, interrupt_and_resume, &poller))
		fault("cannot start a thread");
	while (!role->notes->stop) {
		if (poll_and_check(&poller))
			acquire_all(&poller);
		call_another(&poller);
		reopen_sometimes(&poller);
	}
	poller.done = true;
	if (role->flags & POLLER_INTERRUPTED)
		pthread_join(thread, NULL);
	close_viewer(&poller);
}
