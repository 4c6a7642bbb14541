/* SPDX-License-Identifier: MIT */
#include "window.h"

#include <SDL.h>
#include <errno.h>
#include <limits.h>
#include <locale.h>
#include <stdlib.h>

#include "cli.h"
#include "geometry.h"
#include "options.h"
#include "present.h"
#include "view.h"
#include "viewport.h"

struct window {
	SDL_Window *sdl;
	struct view *view;
	const struct presenter *presenter;
	void *state;
	struct presenter_host host;
	struct size given; /* the size that the program last gave to the window */
	struct size picture;
	struct viewport viewport;
};

bool window_system_init(void)
{
	/* In the C locale SDL sets no title that is not ASCII. */
	setlocale(LC_CTYPE, "C.UTF-8");
	/* Left alone, SDL would end up with a window that nobody can see. The environment's
	 * SDL_VIDEODRIVER comes before this. */
	SDL_SetHint(SDL_HINT_VIDEODRIVER, getenv("WAYLAND_DISPLAY") ? "x11,wayland" : "x11");
	SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
	SDL_SetHint(SDL_HINT_VIDEO_ALLOW_SCREENSAVER, "1");
	SDL_SetHint(SDL_HINT_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR, "0");
	/* Else SDL would present the window's surface through a texture of its own. */
	SDL_SetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION, "0");
	if (SDL_Init(SDL_INIT_VIDEO) != 0) {
		cli_error("no display: set DISPLAY, or use --present none (%s)", SDL_GetError());
		return false;
	}
	SDL_StopTextInput();
	return true;
}

void window_system_finish(void)
{
	SDL_Quit();
}

static struct size frame_size(const struct shmflip_frame *frame)
{
	return (struct size){ (int)frame->info.width, (int)frame->info.height };
}

static struct size size_for(struct size picture, int display)
{
	SDL_Rect usable;

	if (SDL_GetDisplayUsableBounds(display, &usable) != 0)
		return picture;
	return geometry_window(picture, (struct size){ usable.w, usable.h });
}

static void follow_frame_size(struct window *window, const struct shmflip_frame *frame)
{
	struct size now, wanted;

	if (SDL_GetWindowFlags(window->sdl) & (SDL_WINDOW_FULLSCREEN | SDL_WINDOW_MAXIMIZED))
		return;
	SDL_GetWindowSize(window->sdl, &now.width, &now.height);
	if (now.width != window->given.width || now.height != window->given.height)
		return;
	wanted = size_for(frame_size(frame), SDL_GetWindowDisplayIndex(window->sdl));
	if (wanted.width == now.width && wanted.height == now.height)
		return;
	SDL_SetWindowSize(window->sdl, wanted.width, wanted.height);
	window->given = wanted;
}

/* SDL counts in int; a larger number would turn negative on the way. */
static bool fits_sdl(const struct shmflip_frame_info *info)
{
	return info->width <= INT_MAX && info->height <= INT_MAX && info->stride_bytes <= INT_MAX;
}

static struct scene compose(const struct window *window, struct size picture, bool stale)
{
	struct scene scene = { .stale = stale };

	SDL_GetWindowSizeInPixels(window->sdl, &scene.window.width, &scene.window.height);
	struct placement placement = viewport_place(&window->viewport, picture, scene.window);
	scene.source = placement.source;
	scene.target = placement.target;
	scene.smooth = placement.smooth;
	return scene;
}

static int show(struct window *window, const struct presenter *presenter, void *state,
                const struct shmflip_frame *frame)
{
	if (!fits_sdl(&frame->info)) {
		snprintf(window->host.reason, sizeof(window->host.reason), "a frame is too large");
		return -EOVERFLOW;
	}
	const struct scene scene = compose(window, frame_size(frame), false);
	int result = presenter->show(state, frame, &scene);
	if (result == 0)
		window->picture = frame_size(frame);
	return result;
}

/* ---- Presenters --------------------------------------------------------------------------- */

static bool speaks(const struct window *window)
{
	return !window->view->options->quiet;
}

static void adopt(struct window *window, const struct presenter *presenter, void *state)
{
	window->presenter = presenter;
	window->state = state;
	window->view->presenter = presenter;
	if (speaks(window))
		cli_error("showing frames by %s", presenter->name);
}

static int start(struct window *window, const struct presenter *presenter,
                 const struct shmflip_frame *frame, void **out)
{
	void *state;
	int result = presenter->create(&window->host, &state);

	if (result < 0)
		return result;
	result = show(window, presenter, state, frame);
	if (result < 0)
		presenter->destroy(state);
	else
		*out = state;
	return result;
}

