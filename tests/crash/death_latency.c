/* SPDX-License-Identifier: MIT */
#include "death_latency.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "frames.h"
#include "process.h"
#include "sandbox.h"
#include "tally.h"

#define MS INT64_C(1000000)
#define MAPPED_BYTES (UINT64_C(64) << 20)

struct meeting {
	_Atomic int attached; /* the viewer has taken the one frame there is, and looks for more */
	_Atomic int64_t told_ns; /* when it was told of the death; 0: not yet */
};

static void publish_one(void *unused)
{
	const struct shmflip_producer_options options = { .slot_bytes = MAPPED_BYTES / 2 };
	struct shmflip_producer *producer;
	struct shmflip_frame_info info;
	struct shmflip_loan loan;
	int error = shmflip_producer_create(&options, &producer);

	(void)unused;
	if (!error)
		error = shmflip_producer_loan(producer, &loan, 0);
	if (error)
		fault_of("a producer cannot start", error);
	frames_describe(&info, 1, 1, 4096);
	frames_draw(loan.pixels, &info, 1, 0);
	frames_draw(loan.pixels, &info, 1, 1);
	error = shmflip_producer_publish(producer, &loan, &info);
	if (error)
		fault_of("a frame cannot be published", error);
	for (;;)
		pause();
}

static void wait_for_death(void *argument)
{
	const struct shmflip_viewer_options options = { 0 };
	struct meeting *meeting = argument;
	struct shmflip_viewer *viewer;
	struct shmflip_frame frame;
	int64_t begin_ns;
	int error = shmflip_viewer_open(&options, &viewer);

	if (!error)
		error = shmflip_viewer_acquire(viewer, &frame, patience_ms);
	if (error)
		fault_of("a viewer cannot start", error);
	if (!frames_is_whole(&frame))
		fault("torn: the only frame");
	shmflip_viewer_release(viewer, &frame);
	meeting->attached = 1;
	begin_ns = process_now_ns();
	error = shmflip_viewer_acquire(viewer, &frame, patience_ms);
	meeting->told_ns = process_now_ns();
	if (error != -EPIPE)
		fault_of("a viewer was not told of a death", error);
	/* At the end of its patience it looks whether the producer lives, and nobody need wake it. */
	if (meeting->told_ns - begin_ns > patience_ms / 2 * MS)
		fault("a viewer found out about a death, and was not woken");
	shmflip_viewer_destroy(viewer);
}

/* Nobody cleans up before the viewer knows. */
static int64_t kill_one(struct meeting *meeting)
{
	pid_t producer, viewer;
	int64_t kill_ns;

	*meeting = (struct meeting){ 0 };
	producer = process_start(publish_one, NULL);
	viewer = process_start(wait_for_death, meeting);
	for (int waited_ms = 0; !meeting->attached; waited_ms++) {
		if (waited_ms > patience_ms)
			fault("a viewer does not start");
		process_nap_ns(MS);
	}
	process_nap_ns(3 * MS);
	kill_ns = process_now_ns();
	kill(producer, SIGKILL);
	process_expect_end(viewer, "a viewer whose producer was killed");
	if (!process_expect_killed(producer, "a killed producer"))
		fault("the producer was not killed");
	return meeting->told_ns - kill_ns;
}

static void sweep(void)
{
	const struct shmflip_producer_options options = { .slot_bytes = 4096 };
	struct shmflip_producer *producer;
	int error = shmflip_producer_create(&options, &producer);

	if (error)
		fault_of("a successor cannot start", error);
	shmflip_producer_destroy(producer);
	sandbox_check_empty();
}

void death_latency(unsigned kills)
{
	struct meeting *meeting = mmap(NULL, sizeof(*meeting), PROT_READ | PROT_WRITE,
	                               MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int64_t *times_ns = calloc(kills + 1, sizeof(*times_ns));

	if (meeting == MAP_FAILED || !times_ns)
		fault("no memory");
	for (unsigned i = 0; i < kills; i++) {
		process_context("notice %u", i);
		times_ns[i] = kill_one(meeting);
		sweep();
	}
	printf("notice kills %u\n", kills);
	tally_print_times("from a kill to a viewer's knowing, 64 MiB mapped", times_ns, kills);
	free(times_ns);
	munmap(meeting, sizeof(*meeting));
}
