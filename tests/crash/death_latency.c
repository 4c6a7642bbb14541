/* SPDX-License-Identifier: MIT */
#include "death_latency.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "monotonic.h"
#include "process.h"
#include "sandbox.h"
#include "shmflip.h"
#include "tally.h"

#define MAPPED_BYTES (UINT64_C(64) << 20)

/* What the viewer tells the killer. */
struct shared {
	_Atomic bool
		attached; /* it has the producer's only frame, and is about to wait for another */
	_Atomic int64_t death_seen_ns; /* 0: not yet */
};

static void open_producer(struct shmflip_producer **producer, uint64_t slot_bytes)
{
	struct shmflip_producer_options options;
	struct shmflip_stream stream;
	int error;

	shmflip_init(&options);
	shmflip_init(&stream);
	stream.width = 64;
	stream.height = 1;
	stream.slot_bytes = slot_bytes;
	error = shmflip_producer_open(&options, &stream, producer);
	if (error)
		fault_error("a producer cannot start", error);
}

static void publish_one(void *unused)
{
	struct shmflip_producer *producer;
	struct shmflip_frame *frame;
	int error;

	(void)unused;
	open_producer(&producer, MAPPED_BYTES / 2);
	error = shmflip_producer_loan(producer, &frame, 0);
	if (!error)
		error = shmflip_frame_publish(frame);
	if (error)
		fault_error("cannot publish a frame", error);
	for (;;)
		pause();
}

static void wait_for_death(void *argument)
{
	struct shmflip_viewer_options options;
	struct shared *shared = argument;
	struct shmflip_viewer *viewer;
	const struct shmflip_frame *frame;
	int64_t begin_ns;
	int error;

	shmflip_init(&options);
	error = shmflip_viewer_open(&options, &viewer);
	if (!error)
		error = shmflip_viewer_acquire(viewer, &frame, process_timeout_ms);
	if (error)
		fault_error("a viewer cannot start", error);
	shmflip_frame_release(frame);
	shared->attached = true;
	begin_ns = monotonic_now_ns();
	error = shmflip_viewer_acquire(viewer, &frame, process_timeout_ms);
	shared->death_seen_ns = monotonic_now_ns();
	if (error != -EPIPE)
		fault_error("a viewer did not see its producer's death", error);
	/* When its timeout ends, acquire checks whether the producer lives, without any wakeup. */
	if (shared->death_seen_ns - begin_ns > process_timeout_ms / 2 * NS_PER_MS)
		fault("a death did not wake the viewer, which noticed it at its timeout");
	shmflip_viewer_close(viewer);
}

/* Returns the nanoseconds from the kill to the viewer's knowledge. Nobody cleans up before that. */
static int64_t kill_one(struct shared *shared)
{
	pid_t producer, viewer;
	int64_t kill_ns;

	*shared = (struct shared){ 0 };
	producer = process_start(publish_one, NULL);
	viewer = process_start(wait_for_death, shared);
	process_await(&shared->attached, "a viewer");
	process_sleep_ns(3 * NS_PER_MS);
	kill_ns = monotonic_now_ns();
	kill(producer, SIGKILL);
	process_expect_exit(viewer, "a viewer whose producer was killed");
	if (!process_expect_killed(producer, "a killed producer"))
		fault("the producer was not killed");
	return shared->death_seen_ns - kill_ns;
}

/* A successor removes what the dead producer left. */
static void clean_up(void)
{
	struct shmflip_producer *producer;

	open_producer(&producer, 4096);
	shmflip_producer_close(producer);
	sandbox_check_empty();
}

void death_latency(unsigned kills)
{
	struct shared *shared = process_share(sizeof(*shared));
	int64_t *times_ns = calloc(kills + 1, sizeof(*times_ns));

	if (!times_ns)
		fault("out of memory");
	for (unsigned i = 0; i < kills; i++) {
		process_context("latency %u", i);
		times_ns[i] = kill_one(shared);
		clean_up();
	}
	printf("latency kills %u\n", kills);
	tally_print_times("from a kill until a viewer sees it, 64 MiB mapped", times_ns, kills);
	free(times_ns);
	munmap(shared, sizeof(*shared));
}
