/* SPDX-License-Identifier: MIT
 *
 * The textbook solution: a System V segment with two frames, and two semaphores per receiver
 * that count full and empty slots. Unlike shmflip, it is not designed to survive a crash. */
#include <errno.h>
#include <stddef.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/shm.h>

#include "table.h"

enum { SLOTS = 2 };

union semun {
	int val;
	struct semid_ds *buf;
	unsigned short *array;
};

struct state {
	uint8_t *memory;
	uint64_t slot_bytes;
	int semaphores; /* of receiver r: 2r counts full slots, 2r + 1 empty ones */
	unsigned receiver;
	unsigned slot; /* next slot, on this side */
};

static int make_semaphores(struct link *link)
{
	unsigned short values[2 * RECEIVERS_MAX];
	struct state *state = link->state;
	int count = (int)(2 * link->receivers);

	for (int i = 0; i < count; i++)
		values[i] = i % 2 ? SLOTS : 0;
	state->semaphores = semget(IPC_PRIVATE, count, 0600);
	if (state->semaphores < 0)
		return link_fail_errno(link, "semget");
	if (semctl(state->semaphores, 0, SETALL, (union semun){ .array = values }) == 0)
		return 0;
	semctl(state->semaphores, 0, IPC_RMID);
	return link_fail_errno(link, "semctl");
}

/* Marks the segment for removal at once: the kernel then frees it with its last process. */
static int make_memory(struct link *link)
{
	struct state *state = link->state;
	int id = shmget(IPC_PRIVATE, SLOTS * state->slot_bytes, 0600);

	if (id < 0)
		return link_fail_errno(link, "shmget");
	state->memory = shmat(id, NULL, 0);
	shmctl(id, IPC_RMID, NULL);
	if (state->memory == (void *)-1)
		return link_fail_errno(link, "shmat");
	return 0;
}

static int prepare(struct link *link)
{
	struct state *state;
	int error = link_make_state(link, sizeof(*state));

	if (error)
		return error;
	state = link->state;
	state->slot_bytes = (link->frame_bytes + 4095) & ~UINT64_C(4095);
	error = make_memory(link);
	if (error)
		return error;
	error = make_semaphores(link);
	if (error)
		shmdt(state->memory);
	return error;
}

static void finish(struct link *link, bool killed)
{
	struct state *state = link->state;

	(void)killed;
	semctl(state->semaphores, 0, IPC_RMID);
	shmdt(state->memory);
}

/* Adds by to a semaphore of each receiver from first to end. parity: 0 full, 1 empty. */
static int change(struct link *link, unsigned first, unsigned end, unsigned parity, int by)
{
	const struct state *state = link->state;
	struct sembuf steps[RECEIVERS_MAX];
	unsigned count = 0;

	for (unsigned receiver = first; receiver < end; receiver++)
		steps[count++] =
			(struct sembuf){ .sem_num = 2 * receiver + parity, .sem_op = (short)by };
	while (semop(state->semaphores, steps, count) < 0)
		if (errno != EINTR)
			return link_fail_errno(link, "semop");
	return 0;
}

static uint8_t *next_slot(struct state *state)
{
	return state->memory + state->slot++ % SLOTS * state->slot_bytes;
}

static int buffer(struct link *link, uint8_t **pixels)
{
	int error = change(link, 0, link->receivers, 1, -1);

	if (!error)
		*pixels = next_slot(link->state);
	return error;
}

static int send(struct link *link)
{
	return change(link, 0, link->receivers, 0, 1);
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
	int error = change(link, state->receiver, state->receiver + 1, 0, -1);

	if (!error)
		*pixels = next_slot(state);
	return error;
}

static void release(struct link *link)
{
	const struct state *state = link->state;

	change(link, state->receiver, state->receiver + 1, 1, 1);
}

const struct transport transport_sysv = {
	.name = "sysv",
	.title = "System V memory and semaphores, textbook style",
	.traits = TRANSPORT_SHARED,
	.prepare = prepare,
	.finish = finish,
	.buffer = buffer,
	.send = send,
	.open_receiver = open_receiver,
	.receive = receive,
	.release = release,
};
