/* SPDX-License-Identifier: MIT */
#include "scenes.h"

#include <stddef.h>
#include <sys/syscall.h>

#include "process.h"
#include "room.h"
#include "tracee.h"

/* ---- Producers that are killed ---- */

static void publish_three(struct stage *stage)
{
	stage_create(stage);
	for (int i = 0; i < 3; i++)
		stage_publish(stage);
}

static void die_in_create(struct stage *stage)
{
	tracee_mark();
	tracee_mark();
	stage_create(stage);
	tracee_mark();
}

static void die_in_clean(struct stage *stage)
{
	struct shmflip_removed removed;

	(void)stage;
	tracee_mark();
	tracee_mark();
	shmflip_channel_clean(NULL, NULL, &removed);
	tracee_mark();
}

static void die_in_loan(struct stage *stage)
{
	struct shmflip_loan loan;

	publish_three(stage);
	tracee_mark();
	tracee_mark();
	shmflip_producer_loan(stage->producer, &loan, 0);
	tracee_mark();
}

static void die_in_publish(struct stage *stage)
{
	struct shmflip_frame_info info;
	struct shmflip_loan loan;

	publish_three(stage);
	tracee_mark();
	stage_loan(stage, &loan, &info);
	tracee_mark();
	shmflip_producer_publish(stage->producer, &loan, &info);
	tracee_mark();
}

static void die_in_resize(struct stage *stage)
{
	publish_three(stage);
	tracee_mark();
	tracee_mark();
	shmflip_producer_resize(stage->producer, 8192);
	tracee_mark();
}

static void die_in_destroy(struct stage *stage)
{
	publish_three(stage);
	tracee_mark();
	tracee_mark();
	shmflip_producer_destroy(stage->producer);
	tracee_mark();
}

/* ---- Those who see a producer die, and its successor ---- */

static void open_viewers(struct stage *stage)
{
	stage_open_viewer(stage, NEWEST);
	stage_open_viewer(stage, EVERY);
}

static void watch(struct stage *stage)
{
	open_viewers(stage);
	stage_attach_viewers(stage);
	stage_hold(stage);
}

static void succeed(struct stage *stage)
{
	stage_create(stage);
	stage_attach_viewers(stage);
	for (uint32_t i = 0; i < 2; i++) {
		stage_publish(stage);
		stage_see(stage);
	}
	stage_end(stage);
	stage_close_viewers(stage);
}

/* Memory that nobody uses is gone, before a successor sweeps. */
static void survive_publisher(struct stage *stage)
{
	stage_see_death(stage, 0);
	stage_see_nobody(stage);
	if (room_segments() != 0)
		fault("%d segments outlived their last user", room_segments());
	succeed(stage);
}

static void survive_mover(struct stage *stage)
{
	stage_see_death(stage, 0);
	succeed(stage);
}

static void survive_ender(struct stage *stage)
{
	stage_see_death(stage, 1);
	succeed(stage);
}

static void survive_creator(struct stage *stage)
{
	stage_see_nobody(stage);
	succeed(stage);
}

/* ---- What a producer finds that is then killed itself ---- */

static void run_on_stage(void *argument)
{
	struct stage *stage = argument;
	const struct scene *scene = stage->scene;

	scene->victim(stage);
}

static pid_t start_another(struct stage *stage, void (*victim)(struct stage *))
{
	const struct scene scene = { .victim = victim };
	struct stage own = { .slots = stage->slots, .policy = stage->policy, .scene = &scene };

	stage->number++;
	return tracee_start(run_on_stage, &own);
}

/* The remains of one that was killed at work. */
static void after_a_crash(struct stage *stage)
{
	pid_t pid = start_another(stage, die_in_loan);

	tracee_to_mark(pid);
	watch(stage);
	tracee_kill(pid);
	stage_see_death(stage, 0);
}

/* A segment that was not marked for removal yet. */
static void half_made(struct stage *stage)
{
	pid_t pid = start_another(stage, die_in_create);

	tracee_to_mark(pid);
	tracee_to_mark(pid);
	tracee_past_call(pid, SYS_shmget);
	tracee_kill(pid);
	if (room_segments() != 1)
		fault("there is nothing half-made");
	open_viewers(stage);
}

