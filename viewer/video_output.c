/* SPDX-License-Identifier: MIT */
#include "stage.h"

#include <SDL.h>
#include <errno.h>
#include <stdlib.h>

#include "bell.h"
#include "casting.h"
#include "cli.h"
#include "options.h"
#include "overlay.h"
#include "view.h"

static struct size size_of(const struct shmflip_frame_info *info)
{
	return (struct size){ (int)info->width, (int)info->height };
}

struct scene stage_compose(struct stage *stage, const struct shmflip_frame_info *info)
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

static void count_drawing(struct stage *stage)
{
	view_drawn(stage->view, casting_copies(stage));
	stage->lost = false;
}

int stage_create(struct view *view, const struct shmflip_frame *frame, struct stage **out)
{
	struct stage *stage = stage_alloc(view);

	if (!stage) {
		cli_error("no memory for a window");
		return -ENOMEM;
	}
	int result = casting_open(stage, frame);
	if (result < 0) {
		stage_free(stage);
		return result;
	}
	count_drawing(stage);
	*out = stage;
	return 0;
}

bool stage_ready(const struct stage *stage)
{
	return !stage->presenter->ready || stage->presenter->ready(stage->state);
}

int stage_check(struct stage *stage)
{
	int result = stage->presenter->check ? stage->presenter->check(stage->state) : 0;

	return result < 0 ? casting_recover(stage, result) : 0;
}

int stage_show(struct stage *stage, const struct shmflip_frame *frame)
{
	stage->stale = false;
	window_follow(&stage->window, size_of(&frame->info));
	int result = casting_show(stage, stage->presenter, stage->state, frame);
	if (result < 0)
		result = casting_replace(stage, result, frame);
	if (result == 0)
		count_drawing(stage);
	return result;
}

int stage_keep(struct stage *stage)
{
	int result = stage->presenter->keep(stage->state);

	if (result == 0)
		return 0;
	result = casting_recover(stage, result);
	/* The next one holds the frame now. There are not many. */
	return result < 0 ? result : stage_keep(stage);
}

int stage_repaint(struct stage *stage)
{
	const struct scene scene = stage_compose(stage, &stage->info);
	int result = stage->presenter->repaint(stage->state, &scene);

	return result < 0 ? casting_recover(stage, result) : 0;
}

const struct shmflip_frame_info *stage_info(const struct stage *stage)
{
	return &stage->info;
}

int stage_read(struct stage *stage, struct area area, uint32_t *pixels)
{
	if (stage->lost) {
		snprintf(stage->host.reason, sizeof(stage->host.reason),
		         "the way of showing it has failed");
		return -ENODATA;
	}
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
	if (stage->state)
		stage->presenter->destroy(stage->state);
	window_close(&stage->window);
	stage_free(stage);
}
