/* SPDX-License-Identifier: MIT */
#include "storm.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "process.h"
#include "roles.h"
#include "sandbox.h"
#include "tally.h"

#define MS INT64_C(1000000)
#define LONG_STOP_MS 2500 /* longer than the lease that producers have unless told otherwise */
#define TIMES_MAX 100000
#define ENOUGH_TIMES 100 /* to say something of the 99th percentile */

struct round {
	struct round_config conditions;
	struct round_state *shared;
	struct random random;
	struct producer_role producer_role;
	struct viewer_role viewer_role[VIEWERS_MAX];
	pid_t producer; /* 0: there is none */
	pid_t viewer[VIEWERS_MAX];
	int64_t kill_ns;
};

static struct tally tally;
static int64_t times_ns[TIMES_MAX]; /* from a kill to its being told */
static unsigned times;

/* ---- The roles come ---- */

static void start_producer(struct round *round)
{
	uint64_t number = round->producer_role.number + 1;

	round->producer_role = (struct producer_role){ &round->conditions, number, number > 1 };
	round->producer = process_start(producer_run, &round->producer_role);
}

static void start_viewer(struct round *round, uint32_t i)
{
	round->viewer_role[i] = (struct viewer_role){
		.conditions = &round->conditions,
		.number = i,
		.late = random_one_in(&round->random, 2),
	};
	round->viewer[i] = process_start(viewer_run, &round->viewer_role[i]);
}

static void start_viewers(struct round *round)
{
	for (uint32_t i = 0; i < VIEWERS_MAX; i++)
		if (round->conditions.view[i])
			start_viewer(round, i);
}

static uint32_t viewers_there(const struct round *round)
{
	uint32_t there = 0;

	for (int i = 0; i < VIEWERS_MAX; i++)
		there += round->viewer[i] != 0;
	return there;
}

/* One that is there, or VIEWERS_MAX. */
static uint32_t some_viewer(struct round *round)
{
	uint32_t i = random_below(&round->random, VIEWERS_MAX);

	for (int tries = 0; tries < VIEWERS_MAX; tries++, i = (i + 1) % VIEWERS_MAX)
		if (round->viewer[i])
			return i;
	return VIEWERS_MAX;
}

/* ---- And go ---- */

static void send_kill(struct round *round, pid_t pid)
{
	round->kill_ns = process_now_ns();
	kill(pid, SIGKILL);
}

static void bury_producer(struct round *round)
{
	if (process_expect_killed(round->producer, "a killed producer"))
		tally_kill(&tally, round->shared->producer[round->producer_role.number].op);
	round->producer = 0;
}

static void bury_viewer(struct round *round, uint32_t i)
{
	if (process_expect_killed(round->viewer[i], "a killed viewer"))
		tally_kill(&tally, round->shared->viewer[i].op);
	round->viewer[i] = 0;
}

static void kill_producer(struct round *round)
{
	send_kill(round, round->producer);
	bury_producer(round);
}

static void kill_viewer(struct round *round)
{
	uint32_t i = some_viewer(round);

	send_kill(round, round->viewer[i]);
	bury_viewer(round, i);
}

static bool is_told(const struct round *round, uint32_t i, uint64_t dead)
{
	const struct viewer_notes *notes = &round->shared->viewer[i];

	return !round->viewer[i] || notes->told == dead || notes->seen != dead;
}

/* Nobody but the kernel can tell the viewers: there is no successor. */
static void kill_producer_alone(struct round *round)
{
	uint64_t dead = round->producer_role.number;
	int64_t told_ns;

	kill_producer(round);
	for (uint32_t i = 0; i < VIEWERS_MAX; i++) {
		while (!is_told(round, i, dead)) {
			if (process_now_ns() - round->kill_ns > patience_ms * MS)
				fault("viewer %u does not learn of a death", i);
			process_nap_ns(MS / 10);
		}
		told_ns = round->shared->viewer[i].told_ns;
		if (round->shared->viewer[i].told == dead && times < TIMES_MAX)
			times_ns[times++] = told_ns - round->kill_ns;
	}
}

static void kill_both(struct round *round)
{
	uint32_t i = some_viewer(round);

	send_kill(round, round->producer);
	send_kill(round, round->viewer[i]);
	bury_viewer(round, i);
	bury_producer(round);
}

/* Memory goes with its last user, without a successor's help, but for the instant between making it
 * and marking it for removal. */
static void kill_all(struct round *round)
{
	const struct producer_notes *notes = &round->shared->producer[round->producer_role.number];

	send_kill(round, round->producer);
	for (uint32_t i = 0; i < VIEWERS_MAX; i++)
		if (round->viewer[i])
			send_kill(round, round->viewer[i]);
	bury_producer(round);
	for (uint32_t i = 0; i < VIEWERS_MAX; i++)
		if (round->viewer[i])
			bury_viewer(round, i);
	if (notes->op != OP_CREATE && notes->op != OP_TAKE_OVER && notes->op != OP_RESIZE &&
	    sandbox_segments() != 0)
		fault("%d segments outlived everybody, killed in %s", sandbox_segments(),
		      op_names[notes->op]);
	start_viewer(round, 0);
}

/* Successors are killed while they take over. */
static void kill_successors(struct round *round)
{
	kill_producer(round);
	for (uint32_t i = 1 + random_below(&round->random, 4); i > 0; i--) {
		start_producer(round);
		process_nap_ns(random_below(&round->random, 1200000));
		kill_producer(round);
	}
}

