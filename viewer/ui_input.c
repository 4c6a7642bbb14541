/* SPDX-License-Identifier: MIT */
#include "ui_input.h"

#include <SDL.h>
#include <math.h>
#include <stdlib.h>

#include "cli.h"
#include "options.h"
#include "screenshot.h"
#include "session.h"
#include "ui.h"
#include "ui_appearance.h"
#include "ui_state.h"
#include "ui_step.h"
#include "ui_text.h"
#include "video_output.h"
#include "window/keyboard.h"
#include "window/window.h"

/* Each press of an arrow key moves the picture by the window's size divided by this. */
#define PAN_DIVISOR 8

static struct size window_size(const struct ui *ui)
{
	return window_pixels(video_output_window(ui->output));
}

static void redraw(struct ui *ui)
{
	ui->dirty = true;
	ui_text_invalidate(ui);
}

/* ---- Keys --------------------------------------------------------------------------------- */

static void quit(struct ui *ui)
{
	ui->quit = true;
}

static void toggle_pause(struct ui *ui)
{
	ui_set_paused(ui, !ui->paused);
}

static void toggle_fullscreen(struct ui *ui)
{
	window_toggle_fullscreen(video_output_window(ui->output));
	ui_text_mark_pause(ui);
}

static void leave_fullscreen_or_quit(struct ui *ui)
{
	if (window_is_fullscreen(video_output_window(ui->output)))
		toggle_fullscreen(ui);
	else
		quit(ui);
}

static void step_zoom(struct ui *ui, int steps)
{
	struct size window = window_size(ui);
	struct point middle = { window.width / 2, window.height / 2 };

	video_output_step_zoom(ui->output, steps, ui->pointer_inside ? ui->pointer : middle);
	redraw(ui);
}

static void zoom_in(struct ui *ui)
{
	step_zoom(ui, 1);
}

static void zoom_out(struct ui *ui)
{
	step_zoom(ui, -1);
}

static void zoom_to_actual_size(struct ui *ui)
{
	video_output_set_zoom(ui->output, 1);
	redraw(ui);
}

static void zoom_to_initial(struct ui *ui)
{
	video_output_set_zoom(ui->output, 0);
	redraw(ui);
}

static void pan(struct ui *ui, int x, int y)
{
	video_output_pan(ui->output, (struct point){ x, y });
	redraw(ui);
}

static void scroll_left(struct ui *ui)
{
	pan(ui, window_size(ui).width / PAN_DIVISOR, 0);
}

static void scroll_right(struct ui *ui)
{
	pan(ui, -window_size(ui).width / PAN_DIVISOR, 0);
}

static void scroll_up(struct ui *ui)
{
	pan(ui, 0, window_size(ui).height / PAN_DIVISOR);
}

static void scroll_down(struct ui *ui)
{
	pan(ui, 0, -window_size(ui).height / PAN_DIVISOR);
}

static void switch_channel(struct ui *ui)
{
	ui_switch_channel(ui, SDL_GetModState() & KMOD_SHIFT ? -1 : 1);
}

static void save_screenshot(struct ui *ui)
{
	const struct options *options = ui->session->options;
	char name[SCREENSHOT_NAME_SIZE], text[SCREENSHOT_NAME_SIZE + 256];
	const char *reason;

	if (screenshot_take(ui->output, ui->session->channel_name, name, &reason) < 0) {
		snprintf(text, sizeof(text), "cannot save the picture here: %s", reason);
		cli_error("%s", text);
	} else {
		snprintf(text, sizeof(text), "saved as %s", name);
		if (!options->quiet)
			cli_error("%s", text);
	}
	ui_text_notice(ui, text);
}

static void toggle_info(struct ui *ui)
{
	ui->info_shown = !ui->info_shown;
	ui_text_invalidate(ui);
}

static void toggle_help(struct ui *ui)
{
	ui->help_shown = !ui->help_shown;
	ui_text_invalidate(ui);
}

/* Quit on key release: a key still down when the window closes would count as pressed in the
 * window that gets the focus next. */
enum moment { ON_PRESS, ON_REPEAT, ON_RELEASE };

