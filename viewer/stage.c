/* SPDX-License-Identifier: MIT */
#include "stage.h"

#include <SDL.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "bell.h"
#include "cli.h"
#include "options.h"
#include "overlay.h"
#include "present.h"
#include "view.h"
#include "window.h"

struct stage {
	struct view *view;
	struct window window;
	const struct presenter *presenter;
	void *state;
	struct presenter_host host;
	struct shmflip_frame_info info; /* of the picture */
	struct viewport viewport;
	struct overlay *overlay;
	bool stale;
};

static struct size size_of(const struct shmflip_frame_info *info)
{
	return (struct size){ (int)info->width, (int)info->height };
}

static struct scene compose(struct stage *stage, const struct shmflip_frame_info *info)
{
	struct scene scene = {
		.window = window_pixels(&stage->window),
		.background = stage->view->options->background,
		.stale = stage->stale,
	};
	struct placement placement = viewport_place(&stage->viewport, size_of(info), scene.window);

	scene.source = placement.source;
	scene.target = placement.target;
	scene.smooth = placement.smooth;
	if (overlay_is_shown(stage->overlay))
		overlay_arrange(stage->overlay, window_text_scale(&stage->window), &scene);
	return scene;
}

/* SDL counts in int; a larger number would turn negative on the way. */
static bool fits_sdl(const struct shmflip_frame_info *info)
{
	return info->width <= INT_MAX && info->height <= INT_MAX && info->stride_bytes <= INT_MAX;
}

static int show(struct stage *stage, const struct presenter *presenter, void *state,
                const struct shmflip_frame *frame)
{
	if (!fits_sdl(&frame->info)) {
		snprintf(stage->host.reason, sizeof(stage->host.reason), "a frame is too large");
		return -EOVERFLOW;
	}
	const struct shmflip_frame_info info = frame->info;
	const struct scene scene = compose(stage, &info);
	int result = presenter->show(state, frame, &scene);
	if (result < 0)
		return result;
	stage->info = info;
	view_drawn(stage->view, presenter->copies ? presenter->copies(state) : 0);
	return 0;
}

/* ---- Presenters --------------------------------------------------------------------------- */

static bool speaks(const struct stage *stage)
{
	return !stage->view->options->quiet;
}

static void adopt(struct stage *stage, const struct presenter *presenter, void *state)
{
	stage->presenter = presenter;
	stage->state = state;
	stage->view->presenter = presenter;
	if (speaks(stage))
		cli_error("showing frames by %s", presenter->name);
}

static int start(struct stage *stage, const struct presenter *presenter,
                 const struct shmflip_frame *frame, void **out)
{
	void *state;

	if (stage->view->options->untouched && presenter->copies) {
		snprintf(stage->host.reason, sizeof(stage->host.reason),
		         "it copies frames, which --verify-untouched forbids");
		return -EPERM;
	}
	int result = presenter->create(&stage->host, &state);
	if (result < 0)
		return result;
	window_show(&stage->window);
	result = show(stage, presenter, state, frame);
	if (result < 0)
		presenter->destroy(state);
	else
		*out = state;
	return result;
}

/* A window of its own for each try: what one presenter does to a window may be in another's way. */
static int open_with(struct stage *stage, const struct presenter *presenter,
                     const struct shmflip_frame *frame)
{
	void *state;

	if (!window_open(&stage->window, size_of(&frame->info), stage->view->options->fullscreen)) {
		snprintf(stage->host.reason, sizeof(stage->host.reason), "no window: %s",
		         SDL_GetError());
		return -ENODEV;
	}
	stage->host.window = stage->window.sdl;
	int result = start(stage, presenter, frame, &state);
	if (result < 0)
		window_close(&stage->window);
	else
		adopt(stage, presenter, state);
	return result;
}

static int open_with_any(struct stage *stage, const struct shmflip_frame *frame)
{
	int result = -ENODEV;

	for (size_t i = 0; presenters[i] && result < 0; i++) {
		if (!presenters[i]->needs_window)
			continue;
		result = open_with(stage, presenters[i], frame);
		if (result < 0 && speaks(stage))
			cli_error("%s does not work here: %s", presenters[i]->name,
			          stage->host.reason);
	}
	if (result < 0)
		cli_error("no way to show frames in a window works here: use --present none");
	return result;
}

static int open_with_choice(struct stage *stage, const struct shmflip_frame *frame)
{
	const struct presenter *choice = stage->view->options->presenter;

	if (!choice)
		return open_with_any(stage, frame);
	int result = open_with(stage, choice, frame);
	if (result < 0)
		cli_error("%s does not work here: %s", choice->name, stage->host.reason);
	return result;
}