static void kill_at_the_end(struct round *round)
{
	struct producer_notes *notes = &round->shared->producer[round->producer_role.number];
	int64_t began_ns = process_now_ns();

	round->conditions.shared->viewers = viewers_there(round);
	round->shared->final = round->producer_role.number;
	while (!notes->ending && process_now_ns() - began_ns < patience_ms * MS)
		process_nap_ns(MS / 50);
	process_nap_ns(random_below(&round->random, 200000));
	send_kill(round, round->producer);
	round->shared->final = 0;
	bury_producer(round);
}

/* ---- Or stop ---- */

static void stop(struct round *round, pid_t pid)
{
	bool longer = random_one_in(&round->random, 200) && patience_ms > 4 * LONG_STOP_MS;

	kill(pid, SIGSTOP);
	tally.stops++;
	process_nap_ns((longer ? LONG_STOP_MS : 2 + random_below(&round->random, 40)) * MS);
}

static void stop_viewer(struct round *round)
{
	uint32_t i = some_viewer(round);

	stop(round, round->viewer[i]);
	kill(round->viewer[i], SIGCONT);
}

static void stop_and_kill_viewer(struct round *round)
{
	uint32_t i = some_viewer(round);

	stop(round, round->viewer[i]);
	send_kill(round, round->viewer[i]);
	bury_viewer(round, i);
}

/* Frozen is not dead. */
static void stop_producer(struct round *round)
{
	stop(round, round->producer);
	for (int i = 0; i < VIEWERS_MAX; i++)
		if (round->shared->viewer[i].told)
			fault("viewer %d takes a producer that was stopped for dead", i);
	kill(round->producer, SIGCONT);
}

static void stop_and_kill_producer(struct round *round)
{
	stop(round, round->producer);
	kill_producer(round);
}

/* What happens in a round; those that are listed twice happen twice as often. */
static void (*const acts[])(struct round *) = {
	kill_producer, kill_producer,        kill_producer_alone, kill_producer_alone,
	kill_viewer,   kill_viewer,          kill_both,           kill_both,
	kill_all,      kill_successors,      kill_successors,     kill_at_the_end,
	stop_viewer,   stop_and_kill_viewer, stop_producer,       stop_and_kill_producer,
};

/* ---- Rounds ---- */

static void choose_conditions(struct round *round)
{
	static const uint32_t slots[] = { 2, 2, 2, 3, 3, 4, 8 };
	struct random *random = &round->random;
	bool latest = random_one_in(random, 2);

	round->conditions.slots = slots[random_below(random, 7)];
	round->conditions.slot_bytes = random_one_in(random, 16) ? 262144 : 4096;
	round->conditions.policy = latest ? SHMFLIP_POLICY_LATEST : SHMFLIP_POLICY_LOSSLESS;
	/* Of lossless producers nobody is taken for frozen, of others the stopped are. */
	round->conditions.lease_ms = latest && random_one_in(random, 2) ? 20 : -1;
	if (latest && random_one_in(random, 50))
		round->conditions.lease_ms = 0;
	round->conditions.frames = 50 + random_below(random, 400);
	round->conditions.resizes = random_one_in(random, 3)   ? 64
	                            : random_one_in(random, 6) ? 4
	                                                       : 0;
	for (int i = 0; i < VIEWERS_MAX; i++)
		round->conditions.view[i] =
			random_one_in(random, 2) ? SHMFLIP_VIEW_NEWEST : SHMFLIP_VIEW_EVERY;
	if (random_one_in(random, 2))
		round->conditions.view[2] = SHMFLIP_VIEW_AUTO;
	if (random_one_in(random, 4))
		round->conditions.view[1] = SHMFLIP_VIEW_AUTO;
}

static void begin(struct round *round)
{
	struct random *random = &round->random;

	if (random_one_in(random, 2))
		start_viewers(round);
	start_producer(round);
	if (!viewers_there(round))
		start_viewers(round);
	if (random_one_in(random, 4))
		process_nap_ns(random_below(random, 1000000));
	else
		process_nap_ns(random_below(random, 8000000));
}

static void end(struct round *round)
{
	if (!round->producer)
		start_producer(round);
	round->shared->viewers = viewers_there(round);
	round->shared->last = round->producer_role.number;
	round->shared->final = round->producer_role.number;
	process_expect_end(round->producer, "the last producer");
	for (uint32_t i = 0; i < VIEWERS_MAX; i++)
		if (round->viewer[i])
			process_expect_end(round->viewer[i], "a viewer that survived");
	sandbox_check_empty();
	if (round->shared->spurious)
		fault("viewers were woken %llu times for nothing",
		      (unsigned long long)round->shared->spurious);
}

static void run_round(struct round_state *shared, uint64_t seed, uint32_t moves)
{
	static struct round round;

	memset(shared, 0, sizeof(*shared));
	round = (struct round){ .shared = shared, .random = { random_mix(seed) } };
	round.conditions.shared = shared;
	round.conditions.seed = seed;
	choose_conditions(&round);
	if (moves)
		round.conditions.resizes = moves;
	process_context("storm round %llu: %u slots, policy %u", (unsigned long long)seed,
	                round.conditions.slots, round.conditions.policy);
	begin(&round);
	acts[seed % (sizeof(acts) / sizeof(acts[0]))](&round);
	end(&round);
	tally_round(&tally, shared);
}

void storm(const struct storm_options *plan)
{
	struct round_state *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
	                                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int64_t end_ns = process_now_ns() + plan->seconds * 1000 * MS;
	uint64_t seed = plan->seed;

	if (shared == MAP_FAILED)
		fault("no memory");
	while ((tally.kills < plan->kills || tally.frames < plan->frames) &&
	       (plan->seconds == 0 || process_now_ns() < end_ns))
		run_round(shared, seed++, plan->moves);
	tally_print(&tally, "storm");
	if (times >= ENOUGH_TIMES)
		tally_print_times("from a kill to a viewer's knowing, small mappings", times_ns,
		                  times);
}
