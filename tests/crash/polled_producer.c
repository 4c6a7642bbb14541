/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "descriptor_roles.h"
#include "monotonic.h"
#include "process.h"
#include "random.h"
#include "shmflip.h"

#define LOAN_MS 20
#define GENERATION_OFFSET 32 /* in a segment: see docs/protocol.md */

struct role {
	struct descriptor_notes *notes;
	struct random random;
	struct shmflip_producer *producer;
	uint64_t generation; /* the last one noted */
};

/* ---- Pauses ---- */

/* So long that a viewer which has lost an event is seen waiting for it. */
static void pause_for_long(void)
{
	process_sleep_ns(70 * NS_PER_MS);
}

/* Mostly of the time that a viewer needs, sometimes long enough for all viewers to fall asleep. */
static void pause_briefly(struct random *random)
{
	static const int64_t limits_ns[] = { 0, 0, 100000, 1000000, 1000000, 5000000, 20000000 };
	int64_t limit_ns = limits_ns[random_below(random, 7)];

	if (random_one_in(random, 60))
		pause_for_long();
	else if (limit_ns)
		process_sleep_ns(random_below(random, (uint32_t)limit_ns));
}

/* ---- Calls ---- */

static void set_stream(struct shmflip_stream *stream, struct random *random)
{
	shmflip_init(stream);
	stream->width = 16;
	stream->height = 1;
	stream->slots = 3 + random_below(random, 3);
	stream->slot_bytes = 4096 * (1 + random_below(random, 3));
}

/* Children of a killed producer may hold its locks for a moment. */
struct shmflip_producer *polled_producer_open(struct random *random)
{
	struct shmflip_producer *producer;
	struct shmflip_producer_options options;
	struct shmflip_stream stream;
	int64_t end_ns = monotonic_now_ns() + process_timeout_ms * NS_PER_MS;
	int error;

	shmflip_init(&options);
	options.policy = random_one_in(random, 2) ? SHMFLIP_POLICY_LATEST : SHMFLIP_POLICY_LOSSLESS;
	options.lease_ms = -1;
	set_stream(&stream, random);
	do {
		error = shmflip_producer_open(&options, &stream, &producer);
		if (error == -EBUSY)
			process_sleep_ns(NS_PER_MS);
	} while (error == -EBUSY && monotonic_now_ns() < end_ns);
	if (error)
		fault_error("a producer cannot start", error);
	return producer;
}

static void note_generation(struct role *role, const struct shmflip_frame *frame)
{
	const uint8_t *cookie = shmflip_frame_segment(frame)->cookie;
	uint64_t generation;

	memcpy(&generation, cookie + GENERATION_OFFSET, sizeof(generation));
	if (generation == role->generation)
		return;
	role->generation = generation;
	notes_begin(role->notes, generation);
}

static void publish(struct role *role)
{
	struct shmflip_frame *frame;
	uint64_t sequence;
	int error = shmflip_producer_loan(role->producer, &frame, LOAN_MS);

	if (error == -EAGAIN)
		return;
	if (error)
		fault_error("no loan", error);
	note_generation(role, frame);
	if (!random_one_in(&role->random, 16)) {
		error = shmflip_frame_publish(frame);
		if (error)
			fault_error("cannot publish", error);
		sequence = frame->sequence;
		notes_publish(role->notes, sequence);
	}
	shmflip_frame_release(frame);
}

static void end_note(struct role *role)
{
	notes_end(role->notes);
	if (random_one_in(&role->random, 4))
		pause_for_long();
}

static void configure(struct role *role)
{
	struct shmflip_stream stream;
	int error;

	set_stream(&stream, &role->random);
	/* Another rate makes it another stream. */
	stream.rate_num = 1 + (uint32_t)role->notes->streams;
	notes_change(role->notes);
	error = shmflip_producer_configure(role->producer, &stream);
	if (error)
		fault_error("cannot configure", error);
	end_note(role);
}

static void end_stream(struct role *role)
{
	int error;

	notes_change(role->notes);
	error = shmflip_producer_end(role->producer, (int)random_below(&role->random, 2));
	if (error)
		fault_error("cannot end", error);
	end_note(role);
}

static void reopen(struct role *role)
{
	notes_change(role->notes);
	shmflip_producer_close(role->producer);
	end_note(role);
	pause_briefly(&role->random);
	role->producer = polled_producer_open(&role->random);
}

/* A child that the library does not know of keeps the descriptors: the kernel closes no file when
 * the producer dies. */
static void hand_descriptors_over(struct role *role)
{
	const struct timespec ms = { .tv_nsec = NS_PER_MS };
	uint64_t number = role->notes->producers;

	if (role->notes->handed)
		return;
	role->notes->handed = true;
	if (syscall(SYS_fork) != 0)
		return;
	while (role->notes->producers == number)
		nanosleep(&ms, NULL);
	_exit(0);
}

void polled_producer_run(void *argument)
{
	const struct polled_producer_role *given = argument;
	struct role role = { .notes = given->notes, .random = { random_mix(given->seed) } };
	uint32_t chance;

	signal(SIGCHLD, SIG_IGN);
	role.producer = polled_producer_open(&role.random);
	for (;;) {
		chance = random_below(&role.random, 400);
		if (chance < 12)
			configure(&role);
		else if (chance < 24)
			end_stream(&role);
		else if (chance < 30)
			reopen(&role);
		else if (chance < 31 && random_one_in(&role.random, 4))
			hand_descriptors_over(&role);
		else
			publish(&role);
		pause_briefly(&role.random);
	}
}
