/* SPDX-License-Identifier: MIT
 *
 * Limits of signalling. The sender increments a word in shared memory, and the receiver waits
 * for it: it polls (a cache line moves between cores), sleeps on a futex, or sleeps on a System
 * V semaphore. Answers go back the same way. Two buffers in turn, no pixels. */
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "table.h"
#include "touch.h"

enum variant { LINE, FUTEX, SEMAPHORE };
enum { BUFFERS = 2, LINE_BYTES = 64 };

struct counter {
	_Alignas(LINE_BYTES) _Atomic uint32_t value;
};

struct shared {
	struct counter sent;
	struct counter done[RECEIVERS_MAX];
	_Alignas(LINE_BYTES) uint8_t buffers[BUFFERS][FRAME_BYTES_MIN];
};

struct state {
	struct shared *shared;
	int semaphores; /* of receiver r: 2r for sent, 2r + 1 for done */
	unsigned receiver;
	uint32_t count; /* frames so far, on this side */
};

static int prepare(struct link *link)
{
	struct state *state;
	void *memory;
	int error = link_make_state(link, sizeof(*state));

	if (!error)
		error = link_map(link, sizeof(struct shared), true, &memory);
	if (error)
		return error;
	state = link->state;
	state->shared = memory;
	if (link->transport->variant != SEMAPHORE)
		return 0;
	state->semaphores = semget(IPC_PRIVATE, (int)(2 * link->receivers), 0600);
	return state->semaphores < 0 ? link_fail_errno(link, "semget") : 0;
}

static void finish(struct link *link, bool killed)
{
	const struct state *state = link->state;

	(void)killed;
	if (link->transport->variant == SEMAPHORE)
		semctl(state->semaphores, 0, IPC_RMID);
}

static void pause_briefly(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield");
#endif
}

static int change_semaphore(struct link *link, unsigned number, short by)
{
	const struct state *state = link->state;
	struct sembuf step = { .sem_num = (unsigned short)number, .sem_op = by };

	while (semop(state->semaphores, &step, 1) < 0)
		if (errno != EINTR)
			return link_fail_errno(link, "semop");
	return 0;
}

/* Waits until counter has reached value. number: its semaphore. */
static int wait_counter(struct link *link, struct counter *counter, uint32_t value, unsigned number)
{
	uint32_t seen;

	if (link->transport->variant == SEMAPHORE)
		return change_semaphore(link, number, -1);
	/* Pairs with advance(). */
	while ((int32_t)((seen = atomic_load_explicit(&counter->value, memory_order_acquire)) -
	                 value) < 0) {
		if (link->transport->variant == LINE)
			pause_briefly();
		else
			syscall(SYS_futex, &counter->value, FUTEX_WAIT, seen, NULL, NULL, 0);
	}
	return 0;
}

static int advance(struct link *link, struct counter *counter, unsigned number)
{
	/* Pairs with wait_counter(). */
	atomic_fetch_add_explicit(&counter->value, 1, memory_order_release);
	if (link->transport->variant == FUTEX)
		syscall(SYS_futex, &counter->value, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
	return link->transport->variant == SEMAPHORE ? change_semaphore(link, number, 1) : 0;
}

static int buffer(struct link *link, uint8_t **pixels)
{
	struct state *state = link->state;
	int error = 0;

	for (unsigned i = 0; state->count >= BUFFERS && i < link->receivers && !error; i++)
		error = wait_counter(link, &state->shared->done[i], state->count - BUFFERS + 1,
		                     2 * i + 1);
	*pixels = state->shared->buffers[state->count % BUFFERS];
	return error;
}

/* Each receiver has its own semaphore; all share the word or futex. */
static int send(struct link *link)
{
	struct state *state = link->state;
	int error = 0;

	state->count++;
	if (link->transport->variant != SEMAPHORE)
		return advance(link, &state->shared->sent, 0);
	for (unsigned i = 0; i < link->receivers && !error; i++)
		error = change_semaphore(link, 2 * i, 1);
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
	int error = wait_counter(link, &state->shared->sent, state->count + 1, 2 * state->receiver);

	*pixels = state->shared->buffers[state->count++ % BUFFERS];
	return error;
}

static void release(struct link *link)
{
	const struct state *state = link->state;

	advance(link, &state->shared->done[state->receiver], 2 * state->receiver + 1);
}

#define FUNCTIONS                                                                                  \
	.touches = 1 << TOUCH_NONE, .prepare = prepare, .finish = finish, .buffer = buffer,        \
	.send = send, .open_receiver = open_receiver, .receive = receive, .release = release

const struct transport transport_wake_line = {
	.name = "cache-line",
	.title = "limit: a cache line from core to core",
	.traits = TRANSPORT_LIMIT | TRANSPORT_EMPTY | TRANSPORT_SPINS,
	.variant = LINE,
	FUNCTIONS,
};

const struct transport transport_wake_futex = {
	.name = "futex",
	.title = "limit: waking a sleeper by futex",
	.traits = TRANSPORT_LIMIT | TRANSPORT_EMPTY,
	.variant = FUTEX,
	FUNCTIONS,
};

const struct transport transport_wake_semaphore = {
	.name = "semaphore",
	.title = "limit: waking a sleeper by System V semaphore",
	.traits = TRANSPORT_LIMIT | TRANSPORT_EMPTY,
	.variant = SEMAPHORE,
	FUNCTIONS,
};
