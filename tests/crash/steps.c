/* SPDX-License-Identifier: MIT */
#include "steps.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "crash_cases.h"
#include "process.h"
#include "sandbox.h"
#include "tracee.h"

/* A victim may for once take another way. */
#define TRIES 6
#define RECORDS 10
#define RECORD SIZE_MAX
#define STRAYS_LET_PASS 2 /* also of few */
#define LONG_STRIDE 10    /* of a long call's second variant, in that of its first */

struct plan {
	const struct crash_case *crash_case;
	uint32_t slots;
	int way;
};

struct count {
	unsigned meant; /* instructions to halt after */
	unsigned halts;
	unsigned strays; /* halted elsewhere than meant, whatever was tried */
};

static void run_victim(void *argument)
{
	struct fixture *fixture = argument;

	fixture->crash_case->victim(fixture);
}

static pid_t set_up(const struct plan *plan, struct fixture *fixture)
{
	pid_t victim;

	*fixture = (struct fixture){
		.crash_case = plan->crash_case,
		.slots = plan->slots,
		.way = plan->way,
		.policy = plan->way == EVERY ? SHMFLIP_POLICY_LOSSLESS : SHMFLIP_POLICY_LATEST,
	};
	victim = tracee_start(run_victim, fixture);
	if (plan->crash_case->prepare)
		plan->crash_case->prepare(fixture);
	tracee_to_mark(victim);
	if (plan->crash_case->meet)
		plan->crash_case->meet(fixture);
	tracee_to_mark(victim);
	return victim;
}

static size_t first_of(const struct trace *trace, const struct steps_share *share)
{
	size_t skipped = share->last && share->last < trace->count ? trace->count - share->last : 0;

	return skipped + (size_t)share->index * share->stride;
}

/* mark: what the victim has ahead of it, or 0. */
static void tear_down(const struct plan *plan, struct fixture *fixture, pid_t victim, uint64_t mark)
{
	const struct crash_case *crash_case = plan->crash_case;

	if (crash_case->overtake) {
		crash_case->overtake(fixture);
		tracee_let_go(victim, mark);
	} else {
		tracee_kill(victim);
	}
	crash_case->survive(fixture);
	if (crash_case->overtake)
		process_expect_end(victim, "who was overtaken");
	sandbox_check_empty();
}

/* Halts a victim after so many instructions; or RECORD, at the end, to see what they are. Whether it
 * took the way recorded. All are started from here, at one depth of the stack: what the C library does
 * depends on how things are aligned. */
static bool run_one(const struct plan *plan, struct trace *trace, size_t instructions)
{
	struct fixture fixture;
	pid_t victim = set_up(plan, &fixture);
	bool there = true;

	if (instructions == RECORD)
		tracee_record(victim, trace);
	else
		there = tracee_step(victim, trace, instructions);
	tear_down(plan, &fixture, victim,
	          instructions == trace->count ? 0 : trace->address[trace->count]);
	return there;
}

/* Until two in a row take as long: victims inherit the heap, and shall find it as later ones will; and
 * some ways are rare, as that of who reads the clock while the kernel sets it. */
static void record(const struct plan *plan, struct trace *trace)
{
	size_t before;

	run_one(plan, trace, RECORD);
	for (int i = 0; i < RECORDS; i++) {
		before = trace->count;
		run_one(plan, trace, RECORD);
		if (trace->count == before)
			return;
	}
}

/* Returns how many instructions the call takes. */
static size_t run_plan(const struct plan *plan, const struct steps_share *share,
                       struct count *count)
{
	static const char *const ways[] = { "newest", "every" };
	static struct trace trace;
	bool there;

	process_context("steps %s, %u slots, first run", plan->crash_case->name, plan->slots);
	record(plan, &trace);
	for (size_t i = first_of(&trace, share); i <= trace.count;
	     i += (size_t)share->stride * share->of) {
		if (!trace_is_new(&trace, i))
			continue;
		process_context("steps %s, %u slots, %s, after %zu of %zu instructions",
		                plan->crash_case->name, plan->slots, ways[plan->way], i,
		                trace.count);
		count->meant++;
		there = false;
		for (int tries = 0; tries < TRIES && !there; tries++, count->halts++)
			there = run_one(plan, &trace, i);
		count->strays += !there;
	}
	return trace.count;
}

/* Calls that make or find a channel take long, and care little for these. Returns 0: not this. */
static unsigned stride_of(const struct crash_case *crash_case, const struct steps_share *share,
                          uint32_t slots, int way)
{
	if (!crash_case->is_long || (slots == 2 && way == NEWEST))
		return share->stride;
	return slots == 3 && way == EVERY ? LONG_STRIDE * share->stride : 0;
}

/* Who strays is killed all the same, but not where it was to be: with many of them nothing is shown. */
static void check_strays(const struct crash_case *crash_case, const struct count *count)
{
	process_context("steps %s", crash_case->name);
	if (count->strays > STRAYS_LET_PASS + count->meant / 2)
		fault("%u of %u victims took another way than the recorded one", count->strays,
		      count->meant);
}

static void run_scene(const struct crash_case *crash_case, const struct steps_share *share)
{
	static const uint32_t slots[] = { 2, 3, 8 };
	struct steps_share own = *share;
	struct count count = { 0 };
	size_t taken, least = SIZE_MAX, most = 0;

	for (size_t i = 0; i < sizeof(slots) / sizeof(slots[0]); i++) {
		for (int way = NEWEST; way < WAYS; way++) {
			own.stride = stride_of(crash_case, share, slots[i], way);
			if (own.stride == 0)
				continue;
			taken = run_plan(&(struct plan){ crash_case, slots[i], way }, &own, &count);
			least = taken < least ? taken : least;
			most = taken > most ? taken : most;
		}
	}
	if (share->index == 0)
		printf("# %s: %zu to %zu instructions\n", crash_case->name, least, most);
	printf("steps in-%s %u\nsteps %s %u\nsteps strays %u\n", crash_case->name, count.halts,
	       crash_case->overtake ? "overtaken" : "kills", count.halts, count.strays);
	fflush(stdout);
	check_strays(crash_case, &count);
}

/* Killer and victims on one processor, not on two that would have to wake each other at every step. */
static void stay_on_one_processor(unsigned index)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(index % (unsigned)sysconf(_SC_NPROCESSORS_ONLN), &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static void run_scenes(const struct crash_case *crash_case, unsigned scenes_left,
                       const struct steps_share *share)
{
	for (; scenes_left > 0; scenes_left--, crash_case++)
		if (!share->only ||
		    strncmp(crash_case->name, share->only, strlen(share->only)) == 0)
			run_scene(crash_case, share);
}

void steps(const struct steps_share *share)
{
	stay_on_one_processor(share->index);
	run_scenes(overtaken_cases, overtaken_count, share);
	run_scenes(crash_cases, crash_case_count, share);
}