/* Goes on with one of the presenters after the one that has failed, in the same window: which stays
 * where it is. */
static int go_on_with_next(struct stage *stage, const struct shmflip_frame *frame)
{
	const struct presenter *failed = stage->presenter;
	void *failed_state = stage->state;
	int result = -ENODEV;
	size_t i = 0;

	while (presenters[i] != failed)
		i++;
	while (result < 0 && presenters[++i]) {
		void *state;

		if (!presenters[i]->needs_window)
			continue;
		if (speaks(stage))
			cli_error("%s no longer works: %s", presenters[i - 1]->name,
			          stage->host.reason);
		result = start(stage, presenters[i], frame, &state);
		if (result == 0)
			adopt(stage, presenters[i], state);
	}
	if (result == 0)
		failed->destroy(failed_state);
	return result;
}

/* ---- The stage ---------------------------------------------------------------------------- */

static void wake(void *context)
{
	(void)context;
	bell_ring();
}

static struct stage *stage_alloc(struct view *view)
{
	struct stage *stage = calloc(1, sizeof(*stage));
	struct overlay *overlay = overlay_create();

	if (!stage || !overlay) {
		free(stage);
		overlay_destroy(overlay);
		return NULL;
	}
	stage->view = view;
	stage->overlay = overlay;
	stage->host.give_back = view_give_back;
	stage->host.on_screen = view_on_screen;
	stage->host.wake = wake;
	stage->host.context = view;
	viewport_init(&stage->viewport, view->options->scale);
	return stage;
}

static void stage_free(struct stage *stage)
{
	overlay_destroy(stage->overlay);
	free(stage);
}

int stage_create(struct view *view, const struct shmflip_frame *frame, struct stage **out)
{
	struct stage *stage = stage_alloc(view);

	if (!stage) {
		cli_error("no memory for a window");
		return -ENOMEM;
	}
	int result = open_with_choice(stage, frame);
	if (result < 0)
		stage_free(stage);
	else
		*out = stage;
	return result;
}

bool stage_ready(const struct stage *stage)
{
	return !stage->presenter->ready || stage->presenter->ready(stage->state);
}

int stage_show(struct stage *stage, const struct shmflip_frame *frame)
{
	stage->stale = false;
	window_follow(&stage->window, size_of(&frame->info));
	int result = show(stage, stage->presenter, stage->state, frame);
	if (result < 0 && !stage->view->options->presenter)
		result = go_on_with_next(stage, frame);
	return result;
}

int stage_keep(struct stage *stage)
{
	return stage->presenter->keep(stage->state);
}

int stage_repaint(struct stage *stage)
{
	const struct scene scene = compose(stage, &stage->info);

	return stage->presenter->repaint(stage->state, &scene);
}

const struct shmflip_frame_info *stage_info(const struct stage *stage)
{
	return &stage->info;
}

int stage_read(struct stage *stage, struct area area, uint32_t *pixels)
{
	return stage->presenter->read(stage->state, area, pixels);
}

const char *stage_reason(const struct stage *stage)
{
	return stage->host.reason;
}

struct window *stage_window(struct stage *stage)
{
	return &stage->window;
}

struct overlay *stage_overlay(struct stage *stage)
{
	return stage->overlay;
}

void stage_set_stale(struct stage *stage, bool stale)
{
	stage->stale = stale;
}

/* ---- The viewport ------------------------------------------------------------------------- */

double stage_zoom(const struct stage *stage)
{
	return viewport_zoom(&stage->viewport, size_of(&stage->info),
	                     window_pixels(&stage->window));
}

void stage_set_zoom(struct stage *stage, double zoom)
{
	viewport_set_zoom(&stage->viewport, zoom);
}

void stage_step_zoom(struct stage *stage, int steps, struct point about)
{
	viewport_step(&stage->viewport, size_of(&stage->info), window_pixels(&stage->window), steps,
	              about);
}

void stage_pan(struct stage *stage, struct point by)
{
	viewport_pan(&stage->viewport, size_of(&stage->info), window_pixels(&stage->window), by);
}

bool stage_find(const struct stage *stage, struct point at, struct point *found)
{
	return viewport_find(&stage->viewport, size_of(&stage->info), window_pixels(&stage->window),
	                     at, found);
}

void stage_destroy(struct stage *stage)
{
	if (!stage)
		return;
	/* First what may still wake the window's loop. */
	stage->presenter->destroy(stage->state);
	window_close(&stage->window);
	stage_free(stage);
}
