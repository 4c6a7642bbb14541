/* SPDX-License-Identifier: MIT */
#include "storm.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "monotonic.h"
#include "process.h"
#include "roles.h"
#include "sandbox.h"
#include "tally.h"

#define LONG_STOP_MS 2500 /* longer than a producer's default lease */
#define TIMES_MAX 100000
#define TIMES_MIN 100 /* for a 99th percentile */

struct round {
	struct round_config config;
	struct round_state *shared;
	struct random random;
	struct producer_role producer_role;
	struct viewer_role viewer_role[VIEWERS_MAX];
	pid_t producer; /* 0: none runs */
	pid_t viewer[VIEWERS_MAX];
	int64_t kill_ns; /* when the last kill was sent */
};

static struct tally tally;
static int64_t times_ns[TIMES_MAX]; /* from a producer's kill until a viewer sees its death */
static unsigned times;

/* ---- Starting ---- */

static void start_producer(struct round *round)
{
	uint64_t number = round->producer_role.number + 1;

	round->producer_role = (struct producer_role){ &round->config, number, number > 1 };
	round->producer = process_start(producer_run, &round->producer_role);
}

static void start_viewer(struct round *round, uint32_t i)
{
	round->viewer_role[i] = (struct viewer_role){
		.config = &round->config,
		.number = i,
		.late = random_one_in(&round->random, 2),
	};
	round->viewer[i] = process_start(viewer_run, &round->viewer_role[i]);
}

static void start_viewers(struct round *round)
{
	for (uint32_t i = 0; i < VIEWERS_MAX; i++)
		if (round->config.view[i])
			start_viewer(round, i);
}

static uint32_t count_viewers(const struct round *round)
{
	uint32_t count = 0;

	for (int i = 0; i < VIEWERS_MAX; i++)
		count += round->viewer[i] != 0;
	return count;
}

/* Returns one that runs, or VIEWERS_MAX. */
static uint32_t pick_viewer(struct round *round)
{
	uint32_t i = random_below(&round->random, VIEWERS_MAX);

	for (int tries = 0; tries < VIEWERS_MAX; tries++, i = (i + 1) % VIEWERS_MAX)
		if (round->viewer[i])
			return i;
	return VIEWERS_MAX;
}

/* ---- Killing ---- */

static void send_kill(struct round *round, pid_t pid)
{
	round->kill_ns = monotonic_now_ns();
	kill(pid, SIGKILL);
}

static struct producer_notes *producer_notes(const struct round *round)
{
	return &round->shared->producer[round->producer_role.number];
}

static void reap_producer(struct round *round)
{
	if (process_expect_killed(round->producer, "a killed producer"))
		tally_add_kill(&tally, producer_notes(round)->op);
	round->producer = 0;
}

static void reap_viewer(struct round *round, uint32_t i)
{
	if (process_expect_killed(round->viewer[i], "a killed viewer"))
		tally_add_kill(&tally, round->shared->viewer[i].op);
	round->viewer[i] = 0;
}

static void kill_producer(struct round *round)
{
	send_kill(round, round->producer);
	reap_producer(round);
}

static void kill_viewer(struct round *round)
{
	uint32_t i = pick_viewer(round);

	send_kill(round, round->viewer[i]);
	reap_viewer(round, i);
}

/* Whether a viewer need not see that death, or has seen it. */
static bool death_is_settled(const struct round *round, uint32_t i, uint64_t dead)
{
	const struct viewer_notes *notes = &round->shared->viewer[i];

	return !round->viewer[i] || notes->dead_producer == dead || notes->producer != dead;
}

/* There is no successor, so only the kernel can wake the viewers. */
static void kill_producer_alone(struct round *round)
{
	uint64_t dead = round->producer_role.number;
	const struct viewer_notes *notes;

	kill_producer(round);
	for (uint32_t i = 0; i < VIEWERS_MAX; i++) {
		notes = &round->shared->viewer[i];
		while (!death_is_settled(round, i, dead)) {
			if (monotonic_now_ns() - round->kill_ns > process_timeout_ms * NS_PER_MS)
				fault("viewer %u does not see its producer's death", i);
			process_sleep_ns(NS_PER_MS / 10);
		}
		if (notes->dead_producer == dead && times < TIMES_MAX)
			times_ns[times++] = notes->death_seen_ns - round->kill_ns;
	}
}

