/* SPDX-License-Identifier: MIT
 *
 * POSIX shared memory. One message queue per receiver carries the index of a full slot; another
 * carries it back once the receiver is done. */
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "table.h"

enum { SLOTS = 2 };

struct state {
	uint8_t *memory;
	mqd_t full[RECEIVERS_MAX];
	mqd_t empty[RECEIVERS_MAX];
	unsigned receiver;
	unsigned sent;
	unsigned slot; /* current, on this side */
};

/* A name that no other process uses. It is unlinked as soon as the object is open. */
static void name_of(char *name, size_t size, const char *what, unsigned receiver)
{
	snprintf(name, size, "/shmflip-bench-%d-%s-%u", getpid(), what, receiver);
}

static int make_queue(struct link *link, const char *what, unsigned receiver, mqd_t *queue)
{
	struct mq_attr attributes = { .mq_maxmsg = SLOTS, .mq_msgsize = sizeof(unsigned) };
	char name[64];

	name_of(name, sizeof(name), what, receiver);
	*queue = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attributes);
	if (*queue == (mqd_t)-1 && errno == ENOSYS)
		return link_fail(link, -ENOTSUP, "this kernel has no POSIX message queues");
	if (*queue == (mqd_t)-1)
		return link_fail_errno(link, "mq_open");
	mq_unlink(name);
	return 0;
}

static int make_memory(struct link *link)
{
	struct state *state = link->state;
	uint64_t bytes = SLOTS * link->frame_bytes;
	char name[64];
	int fd, error = 0;

	name_of(name, sizeof(name), "memory", 0);
	fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
	if (fd < 0)
		return link_fail_errno(link, "shm_open");
	shm_unlink(name);
	state->memory = MAP_FAILED;
	if (ftruncate(fd, (off_t)bytes) == 0)
		state->memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (state->memory == MAP_FAILED) {
		state->memory = NULL;
		error = link_fail_errno(link, "POSIX shared memory");
	}
	close(fd);
	return error;
}

static void finish(struct link *link, bool killed)
{
	struct state *state = link->state;

	(void)killed;
	for (unsigned i = 0; i < RECEIVERS_MAX; i++) {
		if (state->full[i] > 0)
			mq_close(state->full[i]);
		if (state->empty[i] > 0)
			mq_close(state->empty[i]);
	}
	if (state->memory)
		munmap(state->memory, SLOTS * link->frame_bytes);
}

static int prepare(struct link *link)
{
	struct state *state;
	int error = link_make_state(link, sizeof(*state));

	if (error)
		return error;
	state = link->state;
	error = make_memory(link);
	for (unsigned i = 0; i < link->receivers && !error; i++) {
		error = make_queue(link, "full", i, &state->full[i]);
		if (!error)
			error = make_queue(link, "empty", i, &state->empty[i]);
	}
	if (error)
		finish(link, false);
	return error;
}

static int put(struct link *link, mqd_t queue, unsigned slot)
{
	while (mq_send(queue, (const char *)&slot, sizeof(slot), 0) < 0)
		if (errno != EINTR)
			return link_fail_errno(link, "mq_send");
	return 0;
}

static int take(struct link *link, mqd_t queue, unsigned *slot)
{
	while (mq_receive(queue, (char *)slot, sizeof(*slot), NULL) < 0)
		if (errno != EINTR)
			return link_fail_errno(link, "mq_receive");
	return *slot < SLOTS ? 0 : link_fail(link, -EPROTO, "invalid slot");
}

static int buffer(struct link *link, uint8_t **pixels)
{
	struct state *state = link->state;
	int error = 0;

	state->slot = state->sent % SLOTS;
	for (unsigned i = 0; state->sent >= SLOTS && i < link->receivers && !error; i++)
		error = take(link, state->empty[i], &state->slot);
	*pixels = state->memory + state->slot * link->frame_bytes;
	return error;
}

static int send(struct link *link)
{
	struct state *state = link->state;
	int error = 0;

	for (unsigned i = 0; i < link->receivers && !error; i++)
		error = put(link, state->full[i], state->slot);
	state->sent++;
	return error;
}

static int open_receiver(struct link *link, unsigned receiver)
{
	struct state *state = link->state;

	state->receiver = receiver;
	return 0;
}

static int receive(struct link *link, const uint8_t **pixels)
{
	struct state *state = link->state;
	int error = take(link, state->full[state->receiver], &state->slot);

	if (!error)
		*pixels = state->memory + state->slot * link->frame_bytes;
	return error;
}

static void release(struct link *link)
{
	struct state *state = link->state;

	put(link, state->empty[state->receiver], state->slot);
}

const struct transport transport_mqueue = {
	.name = "mqueue",
	.title = "POSIX shared memory, slot indices in POSIX message queues",
	.traits = TRANSPORT_SHARED,
	.prepare = prepare,
	.finish = finish,
	.buffer = buffer,
	.send = send,
	.open_receiver = open_receiver,
	.receive = receive,
	.release = release,
};
