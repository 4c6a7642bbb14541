/* SPDX-License-Identifier: MIT */
#include "windowed.h"

#include <SDL.h>
#include <string.h>

#include "bell.h"
#include "cli.h"
#include "options.h"
#include "player.h"
#include "present.h"
#include "stage.h"
#include "text.h"
#include "view.h"
#include "window.h"

#define TURN_MS 100 /* before there is a window */
#define LOOK_INTERVAL_NS 1000000000

void player_check(struct player *player, int result)
{
	if (player->presenter != player->view->presenter)
		captions_hurry(player);
	player->presenter = player->view->presenter;
	if (result == 0)
		return;
	view_fail(player->view, player->view->presenter->name, stage_reason(player->stage));
	player->quit = true;
}

void player_set_paused(struct player *player, bool paused)
{
	player->paused = paused;
	life_be_patient(&player->view->life, cli_now_ns());
	player->step = false;
	player->view->rate = (struct rate){ 0 };
	captions_hurry(player);
	if (paused)
		player_check(player, stage_keep(player->stage));
}

/* ---- Frames ------------------------------------------------------------------------------- */

static void draw(struct player *player, struct shmflip_frame *frame)
{
	captions_revive(player);
	int result = stage_show(player->stage, frame);
	if (result < 0)
		view_give_back(player->view, frame);
	player_check(player, result);
	player->dirty = false;
	if (!player->quit && player->paused)
		player_check(player, stage_keep(player->stage));
}

static void drop_unseen(struct player *player)
{
	if (player->has_unseen)
		view_give_back(player->view, &player->unseen);
	player->has_unseen = false;
}

static void show(struct player *player, struct shmflip_frame *frame)
{
	struct shmflip_frame_info info = frame->info;

	drop_unseen(player);
	player->step = false;
	if (player->visible) {
		draw(player, frame);
	} else {
		player->unseen = *frame;
		player->has_unseen = true;
	}
	captions_expect(player);
	if (!player->quit && view_shown(player->view, &info) == VIEW_LEAVE)
		player->quit = true;
}

static void lose(struct player *player)
{
	player_check(player, stage_keep(player->stage));
	stage_set_stale(player->stage, true);
	player->dirty = true;
	captions_hurry(player);
}

static void take(struct player *player)
{
	struct shmflip_frame frame;

	player->pending = false;
	switch (view_take(player->view, &frame, 0)) {
	case VIEW_FRAME:
		show(player, &frame);
		break;
	case VIEW_NOTHING:
		break;
	case VIEW_LOST:
		lose(player);
		break;
	case VIEW_LEAVE:
		player->quit = true;
		break;
	}
}

static bool wants_frame(const struct player *player)
{
	if (!player->pending || (player->paused && !player->step))
		return false;
	return player->visible ? stage_ready(player->stage) : view_wants_unseen(player->view);
}

/* A window that nobody sees holds no slot that its viewer could do without. */
static void look_who_watches(struct player *player)
{
	bool visible = window_is_visible(stage_window(player->stage));

	if (visible == player->visible)
		return;
	player->visible = visible;
	player->dirty = true;
	if (!visible)
		player_check(player, stage_keep(player->stage));
	else if (player->has_unseen) {
		player->has_unseen = false;
		draw(player, &player->unseen);
		if (!player->quit && life_is_stale(&player->view->life))
			lose(player);
	}
}

/* Who is paused is not told of an end by the frames that he takes. */
static bool must_look(const struct player *player)
{
	return player->paused && player->visible && !life_is_stale(&player->view->life);
}

static void look_after_producer(struct player *player)
{
	int64_t now_ns = cli_now_ns();

	if (!must_look(player) || now_ns < player->look_due_ns)
		return;
	player->look_due_ns = now_ns + LOOK_INTERVAL_NS;
	if (view_look(player->view) == VIEW_LOST)
		lose(player);
}

static void repaint(struct player *player)
{
	player->dirty = false;
	player->view->repeated++;
	player_check(player, stage_repaint(player->stage));
}

/* ---- The loop ----------------------------------------------------------------------------- */

/* Who is paused wants to keep looking. And where something waits to be taken, a producer has come,
 * though nobody may see it yet. */
static int64_t patience_end_ns(const struct player *player)
{
	if (player->paused || player->pending)
		return INT64_MAX;
	return life_deadline_ns(&player->view->life);
}

static int64_t sleep_end_ns(const struct player *player)
{
	int64_t due_ns = patience_end_ns(player);

	if (player->captions_due_ns < due_ns)
		due_ns = player->captions_due_ns;
	if (must_look(player) && player->look_due_ns < due_ns)
		due_ns = player->look_due_ns;
	return due_ns;
}

static void handle_events(struct player *player)
{
	SDL_Event event;

	while (!player->quit && SDL_PollEvent(&event))
		controls_handle(player, &event);
}

static void sleep_and_handle_events(struct player *player)
{
	struct shmflip_viewer *viewer = player->pending ? NULL : player->view->viewer;
	unsigned heard = bell_sleep(viewer, sleep_end_ns(player));

	if (heard & BELL_CHANNEL)
		player->pending = true;
	if (heard & BELL_EVENTS)
		handle_events(player);
}

static bool open_with_first_frame(struct player *player)
{
	struct view *view = player->view;
	enum view_event event = VIEW_NOTHING;
	struct shmflip_frame frame;

	while (event == VIEW_NOTHING || event == VIEW_LOST) {
		if (cli_interrupted())
			return false;
		event = view_take(view, &frame, TURN_MS);
	}
	if (event == VIEW_LEAVE)
		return false;
	const struct shmflip_frame_info info = frame.info;
	if (stage_create(view, &frame, &player->stage) < 0) {
		view_give_back(view, &frame);
		view->exit_code = CLI_FAILED;
		return false;
	}
	player->visible = true;
	return view_shown(view, &info) != VIEW_LEAVE;
}

static bool watch_for_events(struct player *player)
{
	int result = bell_watch(stage_window(player->stage)->sdl);

	if (result == 0)
		return true;
	cli_error("no thread to watch for events: %s", strerror(-result));
	player->view->exit_code = CLI_FAILED;
	return false;
}

static void play(struct player *player)
{
	while (!player->quit && !cli_interrupted()) {
		sleep_and_handle_events(player);
		if (!player->quit)
			player_check(player, stage_check(player->stage));
		if (!player->quit)
			look_who_watches(player);
		if (!player->quit)
			look_after_producer(player);
		if (!player->quit)
			captions_update(player);
		if (!player->quit && wants_frame(player))
			take(player);
		if (!player->quit && cli_now_ns() >= patience_end_ns(player))
			player->quit = view_idle(player->view) == VIEW_LEAVE;
		if (!player->quit && player->dirty && player->visible)
			repaint(player);
	}
}

void windowed_run(struct view *view)
{
	struct player player = { .view = view };

	if (!window_system_init()) {
		view->exit_code = CLI_FAILED;
		return;
	}
	if (open_with_first_frame(&player) && watch_for_events(&player))
		play(&player);
	drop_unseen(&player);
	stage_destroy(player.stage);
	text_finish();
	window_system_finish();
}