static void kill_producer_and_viewer(struct round *round)
{
	uint32_t i = pick_viewer(round);

	send_kill(round, round->producer);
	send_kill(round, round->viewer[i]);
	reap_viewer(round, i);
	reap_producer(round);
}

/* Whether a producer makes a segment in this call. With a lease, it may do so in any loan. */
static bool makes_segment(const struct round *round, uint32_t op)
{
	return op == OP_OPEN || op == OP_TAKE_OVER || op == OP_CONFIGURE || op == OP_NEXT_STREAM ||
	       (op == OP_LOAN && round->config.lease_ms >= 0);
}

/* The kernel frees memory with its last user, without a successor's help; except between the calls
 * that make a segment and mark it for removal. */
static void kill_all(struct round *round)
{
	const struct producer_notes *notes = producer_notes(round);

	send_kill(round, round->producer);
	for (uint32_t i = 0; i < VIEWERS_MAX; i++)
		if (round->viewer[i])
			send_kill(round, round->viewer[i]);
	reap_producer(round);
	for (uint32_t i = 0; i < VIEWERS_MAX; i++)
		if (round->viewer[i])
			reap_viewer(round, i);
	if (!makes_segment(round, notes->op) && sandbox_segments() != 0)
		fault("%d segments outlived all processes; the producer was killed in %s",
		      sandbox_segments(), op_names[notes->op]);
	start_viewer(round, 0);
}

/* Successors are killed while they take over. */
static void kill_successors(struct round *round)
{
	kill_producer(round);
	for (uint32_t i = 1 + random_below(&round->random, 4); i > 0; i--) {
		start_producer(round);
		process_sleep_ns(random_below(&round->random, 1200000));
		kill_producer(round);
	}
}

static void kill_at_the_end(struct round *round)
{
	struct producer_notes *notes = producer_notes(round);
	int64_t begin_ns = monotonic_now_ns();

	round->shared->viewers = count_viewers(round);
	round->shared->ending_producer = round->producer_role.number;
	while (!notes->ending && monotonic_now_ns() - begin_ns < process_timeout_ms * NS_PER_MS)
		process_sleep_ns(NS_PER_MS / 50);
	process_sleep_ns(random_below(&round->random, 200000));
	send_kill(round, round->producer);
	round->shared->ending_producer = 0;
	reap_producer(round);
}

/* ---- Stopping ---- */

static void stop(struct round *round, pid_t pid)
{
	bool is_long = random_one_in(&round->random, 200) && process_timeout_ms > 4 * LONG_STOP_MS;

	kill(pid, SIGSTOP);
	tally.stops++;
	process_sleep_ns((is_long ? LONG_STOP_MS : 2 + random_below(&round->random, 40)) *
	                 NS_PER_MS);
}

static void stop_viewer(struct round *round)
{
	uint32_t i = pick_viewer(round);

	stop(round, round->viewer[i]);
	kill(round->viewer[i], SIGCONT);
}

static void stop_and_kill_viewer(struct round *round)
{
	uint32_t i = pick_viewer(round);

	stop(round, round->viewer[i]);
	send_kill(round, round->viewer[i]);
	reap_viewer(round, i);
}

/* No viewer may take a frozen producer for dead. */
static void stop_producer(struct round *round)
{
	stop(round, round->producer);
	for (int i = 0; i < VIEWERS_MAX; i++)
		if (round->shared->viewer[i].dead_producer)
			fault("viewer %d takes a stopped producer for dead", i);
	kill(round->producer, SIGCONT);
}

static void stop_and_kill_producer(struct round *round)
{
	stop(round, round->producer);
	kill_producer(round);
}

