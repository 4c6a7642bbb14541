/* SPDX-License-Identifier: MIT */
#include "windowed.h"

#include <SDL.h>
#include <limits.h>
#include <string.h>

#include "cli.h"
#include "options.h"
#include "present.h"
#include "title.h"
#include "view.h"
#include "waiter.h"
#include "window.h"

#define TURN_MS 100 /* before there is a window */
#define NS_PER_SECOND 1000000000LL
#define TITLE_INTERVAL_NS (NS_PER_SECOND / 2)

struct player {
	struct view *view;
	struct window *window;
	struct waiter *waiter;
	bool paused;
	bool step;  /* take one frame although paused */
	bool dirty; /* the window wants the picture again */
	bool quit;
	char title[TITLE_SIZE];
	int64_t title_ns;     /* when it was set */
	int64_t title_due_ns; /* when it changes by itself; INT64_MAX: never */
};

static void check(struct player *player, int result)
{
	if (result == 0)
		return;
	view_fail(player->view, player->view->presenter->name, window_reason(player->window));
	player->quit = true;
}

/* ---- Frames ------------------------------------------------------------------------------- */

static void show(struct player *player, struct shmflip_frame *frame)
{
	struct view *view = player->view;
	int result = window_show(player->window, frame);

	if (result < 0) {
		view_give_back(view, frame);
		check(player, result);
		return;
	}
	player->step = false;
	player->dirty = false;
	if (player->paused)
		check(player, window_keep(player->window));
	if (view_shown(view, &frame->info) == VIEW_LEAVE)
		player->quit = true;
}

static void take(struct player *player)
{
	struct shmflip_frame frame;

	switch (view_take(player->view, &frame, 0)) {
	case VIEW_FRAME:
		show(player, &frame);
		break;
	case VIEW_NOTHING:
		break;
	case VIEW_LOST:
		check(player, window_keep(player->window));
		player->dirty = true;
		break;
	case VIEW_LEAVE:
		player->quit = true;
		break;
	}
	if (!player->quit)
		waiter_arm(player->waiter);
}

/* ---- Keys and other events ----------------------------------------------------------------- */

static void set_paused(struct player *player, bool paused)
{
	player->paused = paused;
	player->step = false;
	player->view->rate = (struct rate){ 0 };
	if (paused)
		check(player, window_keep(player->window));
}

static void handle_key(struct player *player, SDL_Keycode key)
{
	switch (key) {
	case SDLK_q:
	case SDLK_ESCAPE:
		player->quit = true;
		break;
	case SDLK_SPACE:
		set_paused(player, !player->paused);
		break;
	case SDLK_PERIOD:
		set_paused(player, true);
		player->step = true;
		break;
	case SDLK_f:
	case SDLK_F11:
		window_toggle_fullscreen(player->window);
		break;
	}
}

static void handle_event(struct player *player, const SDL_Event *event)
{
	switch (event->type) {
	case SDL_QUIT:
		player->quit = true;
		break;
	case SDL_KEYDOWN:
		if (!event->key.repeat || event->key.keysym.sym == SDLK_PERIOD)
			handle_key(player, event->key.keysym.sym);
		break;
	case SDL_WINDOWEVENT:
		if (event->window.event == SDL_WINDOWEVENT_EXPOSED ||
		    event->window.event == SDL_WINDOWEVENT_SIZE_CHANGED)
			player->dirty = true;
		break;
	}
}

static int sleep_ms(const struct player *player)
{
	int64_t due_ns = life_deadline_ns(&player->view->life);

	if (player->title_due_ns < due_ns)
		due_ns = player->title_due_ns;
	if (due_ns == INT64_MAX)
		return -1;
	int64_t ms = (due_ns - cli_now_ns() + 999999) / 1000000;
	return ms < 0 ? 0 : ms > INT_MAX ? INT_MAX : (int)ms;
}

static void sleep_and_handle_events(struct player *player)
{
	SDL_Event event;

	if (!SDL_WaitEventTimeout(&event, sleep_ms(player)))
		return;
	do
		handle_event(player, &event);
	while (SDL_PollEvent(&event));
}

/* ---- Title -------------------------------------------------------------------------------- */

static void set_title(struct player *player, int64_t now_ns)
{
	const struct view *view = player->view;
	struct title title = {
		.channel = view->options->channel,
		.presenter = view->presenter->name,
		.width = view->width,
		.height = view->height,
		.fps = rate_per_second(&view->rate, now_ns),
		.paused = player->paused,
		.state = view->life.state,
		.stale_s = (now_ns - view->life.absent_since_ns) / NS_PER_SECOND,
	};
	char text[TITLE_SIZE];
	bool changes = life_is_stale(&view->life) || (title.fps > 0 && !player->paused);

	title_format(text, &title);
	if (strcmp(text, player->title) != 0)
		window_set_title(player->window, text);
	memcpy(player->title, text, sizeof(text));
	player->title_ns = now_ns;
	player->title_due_ns = changes ? now_ns + NS_PER_SECOND : INT64_MAX;
}

static void update_title(struct player *player)
{
	int64_t now_ns = cli_now_ns();

	if (now_ns >= player->title_ns + TITLE_INTERVAL_NS)
		set_title(player, now_ns);
	else
		player->title_due_ns = player->title_ns + TITLE_INTERVAL_NS;
}

/* ---- The loop ----------------------------------------------------------------------------- */

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
	if (window_create(view, &frame, &player->window) < 0) {
		view_give_back(view, &frame);
		view->exit_code = CLI_FAILED;
		return false;
	}
	return view_shown(view, &frame.info) != VIEW_LEAVE;
}

static bool start_waiter(struct player *player)
{
	int result = waiter_create(player->view->viewer, &player->waiter);

	if (result < 0) {
		cli_error("no thread to wait with: %s", strerror(-result));
		player->view->exit_code = CLI_FAILED;
		return false;
	}
	waiter_arm(player->waiter);
	return true;
}

static void play(struct player *player)
{
	const struct life *life = &player->view->life;

	while (!player->quit && !cli_interrupted()) {
		sleep_and_handle_events(player);
		if (!player->quit && waiter_ready(player->waiter) && window_ready(player->window) &&
		    (!player->paused || player->step))
			take(player);
		if (!player->quit && cli_now_ns() >= life_deadline_ns(life))
			player->quit = view_idle(player->view) == VIEW_LEAVE;
		if (!player->quit && player->dirty)
			check(player, window_repaint(player->window, life_is_stale(life)));
		player->dirty = false;
		update_title(player);
	}
}

void windowed_run(struct view *view)
{
	struct player player = { .view = view };

	if (!window_system_init()) {
		view->exit_code = CLI_FAILED;
		return;
	}
	if (open_with_first_frame(&player) && start_waiter(&player))
		play(&player);
	/* The window goes at once, the thread when its turn is over; it may still wake the window's
	 * loop until then. */
	window_hide(player.window);
	waiter_destroy(player.waiter);
	window_destroy(player.window);
	window_system_finish();
}
