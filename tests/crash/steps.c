/* SPDX-License-Identifier: MIT */
#include "steps.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "process.h"
#include "room.h"
#include "scenes.h"
#include "tracee.h"

/* A victim may for once take another way. */
#define TRIES 6
#define RECORDS 10
#define RECORD SIZE_MAX
#define STRAYS_LET_PASS 2 /* also of few */
#define LONG_STRIDE 10    /* of a long call's second variant, in that of its first */

struct plan {
	const struct scene *scene;
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
	struct stage *stage = argument;

	stage->scene->victim(stage);
}

static pid_t set_up(const struct plan *plan, struct stage *stage)
{
	pid_t victim;

	*stage = (struct stage){
		.scene = plan->scene,
		.slots = plan->slots,
		.way = plan->way,
		.policy = plan->way == EVERY ? SHMFLIP_POLICY_LOSSLESS : SHMFLIP_POLICY_LATEST,
	};
	victim = tracee_start(run_victim, stage);
	if (plan->scene->prepare)
		plan->scene->prepare(stage);
	tracee_to_mark(victim);
	if (plan->scene->meet)
		plan->scene->meet(stage);
	tracee_to_mark(victim);
	return victim;
}

static size_t first_of(const struct trace *trace, const struct steps_share *share)
{
	size_t skipped = share->last && share->last < trace->count ? trace->count - share->last : 0;

	return skipped + (size_t)share->index * share->stride;
}

/* mark: what the victim has ahead of it, or 0. */
static void tear_down(const struct plan *plan, struct stage *stage, pid_t victim, uint64_t mark)
{
	const struct scene *scene = plan->scene;

	if (scene->overtake) {
		scene->overtake(stage);
		tracee_let_go(victim, mark);
	} else {
		tracee_kill(victim);
	}
	scene->survive(stage);
	if (scene->overtake)
		process_expect_end(victim, "who was overtaken");
	room_check_empty();
}

/* Halts a victim after so many instructions; or RECORD, at the end, to see what they are. Whether it
 * took the way recorded. All are started from here, at one depth of the stack: what the C library does
 * depends on how things are aligned. */
static bool run_one(const struct plan *plan, struct trace *trace, size_t instructions)
{
	struct stage stage;
	pid_t victim = set_up(plan, &stage);
	bool there = true;

	if (instructions == RECORD)
		tracee_record(victim, trace);
	else
		there = tracee_step(victim, trace, instructions);
	tear_down(plan, &stage, victim,
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

	process_context("steps %s, %u slots, first run", plan->scene->name, plan->slots);
	record(plan, &trace);
	for (size_t i = first_of(&trace, share); i <= trace.count;
	     i += (size_t)share->stride * share->of) {
		if (!trace_is_new(&trace, i))
			continue;
		process_context("steps %s, %u slots, %s, after %zu of %zu instructions",
		                plan->scene->name, plan->slots, ways[plan->way], i, trace.count);
		count->meant++;
		there = false;
		for (int tries = 0; tries < TRIES && !there; tries++, count->halts++)
			there = run_one(plan, &trace, i);
		count->strays += !there;
	}
	return trace.count;
}

/* Calls that make or find a channel take long, and care little for these. Returns 0: not this. */
static unsigned stride_of(const struct scene *scene, const struct steps_share *share,
                          uint32_t slots, int way)
{
	if (!scene->is_long || (slots == 2 && way == NEWEST))
		return share->stride;
	return slots == 3 && way == EVERY ? LONG_STRIDE * share->stride : 0;
}

/* Who strays is killed all the same, but not where it was to be: with many of them nothing is shown. */
static void check_strays(const struct scene *scene, const struct count *count)
{
	process_context("steps %s", scene->name);
	if (count->strays > STRAYS_LET_PASS + count->meant / 2)
		fault("%u of %u victims took another way than the recorded one", count->strays,
		      count->meant);
}

static void run_scene(const struct scene *scene, const struct steps_share *share)
{
	static const uint32_t slots[] = { 2, 3, 8 };
	struct steps_share own = *share;
	struct count count = { 0 };
	size_t taken, least = SIZE_MAX, most = 0;

	for (size_t i = 0; i < sizeof(slots) / sizeof(slots[0]); i++) {
		for (int way = NEWEST; way < WAYS; way++) {
			own.stride = stride_of(scene, share, slots[i], way);
			if (own.stride == 0)
				continue;
			taken = run_plan(&(struct plan){ scene, slots[i], way }, &own, &count);
			least = taken < least ? taken : least;
			most = taken > most ? taken : most;
		}
	}
	if (share->index == 0)
		printf("# %s: %zu to %zu instructions\n", scene->name, least, most);
	printf("steps in-%s %u\nsteps %s %u\nsteps strays %u\n", scene->name, count.halts,
	       scene->overtake ? "overtaken" : "kills", count.halts, count.strays);
	fflush(stdout);
	check_strays(scene, &count);
}

/* Killer and victims on one processor, not on two that would have to wake each other at every step. */
static void stay_on_one_processor(unsigned index)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(index % (unsigned)sysconf(_SC_NPROCESSORS_ONLN), &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static void run_scenes(const struct scene *scene, unsigned scenes_left,
                       const struct steps_share *share)
{
	for (; scenes_left > 0; scenes_left--, scene++)
		if (!share->only || strncmp(scene->name, share->only, strlen(share->only)) == 0)
			run_scene(scene, share);
}

void steps(const struct steps_share *share)
{
	stay_on_one_processor(share->index);
	run_scenes(overtaken_scenes, overtaken_count, share);
	run_scenes(scenes, scenes_count, share);
}