/* What happens in a round, by the last four bits of its seed. */
static void (*const events[])(struct round *) = {
	kill_producer,
	kill_producer,
	kill_producer_alone,
	kill_producer_alone,
	kill_viewer,
	kill_viewer,
	kill_producer_and_viewer,
	kill_producer_and_viewer,
	kill_all,
	kill_successors,
	kill_successors,
	kill_at_the_end,
	stop_viewer,
	stop_and_kill_viewer,
	stop_producer,
	stop_and_kill_producer,
};

/* ---- Rounds ---- */

static void choose_config(struct round *round)
{
	static const uint32_t slots[] = { 2, 2, 2, 3, 3, 4, 8 };
	struct round_config *config = &round->config;
	struct random *random = &round->random;
	bool latest = random_one_in(random, 2);

	config->slots = slots[random_below(random, 7)];
	config->slot_bytes = random_one_in(random, 16) ? 262144 : 4096;
	config->policy = latest ? SHMFLIP_POLICY_LATEST : SHMFLIP_POLICY_LOSSLESS;
	/* With a lease, a producer takes stopped viewers for frozen. A lossless one must not. */
	config->lease_ms = latest && random_one_in(random, 2) ? 20 : -1;
	if (latest && random_one_in(random, 50))
		config->lease_ms = 0;
	config->frames = 50 + random_below(random, 400);
	config->configures = random_one_in(random, 3) ? 64 : random_one_in(random, 6) ? 4 : 0;
	config->ends = random_one_in(random, 3) ? 64 : random_one_in(random, 6) ? 8 : 0;
	for (int i = 0; i < VIEWERS_MAX; i++)
		config->view[i] =
			random_one_in(random, 2) ? SHMFLIP_VIEW_NEWEST : SHMFLIP_VIEW_EVERY;
	if (random_one_in(random, 2))
		config->view[2] = SHMFLIP_VIEW_AUTO;
	if (random_one_in(random, 4))
		config->view[1] = SHMFLIP_VIEW_AUTO;
}

static void begin(struct round *round)
{
	struct random *random = &round->random;

	if (random_one_in(random, 2))
		start_viewers(round);
	start_producer(round);
	if (!count_viewers(round))
		start_viewers(round);
	if (random_one_in(random, 4))
		process_sleep_ns(random_below(random, 1000000));
	else
		process_sleep_ns(random_below(random, 8000000));
}

static void end(struct round *round)
{
	if (!round->producer)
		start_producer(round);
	round->shared->viewers = count_viewers(round);
	round->shared->last_producer = round->producer_role.number;
	round->shared->ending_producer = round->producer_role.number;
	process_expect_exit(round->producer, "the last producer");
	for (uint32_t i = 0; i < VIEWERS_MAX; i++)
		if (round->viewer[i])
			process_expect_exit(round->viewer[i], "a viewer that survived");
	sandbox_check_empty();
	if (round->shared->spurious)
		fault("viewers were woken %llu times without a frame",
		      (unsigned long long)round->shared->spurious);
}

static void run_round(struct round_state *shared, uint64_t seed,
                      const struct storm_options *options)
{
	static struct round round;

	memset(shared, 0, sizeof(*shared));
	round = (struct round){ .shared = shared, .random = { random_mix(seed) } };
	round.config.shared = shared;
	round.config.seed = seed;
	choose_config(&round);
	if (options->configures)
		round.config.configures = options->configures;
	if (options->ends)
		round.config.ends = options->ends;
	process_context("storm round %llu: %u slots, policy %u", (unsigned long long)seed,
	                round.config.slots, round.config.policy);
	begin(&round);
	events[seed % (sizeof(events) / sizeof(events[0]))](&round);
	end(&round);
	tally_add_round(&tally, shared);
}

void storm(const struct storm_options *options)
{
	struct round_state *shared = process_share(sizeof(*shared));
	int64_t end_ns = monotonic_now_ns() + options->seconds * NS_PER_S;
	uint64_t seed = options->seed;

	while ((tally.kills < options->kills || tally.frames < options->frames) &&
	       (options->seconds == 0 || monotonic_now_ns() < end_ns))
		run_round(shared, seed++, options);
	tally_print(&tally, "storm");
	if (times >= TIMES_MIN)
		tally_print_times("from a kill until a viewer sees it, small mappings", times_ns,
		                  times);
}