/* Two sets of semaphores, and two files. */
static void half_moved(struct stage *stage)
{
	pid_t pid = start_another(stage, die_in_resize);

	tracee_to_mark(pid);
	watch(stage);
	tracee_to_mark(pid);
	tracee_past_call(pid, SYS_semget);
	tracee_kill(pid);
	if (room_sets() != 2)
		fault("there is nothing half-moved");
	stage_see_death(stage, 0);
}

/* ---- Viewers that are killed ---- */

static void die_in_attach(struct stage *stage)
{
	struct shmflip_viewer *viewer;

	tracee_mark();
	tracee_mark();
	viewer = stage_viewer(stage->way);
	shmflip_viewer_wait_producer(viewer, 0);
	tracee_mark();
}

static void die_in_acquire(struct stage *stage)
{
	struct shmflip_viewer *viewer = stage_viewer(stage->way);
	struct shmflip_frame frame;

	shmflip_viewer_wait_producer(viewer, 0);
	tracee_mark();
	tracee_mark();
	shmflip_viewer_acquire(viewer, &frame, 0);
	tracee_mark();
}

static void die_in_release(struct stage *stage)
{
	struct shmflip_viewer *viewer = stage_viewer(stage->way);
	struct shmflip_frame frame;
	int error = shmflip_viewer_acquire(viewer, &frame, patience_ms);

	if (error)
		fault_of("a victim gets no frame", error);
	tracee_mark();
	tracee_mark();
	shmflip_viewer_release(viewer, &frame);
	tracee_mark();
}

static void die_in_leave(struct stage *stage)
{
	struct shmflip_viewer *viewer = stage_viewer(stage->way);
	struct shmflip_frame frame;

	shmflip_viewer_acquire(viewer, &frame, patience_ms);
	shmflip_viewer_release(viewer, &frame);
	tracee_mark();
	tracee_mark();
	shmflip_viewer_destroy(viewer);
	tracee_mark();
}

static void produce(struct stage *stage)
{
	publish_three(stage);
	stage_open_viewer(stage, stage->way == EVERY ? NEWEST : EVERY);
	stage_see(stage);
}

/* The producer gets all its slots back, counts the dead no more, and the other viewer sees on. */
static void survive_viewer(struct stage *stage)
{
	unsigned viewers;
	int error = shmflip_producer_viewers(stage->producer, &viewers);

	if (error)
		fault_of("viewers cannot be counted", error);
	if (viewers != 1)
		fault("%u viewers are counted where there is one", viewers);
	for (uint32_t i = 0; i < 2 * stage->slots; i++) {
		stage_publish(stage);
		stage_see(stage);
	}
	stage_end(stage);
	stage_close_viewers(stage);
}

const struct scene scenes[] = {
	{ "begin", die_in_loan, NULL, watch, survive_publisher, NULL, false },
	{ "publish", die_in_publish, NULL, watch, survive_publisher, NULL, false },
	{ "acquire", die_in_acquire, produce, NULL, survive_viewer, NULL, false },
	{ "release", die_in_release, produce, NULL, survive_viewer, NULL, false },
	{ "leave", die_in_leave, produce, NULL, survive_viewer, NULL, false },
	{ "destroy", die_in_destroy, NULL, watch, survive_ender, NULL, false },
	{ "open", die_in_attach, produce, NULL, survive_viewer, NULL, true },
	{ "resize", die_in_resize, NULL, watch, survive_mover, NULL, true },
	{ "create", die_in_create, NULL, open_viewers, survive_creator, NULL, true },
	{ "take-over", die_in_create, after_a_crash, NULL, survive_creator, NULL, true },
	{ "sweep-half-made", die_in_create, half_made, NULL, survive_creator, NULL, true },
	{ "sweep-half-moved", die_in_create, half_moved, NULL, survive_creator, NULL, true },
	{ "clean", die_in_clean, after_a_crash, NULL, survive_creator, NULL, true },
};

const unsigned scenes_count = sizeof(scenes) / sizeof(scenes[0]);
