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

/* A victim may for once take another way, where it reads a clock. */
#define TRIES 3

struct plan {
	const struct scene *scene;
	uint32_t slots;
	int way;
};

struct count {
	unsigned kills;
	unsigned strays; /* killed elsewhere than meant, three times */
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

static void tear_down(const struct plan *plan, struct stage *stage, pid_t victim)
{
	tracee_kill(victim);
	plan->scene->survive(stage);
	room_check_empty();
}

/* After a run for practice: victims inherit the heap, and shall find it as later ones will. */
static void record(const struct plan *plan, struct trace *trace)
{
	struct stage stage;
	pid_t victim = set_up(plan, &stage);

	tear_down(plan, &stage, victim);
	victim = set_up(plan, &stage);
	tracee_record(victim, trace);
	tear_down(plan, &stage, victim);
}

static void kill_after(const struct plan *plan, const struct trace *trace, size_t instructions,
                       struct count *count)
{
	struct stage stage;
	pid_t victim;
	bool there = !trace_is_new(trace, instructions);

	for (int i = 0; i < TRIES && !there; i++) {
		victim = set_up(plan, &stage);
		there = tracee_step(victim, trace, instructions);
		tear_down(plan, &stage, victim);
		count->kills++;
	}
	count->strays += !there;
}

/* Returns how many instructions the call takes. */
static size_t run_plan(const struct plan *plan, const struct steps_share *share,
                       struct count *count)
{
	static const char *const ways[] = { "newest", "every" };
	static struct trace trace;

	process_context("steps %s, %u slots, first run", plan->scene->name, plan->slots);
	record(plan, &trace);
	for (size_t i = share->index * share->stride; i <= trace.count;
	     i += (size_t)share->stride * share->of) {
		process_context("steps %s, %u slots, %s, after %zu of %zu instructions",
		                plan->scene->name, plan->slots, ways[plan->way], i, trace.count);
		kill_after(plan, &trace, i, count);
	}
	return trace.count;
}

static void run_scene(const struct scene *scene, const struct steps_share *share)
{
	static const uint32_t slots[] = { 2, 3, 8 };
	struct count count = { 0 };
	size_t taken, least = SIZE_MAX, most = 0;

	for (size_t i = 0; i < sizeof(slots) / sizeof(slots[0]); i++) {
		for (int way = NEWEST; way < WAYS; way++) {
			/* Those that make or find a channel take long, and care little for these. */
			if (scene->is_long && slots[i] != (way == EVERY ? 3 : 2))
				continue;
			taken = run_plan(&(struct plan){ scene, slots[i], way }, share, &count);
			least = taken < least ? taken : least;
			most = taken > most ? taken : most;
		}
	}
	if (share->index == 0)
		printf("# %s: %zu to %zu instructions\n", scene->name, least, most);
	printf("steps in-%s %u\nsteps kills %u\nsteps strays %u\n", scene->name, count.kills,
	       count.kills, count.strays);
	fflush(stdout);
}

/* Killer and victims on one processor, not on two that would have to wake each other at every step. */
static void stay_on_one_processor(unsigned index)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(index % (unsigned)sysconf(_SC_NPROCESSORS_ONLN), &set);
	sched_setaffinity(0, sizeof(set), &set);
}

void steps(const struct steps_share *share)
{
	stay_on_one_processor(share->index);
	for (unsigned i = 0; i < scenes_count; i++)
		if (!share->only || strncmp(scenes[i].name, share->only, strlen(share->only)) == 0)
			run_scene(&scenes[i], share);
}
