/* SPDX-License-Identifier: MIT
 *
 * Keys and mouse. */
#include <SDL.h>
#include <math.h>
#include <stdlib.h>

#include "cli.h"
#include "options.h"
#include "player.h"
#include "screenshot.h"
#include "stage.h"
#include "view.h"
#include "visibility.h"
#include "window.h"

#define PAN_SHARE 8 /* of the window, for each press of an arrow */

static struct size size_of_window(const struct player *player)
{
	return window_pixels(stage_window(player->stage));
}

static void redraw(struct player *player)
{
	player->dirty = true;
	captions_hurry(player);
}

/* ---- What keys do ------------------------------------------------------------------------- */

static void quit(struct player *player)
{
	player->quit = true;
}

static void toggle_pause(struct player *player)
{
	player_set_paused(player, !player->paused);
}

static void step(struct player *player)
{
	player_set_paused(player, true);
	player->step = true;
}

static void toggle_fullscreen(struct player *player)
{
	window_toggle_fullscreen(stage_window(player->stage));
}

static void step_zoom(struct player *player, int steps)
{
	struct size window = size_of_window(player);
	struct point middle = { window.width / 2, window.height / 2 };

	stage_step_zoom(player->stage, steps, player->pointed ? player->pointer : middle);
	redraw(player);
}

static void zoom_in(struct player *player)
{
	step_zoom(player, 1);
}

static void zoom_out(struct player *player)
{
	step_zoom(player, -1);
}

static void zoom_to_actual_size(struct player *player)
{
	stage_set_zoom(player->stage, 1);
	redraw(player);
}

static void zoom_as_at_start(struct player *player)
{
	stage_set_zoom(player->stage, 0);
	redraw(player);
}

static void pan(struct player *player, int x, int y)
{
	stage_pan(player->stage, (struct point){ x, y });
	redraw(player);
}

static void look_left(struct player *player)
{
	pan(player, size_of_window(player).width / PAN_SHARE, 0);
}

static void look_right(struct player *player)
{
	pan(player, -size_of_window(player).width / PAN_SHARE, 0);
}

static void look_up(struct player *player)
{
	pan(player, 0, size_of_window(player).height / PAN_SHARE);
}

static void look_down(struct player *player)
{
	pan(player, 0, -size_of_window(player).height / PAN_SHARE);
}

static void save_picture(struct player *player)
{
	const struct options *options = player->view->options;
	char name[SCREENSHOT_NAME_SIZE], text[SCREENSHOT_NAME_SIZE + 256];
	const char *reason;

	if (screenshot_take(player->stage, options->channel, name, &reason) < 0) {
		snprintf(text, sizeof(text), "cannot save the picture here: %s", reason);
		cli_error("%s", text);
	} else {
		snprintf(text, sizeof(text), "saved as %s", name);
		if (!options->quiet)
			cli_error("%s", text);
	}
	captions_notice(player, text);
}

static void toggle_info(struct player *player)
{
	player->info_shown = !player->info_shown;
	captions_hurry(player);
}

static void toggle_help(struct player *player)
{
	player->help_shown = !player->help_shown;
	captions_hurry(player);
}

/* Leaving waits for the key's release: a key that is still down when the window goes would be pressed
 * in the next one to get the focus, which may be another viewer's. */
enum moment { ON_PRESS, ON_REPEAT, ON_RELEASE };

static const struct binding {
	SDL_Keycode key;
	enum moment moment; /* on repeat: on the press, too */
	void (*act)(struct player *player);
} bindings[] = {
	{ SDLK_q, ON_RELEASE, quit },
	{ SDLK_ESCAPE, ON_RELEASE, quit },
	{ SDLK_SPACE, ON_PRESS, toggle_pause },
	{ SDLK_PERIOD, ON_REPEAT, step },
	{ SDLK_KP_PERIOD, ON_REPEAT, step },
	{ SDLK_f, ON_PRESS, toggle_fullscreen },
	{ SDLK_F11, ON_PRESS, toggle_fullscreen },
	{ SDLK_1, ON_PRESS, zoom_to_actual_size },
	{ SDLK_KP_1, ON_PRESS, zoom_to_actual_size },
	{ SDLK_0, ON_PRESS, zoom_as_at_start },
	{ SDLK_KP_0, ON_PRESS, zoom_as_at_start },
	{ SDLK_PLUS, ON_REPEAT, zoom_in },
	{ SDLK_EQUALS, ON_REPEAT, zoom_in },
	{ SDLK_KP_PLUS, ON_REPEAT, zoom_in },
	{ SDLK_MINUS, ON_REPEAT, zoom_out },
	{ SDLK_KP_MINUS, ON_REPEAT, zoom_out },
	{ SDLK_LEFT, ON_REPEAT, look_left },
	{ SDLK_RIGHT, ON_REPEAT, look_right },
	{ SDLK_UP, ON_REPEAT, look_up },
	{ SDLK_DOWN, ON_REPEAT, look_down },
	{ SDLK_s, ON_PRESS, save_picture },
	{ SDLK_i, ON_PRESS, toggle_info },
	{ SDLK_h, ON_PRESS, toggle_help },
};

static bool is_the_moment(enum moment moment, const SDL_KeyboardEvent *event)
{
	if (event->type == SDL_KEYUP)
		return moment == ON_RELEASE;
	return moment == ON_REPEAT || (moment == ON_PRESS && !event->repeat);
}

static void handle_key(struct player *player, const SDL_KeyboardEvent *event)
{
	for (size_t i = 0; i < SDL_arraysize(bindings); i++) {
		if (bindings[i].key == event->keysym.sym &&
		    is_the_moment(bindings[i].moment, event))
			bindings[i].act(player);
	}
}

/* ---- The mouse, which SDL measures in points ------------------------------------------------ */

static int in_pixels(const struct player *player, int points)
{
	return (int)lround(points * window_pixels_per_point(stage_window(player->stage)));
}

static void handle_motion(struct player *player, const SDL_MouseMotionEvent *event)
{
	player->pointer =
		(struct point){ in_pixels(player, event->x), in_pixels(player, event->y) };
	player->pointed = true;
	if (event->state & SDL_BUTTON_LMASK)
		pan(player, in_pixels(player, event->xrel), in_pixels(player, event->yrel));
}

static void handle_window(struct player *player, const SDL_WindowEvent *event)
{
	switch (event->event) {
	case SDL_WINDOWEVENT_EXPOSED:
	case SDL_WINDOWEVENT_SIZE_CHANGED:
		player->dirty = true;
		break;
	case SDL_WINDOWEVENT_LEAVE:
		player->pointed = false;
		break;
	}
}

void controls_handle(struct player *player, const SDL_Event *event)
{
	if (visibility_changes(event, &stage_window(player->stage)->covered))
		return;
	switch (event->type) {
	case SDL_QUIT:
		player->quit = true;
		break;
	case SDL_KEYDOWN:
	case SDL_KEYUP:
		handle_key(player, &event->key);
		break;
	case SDL_MOUSEMOTION:
		handle_motion(player, &event->motion);
		break;
	case SDL_MOUSEWHEEL:
		if (event->wheel.y != 0)
			step_zoom(player, event->wheel.y);
		break;
	case SDL_WINDOWEVENT:
		handle_window(player, &event->window);
		break;
	}
}
