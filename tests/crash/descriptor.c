/* SPDX-License-Identifier: MIT */
#include "descriptor.h"

#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "descriptor_roles.h"
#include "monotonic.h"
#include "process.h"
#include "random.h"
#include "sandbox.h"
#include "shmflip.h"

static const uint32_t kinds[] = {
	0,
	POLLER_EVERY,
	POLLER_EVERY | POLLER_ALL,
	POLLER_EDGE,
	POLLER_EVERY | POLLER_EDGE,
	POLLER_INTERRUPTED,
	POLLER_EVERY | POLLER_INTERRUPTED,
	POLLER_EVERY | POLLER_EDGE | POLLER_INTERRUPTED,
};

enum { POLLERS = sizeof(kinds) / sizeof(kinds[0]) };

struct run {
	struct descriptor_notes *notes;
	struct random random;
	struct poller_role role[POLLERS];
	pid_t poller[POLLERS];
	struct polled_producer_role producer_role;
	pid_t producer;
	uint64_t kills;
};

static void start_pollers(struct run *run)
{
	for (int i = 0; i < POLLERS; i++) {
		run->role[i] =
			(struct poller_role){ run->notes, random_next(&run->random), kinds[i] };
		run->poller[i] = process_start(poller_run, &run->role[i]);
	}
}

static void start_producer(struct run *run)
{
	run->producer_role = (struct polled_producer_role){ run->notes, random_next(&run->random) };
	run->producer = process_start(polled_producer_run, &run->producer_role);
}

/* Reaps what a killed producer's children left, and notices a fault of a poller. */
static void reap(struct run *run)
{
	pid_t pid;

	while ((pid = waitpid(-1, &(int){ 0 }, WNOHANG)) > 0) {
		if (pid == run->producer)
			fault("a producer exited by itself");
		for (int i = 0; i < POLLERS; i++)
			if (pid == run->poller[i])
				fault("a poller exited by itself");
	}
}

static void sleep_up_to(struct run *run, uint32_t ms)
{
	process_sleep_ns(random_below(&run->random, ms) * NS_PER_MS);
	reap(run);
}

/* If a child has the dead producer's descriptors, only the viewers' timers tell its death. */
static void kill_producer(struct run *run)
{
	struct descriptor_notes *notes = run->notes;

	notes->killing = true;
	kill(run->producer, SIGKILL);
	if (!process_expect_killed(run->producer, "a killed producer"))
		fault("a producer exited by itself");
	run->producer = 0;
	notes_end(notes);
	notes->killing = false;
	run->kills++;
	sleep_up_to(run, notes->handed ? 1500 : 60);
	notes->producers++;
	notes->handed = false;
}

/* Runs in a process of its own, because it may have to clean up what a dead one left. */
static void open_and_close(void *unused)
{
	(void)unused;
	shmflip_producer_close(polled_producer_open(&(struct random){ 1 }));
}

static void stop_pollers(struct run *run)
{
	run->notes->stop = true;
	for (int i = 0; i < POLLERS; i++) {
		process_expect_exit(run->poller[i], "a poller");
		run->poller[i] = 0;
	}
}

static void print(const struct descriptor_tally *tally, uint64_t kills)
{
	const struct {
		const char *name;
		uint64_t count;
	} lines[] = {
		{ "kills", kills },        { "frames", tally->frames },
		{ "ends", tally->ends },   { "deaths", tally->deaths },
		{ "moves", tally->moves }, { "interruptions", tally->interruptions },
		{ "polls", tally->polls }, { "checks", tally->checks },
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		printf("descriptor %s %llu\n", lines[i].name, (unsigned long long)lines[i].count);
}

void descriptor(uint64_t seed, uint64_t kills, int64_t seconds)
{
	struct run run = {
		.notes = process_share(sizeof(*run.notes)),
		.random = { random_mix(seed) },
	};
	int64_t end_ns = monotonic_now_ns() + seconds * NS_PER_S;

	process_context("descriptor, seed %llu", (unsigned long long)seed);
	/* So that the children of killed producers can be reaped. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	/* A missing directory cannot be watched. */
	process_expect_exit(process_start(open_and_close, NULL), "the first producer");
	start_pollers(&run);
	while (run.kills < kills && (seconds == 0 || monotonic_now_ns() < end_ns)) {
		start_producer(&run);
		sleep_up_to(&run, 800);
		kill_producer(&run);
	}
	stop_pollers(&run);
	process_expect_exit(process_start(open_and_close, NULL), "the last producer");
	sandbox_check_empty();
	print(&run.notes->tally, run.kills);
}