static const struct binding {
	SDL_Keycode key;    /* or the character that it types */
	enum moment moment; /* ON_REPEAT: on the first press, too */
	void (*act)(struct ui *ui);
} bindings[] = {
	{ SDLK_q, ON_RELEASE, quit },
	{ SDLK_ESCAPE, ON_RELEASE, leave_fullscreen_or_quit },
	{ SDLK_SPACE, ON_PRESS, toggle_pause },
	{ SDLK_PERIOD, ON_REPEAT, ui_step_forward },
	{ SDLK_KP_PERIOD, ON_REPEAT, ui_step_forward },
	{ SDLK_COMMA, ON_REPEAT, ui_step_back },
	{ SDLK_f, ON_PRESS, toggle_fullscreen },
	{ SDLK_F11, ON_PRESS, toggle_fullscreen },
	{ SDLK_1, ON_PRESS, zoom_to_actual_size },
	{ SDLK_KP_1, ON_PRESS, zoom_to_actual_size },
	{ SDLK_0, ON_PRESS, zoom_to_initial },
	{ SDLK_KP_0, ON_PRESS, zoom_to_initial },
	{ SDLK_PLUS, ON_REPEAT, zoom_in },
	{ SDLK_EQUALS, ON_REPEAT, zoom_in },
	{ SDLK_KP_PLUS, ON_REPEAT, zoom_in },
	{ SDLK_MINUS, ON_REPEAT, zoom_out },
	{ SDLK_KP_MINUS, ON_REPEAT, zoom_out },
	{ SDLK_LEFT, ON_REPEAT, scroll_left },
	{ SDLK_RIGHT, ON_REPEAT, scroll_right },
	{ SDLK_UP, ON_REPEAT, scroll_up },
	{ SDLK_DOWN, ON_REPEAT, scroll_down },
	{ SDLK_TAB, ON_PRESS, switch_channel },
	{ SDLK_s, ON_PRESS, save_screenshot },
	{ SDLK_r, ON_PRESS, ui_appearance_next_range },
	{ SDLK_c, ON_PRESS, ui_appearance_next_map },
	{ SDLK_i, ON_PRESS, toggle_info },
	{ SDLK_h, ON_PRESS, toggle_help },
	{ SDLK_F1, ON_PRESS, toggle_help },
	{ SDLK_QUESTION, ON_PRESS, toggle_help },
};

static bool moment_matches(enum moment moment, const SDL_KeyboardEvent *event)
{
	if (event->type == SDL_KEYUP)
		return moment == ON_RELEASE;
	return moment == ON_REPEAT || (moment == ON_PRESS && !event->repeat);
}

static const struct binding *find_binding(SDL_Keycode key)
{
	for (size_t i = 0; i < SDL_arraysize(bindings); i++) {
		if (bindings[i].key == key)
			return &bindings[i];
	}
	return NULL;
}

/* The character first: on a Czech keyboard the key of the 1 types +. */
static void handle_key(struct ui *ui, const SDL_KeyboardEvent *event)
{
	struct keystroke keystroke = keyboard_read(event);
	const struct binding *binding = find_binding(keystroke.typed);

	if (!binding)
		binding = find_binding(keystroke.key);
	if (binding && moment_matches(binding->moment, event))
		binding->act(ui);
}

/* ---- Mouse: SDL reports it in points -------------------------------------------------------- */

static int in_pixels(const struct ui *ui, int points)
{
	return (int)lround(points * window_pixels_per_point(video_output_window(ui->output)));
}

static void handle_motion(struct ui *ui, const SDL_MouseMotionEvent *event)
{
	ui->pointer = (struct point){ in_pixels(ui, event->x), in_pixels(ui, event->y) };
	ui->pointer_inside = true;
	if (event->state & SDL_BUTTON_LMASK)
		pan(ui, in_pixels(ui, event->xrel), in_pixels(ui, event->yrel));
}

static void handle_button(struct ui *ui, const SDL_MouseButtonEvent *event)
{
	if (event->button == SDL_BUTTON_LEFT && event->clicks % 2 == 0)
		toggle_fullscreen(ui);
}

static void handle_window(struct ui *ui, const SDL_WindowEvent *event)
{
	switch (event->event) {
	case SDL_WINDOWEVENT_EXPOSED:
	case SDL_WINDOWEVENT_SIZE_CHANGED:
		ui->dirty = true;
		break;
	case SDL_WINDOWEVENT_LEAVE:
		ui->pointer_inside = false;
		break;
	}
}

void ui_input_handle(struct ui *ui, const SDL_Event *event)
{
	if (window_handle_event(video_output_window(ui->output), event))
		return;
	switch (event->type) {
	case SDL_QUIT:
		ui->quit = true;
		break;
	case SDL_KEYDOWN:
	case SDL_KEYUP:
		handle_key(ui, &event->key);
		break;
	case SDL_MOUSEMOTION:
		handle_motion(ui, &event->motion);
		break;
	case SDL_MOUSEBUTTONDOWN:
		handle_button(ui, &event->button);
		break;
	case SDL_MOUSEWHEEL:
		if (event->wheel.y != 0)
			step_zoom(ui, event->wheel.y);
		break;
	case SDL_WINDOWEVENT:
		handle_window(ui, &event->window);
		break;
	}
}