/* A window of its own for each try: what one presenter does to a window may be in another's way. */
static int open_with(struct window *window, const struct presenter *presenter,
                     const struct shmflip_frame *frame)
{
	Uint32 fullscreen = window->view->options->fullscreen ? SDL_WINDOW_FULLSCREEN_DESKTOP : 0;
	void *state;

	window->sdl = SDL_CreateWindow("shmflip-viewer", SDL_WINDOWPOS_UNDEFINED,
	                               SDL_WINDOWPOS_UNDEFINED, window->given.width,
	                               window->given.height, SDL_WINDOW_RESIZABLE | fullscreen);
	window->host.window = window->sdl;
	if (!window->sdl) {
		snprintf(window->host.reason, sizeof(window->host.reason), "no window: %s",
		         SDL_GetError());
		return -ENODEV;
	}
	int result = start(window, presenter, frame, &state);
	if (result < 0)
		SDL_DestroyWindow(window->sdl);
	else
		adopt(window, presenter, state);
	return result;
}

static int open_with_any(struct window *window, const struct shmflip_frame *frame)
{
	int result = -ENODEV;

	for (size_t i = 0; presenters[i] && result < 0; i++) {
		if (!presenters[i]->needs_window)
			continue;
		result = open_with(window, presenters[i], frame);
		if (result < 0 && speaks(window))
			cli_error("%s does not work here: %s", presenters[i]->name,
			          window->host.reason);
	}
	if (result < 0)
		cli_error("no way to show frames in a window works here: use --present none");
	return result;
}

static int open_with_choice(struct window *window, const struct shmflip_frame *frame)
{
	const struct presenter *choice = window->view->options->presenter;

	if (!choice)
		return open_with_any(window, frame);
	int result = open_with(window, choice, frame);
	if (result < 0)
		cli_error("%s does not work here: %s", choice->name, window->host.reason);
	return result;
}

/* Goes on with one of the presenters after the one that has failed, in the same window: which stays
 * where it is. */
static int go_on_with_next(struct window *window, const struct shmflip_frame *frame)
{
	const struct presenter *failed = window->presenter;
	void *failed_state = window->state;
	int result = -ENODEV;
	size_t i = 0;

	while (presenters[i] != failed)
		i++;
	while (result < 0 && presenters[++i]) {
		void *state;

		if (!presenters[i]->needs_window)
			continue;
		if (speaks(window))
			cli_error("%s no longer works: %s", presenters[i - 1]->name,
			          window->host.reason);
		result = start(window, presenters[i], frame, &state);
		if (result == 0)
			adopt(window, presenters[i], state);
	}
	if (result == 0)
		failed->destroy(failed_state);
	return result;
}

static void wake_loop(void *context)
{
	SDL_Event event = { .type = SDL_USEREVENT };

	(void)context;
	/* A queue that takes no more has enough in it to wake the loop. */
	SDL_PushEvent(&event);
}

int window_create(struct view *view, const struct shmflip_frame *frame, struct window **out)
{
	struct window *window = calloc(1, sizeof(*window));

	if (!window) {
		cli_error("no memory for a window");
		return -ENOMEM;
	}
	window->view = view;
	window->host.give_back = view_give_back;
	window->host.on_screen = view_on_screen;
	window->host.wake = wake_loop;
	window->host.context = view;
	window->given = size_for(frame_size(frame), 0);
	viewport_init(&window->viewport, SCALE_FIT);
	int result = open_with_choice(window, frame);
	if (result < 0) {
		free(window);
		return result;
	}
	*out = window;
	return 0;
}

bool window_ready(const struct window *window)
{
	return !window->presenter->ready || window->presenter->ready(window->state);
}

int window_show(struct window *window, const struct shmflip_frame *frame)
{
	follow_frame_size(window, frame);
	int result = show(window, window->presenter, window->state, frame);
	if (result < 0 && !window->view->options->presenter)
		result = go_on_with_next(window, frame);
	return result;
}

int window_keep(struct window *window)
{
	return window->presenter->keep(window->state);
}

int window_repaint(struct window *window, bool stale)
{
	const struct scene scene = compose(window, window->picture, stale);

	return window->presenter->repaint(window->state, &scene);
}

const char *window_reason(const struct window *window)
{
	return window->host.reason;
}

void window_set_title(struct window *window, const char *title)
{
	SDL_SetWindowTitle(window->sdl, title);
}

void window_toggle_fullscreen(struct window *window)
{
	bool full = SDL_GetWindowFlags(window->sdl) & SDL_WINDOW_FULLSCREEN;

	SDL_SetWindowFullscreen(window->sdl, full ? 0 : SDL_WINDOW_FULLSCREEN_DESKTOP);
}

void window_hide(struct window *window)
{
	if (window)
		SDL_HideWindow(window->sdl);
}

/* SDL wakes its loop by a message to the window, over a second connection to the X server. One that
 * arrives when the window is gone would end the program. A question and its answer later, those that
 * were sent have arrived. */
static void await_messages(struct window *window)
{
	int top, left, bottom, right;

	SDL_GetWindowBordersSize(window->sdl, &top, &left, &bottom, &right);
}

void window_destroy(struct window *window)
{
	if (!window)
		return;
	window->presenter->destroy(window->state);
	await_messages(window);
	SDL_DestroyWindow(window->sdl);
	free(window);
}
