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

#define RECORD SIZE_MAX
#define RECORDINGS_MAX 10
#define TRIES 6          /* a victim may take another path once in a while */
#define STRAYS_ALLOWED 2 /* also where few instructions are targets */
#define LONG_CASE_STRIDE                                                                           \
	10 /* in the second variant of a long case, times the stride of its first */

/* A case is run with several numbers of slots and both views. */
struct variant {
	const struct crash_case *crash_case;
	uint32_t slots;
	enum view view;
};

struct count {
	unsigned targets; /* instructions to halt at */
	unsigned halts;
	unsigned strays; /* targets that no victim was halted at, in all tries */
};

static void run_victim(void *argument)
{
	struct fixture *fixture = argument;

	fixture->crash_case->victim(fixture);
}

/* Returns the victim, halted at the first instruction of the call. */
static pid_t set_up(const struct variant *variant, struct fixture *fixture)
{
	pid_t victim;

	*fixture = (struct fixture){
		.crash_case = variant->crash_case,
		.slots = variant->slots,
		.victim_view = variant->view,
		.policy = variant->view == EVERY ? SHMFLIP_POLICY_LOSSLESS : SHMFLIP_POLICY_LATEST,
	};
	victim = tracee_start(run_victim, fixture);
	if (variant->crash_case->prepare)
		variant->crash_case->prepare(fixture);
	tracee_run_to_mark(victim);
	if (variant->crash_case->at_mark)
		variant->crash_case->at_mark(fixture);
	tracee_run_to_mark(victim);
	return victim;
}

/* mark: the address of the mark after the call, or 0 if the victim has passed it. */
static void tear_down(const struct variant *variant, struct fixture *fixture, pid_t victim,
                      uint64_t mark)
{
	const struct crash_case *crash_case = variant->crash_case;

	if (crash_case->overtake) {
		crash_case->overtake(fixture);
		tracee_detach(victim, mark);
	} else {
		tracee_kill(victim);
	}
	crash_case->survive(fixture);
	if (crash_case->overtake)
		process_expect_exit(victim, "an overtaken viewer");
	sandbox_check_empty();
}

/* Halts a victim after so many instructions, or, with RECORD, after the call, to record its path.
 * Returns whether the victim took the recorded path. All victims start from this function, at one
 * depth of the stack, because the C library's path depends on how things are aligned. */
static bool run_once(const struct variant *variant, struct trace *trace, size_t instructions)
{
	struct fixture fixture;
	pid_t victim = set_up(variant, &fixture);
	bool on_path = true;

	if (instructions == RECORD)
		tracee_record(victim, trace);
	else
		on_path = tracee_step(victim, trace, instructions);
	tear_down(variant, &fixture, victim,
	          instructions == trace->count ? 0 : trace->address[trace->count]);
	return on_path;
}

/* Records until two recordings in a row have the same length. Victims inherit the heap, which later
 * victims must find as the recorded one did; and some paths are rare, such as reading the clock
 * while the kernel sets it. */
static void record(const struct variant *variant, struct trace *trace)
{
	size_t before;

	run_once(variant, trace, RECORD);
	for (int i = 0; i < RECORDINGS_MAX; i++) {
		before = trace->count;
		run_once(variant, trace, RECORD);
		if (trace->count == before)
			return;
	}
}

static size_t first_target(const struct trace *trace, const struct steps_share *share)
{
	size_t skipped = share->last && share->last < trace->count ? trace->count - share->last : 0;

	return skipped + (size_t)share->index * share->stride;
}

/* Returns how many instructions the call takes. */
static size_t run_variant(const struct variant *variant, const struct steps_share *share,
                          struct count *count)
{
	static const char *const view_names[] = { "newest", "every" };
	static struct trace trace;
	bool on_path;

	process_context("steps %s, %u slots, recording", variant->crash_case->name, variant->slots);
	record(variant, &trace);
	for (size_t i = first_target(&trace, share); i <= trace.count;
	     i += (size_t)share->stride * share->of) {
		if (!trace_advances(&trace, i))
			continue;
		process_context("steps %s, %u slots, %s, after %zu of %zu instructions",
		                variant->crash_case->name, variant->slots,
		                view_names[variant->view], i, trace.count);
		count->targets++;
		on_path = false;
		for (int tries = 0; tries < TRIES && !on_path; tries++, count->halts++)
			on_path = run_once(variant, &trace, i);
		count->strays += !on_path;
	}
	return trace.count;
}

/* Calls that make or find a channel take long and hardly depend on slots and view, so few variants
 * of them are run. Returns 0 for a variant that is left out. */
static unsigned stride_of(const struct crash_case *crash_case, const struct steps_share *share,
                          uint32_t slots, enum view view)
{
	if (!crash_case->is_long || (slots == 2 && view == NEWEST))
		return share->stride;
	return slots == 3 && view == EVERY ? LONG_CASE_STRIDE * share->stride : 0;
}

/* A stray is killed too, but not at its target. Too many strays would show nothing. */
static void check_strays(const struct crash_case *crash_case, const struct count *count)
{
	process_context("steps %s", crash_case->name);
	if (count->strays > STRAYS_ALLOWED + count->targets / 2)
		fault("%u of %u victims took another path than the recorded one", count->strays,
		      count->targets);
}

static void run_case(const struct crash_case *crash_case, const struct steps_share *share)
{
	static const uint32_t slots[] = { 2, 3, 8 };
	struct steps_share own = *share;
	struct count count = { 0 };
	size_t length, shortest = SIZE_MAX, longest = 0;

	for (size_t i = 0; i < sizeof(slots) / sizeof(slots[0]); i++) {
		for (enum view view = NEWEST; view < VIEWS; view++) {
			own.stride = stride_of(crash_case, share, slots[i], view);
			if (own.stride == 0)
				continue;
			length = run_variant(&(struct variant){ crash_case, slots[i], view }, &own,
			                     &count);
			shortest = length < shortest ? length : shortest;
			longest = length > longest ? length : longest;
		}
	}
	if (share->index == 0)
		printf("# %s: %zu to %zu instructions\n", crash_case->name, shortest, longest);
	printf("steps in-%s %u\nsteps %s %u\nsteps strays %u\n", crash_case->name, count.halts,
	       crash_case->overtake ? "overtaken" : "kills", count.halts, count.strays);
	fflush(stdout);
	check_strays(crash_case, &count);
}

/* On two processors, killer and victim would have to wake each other at every step. */
static void stay_on_one_processor(unsigned index)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(index % (unsigned)sysconf(_SC_NPROCESSORS_ONLN), &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static void run_cases(const struct crash_case *cases, unsigned count,
                      const struct steps_share *share)
{
	for (unsigned i = 0; i < count; i++)
		if (!share->only || strncmp(cases[i].name, share->only, strlen(share->only)) == 0)
			run_case(&cases[i], share);
}

void steps(const struct steps_share *share)
{
	stay_on_one_processor(share->index);
	run_cases(overtaken_cases, overtaken_count, share);
	run_cases(crash_cases, crash_case_count, share);
}
