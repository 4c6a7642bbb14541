/* SPDX-License-Identifier: MIT */
#include "video_output.h"

#include <SDL.h>
#include <errno.h>
#include <stdlib.h>

#include "cli.h"
#include "options.h"
#include "overlay/overlay.h"
#include "presenter_choice.h"
#include "session.h"
#include "window/wakeup.h"

static struct size size_of(const struct shmflip_frame_info *info)
{
	return (struct size){ (int)info->width, (int)info->height };
}

/* ---- The output ---------------------------------------------------------------------------- */

static void wake(void *context)
{
	(void)context;
	wakeup_signal();
}

static struct video_output *output_alloc(struct session *session)
{
	struct video_output *output = calloc(1, sizeof(*output));
	struct overlay *overlay = overlay_create();

	if (!output || !overlay) {
		free(output);
		overlay_destroy(overlay);
		return NULL;
	}
	output->session = session;
	output->overlay = overlay;
	output->host.release_frame = session_release_frame;
	output->host.on_screen = session_on_screen;
	output->host.wake = wake;
	output->host.context = session;
	viewport_init(&output->viewport, session->options->scale);
	return output;
}

static void output_free(struct video_output *output)
{
	overlay_destroy(output->overlay);
	free(output);
}

static void count_drawing(struct video_output *output)
{
	session_drawn(output->session, presenter_choice_copies(output));
	output->lost = false;
}

int video_output_create(struct session *session, const struct shmflip_frame *frame,
                        struct video_output **out)
{
	struct video_output *output = output_alloc(session);

	if (!output) {
		cli_error("no memory for a window");
		return -ENOMEM;
	}
	int result = presenter_choice_open(output, frame);
	if (result < 0) {
		output_free(output);
		return result;
	}
	count_drawing(output);
	*out = output;
	return 0;
}

bool video_output_ready(const struct video_output *output)
{
	return !output->presenter->ready || output->presenter->ready(output->state);
}

int video_output_check(struct video_output *output)
{
	int result = output->presenter->check ? output->presenter->check(output->state) : 0;

	return result < 0 ? presenter_choice_recover(output, result) : 0;
}

int video_output_show(struct video_output *output, const struct shmflip_frame *frame)
{
	output->stale = false;
	window_follow(&output->window, size_of(&frame->info));
	int result = presenter_show(output, output->presenter, output->state, frame);
	if (result < 0)
		result = presenter_choice_replace(output, result, frame);
	if (result == 0)
		count_drawing(output);
	return result;
}

int video_output_release_slot(struct video_output *output)
{
	int result = output->presenter->release_slot(output->state);

	if (result == 0)
		return 0;
	result = presenter_choice_recover(output, result);
	/* The next one holds the frame now. There are not many. */
	return result < 0 ? result : video_output_release_slot(output);
}

int video_output_repaint(struct video_output *output)
{
	const struct scene scene = presenter_choice_compose(output, &output->info);
	int result = output->presenter->repaint(output->state, &scene);

	return result < 0 ? presenter_choice_recover(output, result) : 0;
}

const struct shmflip_frame_info *video_output_info(const struct video_output *output)
{
	return &output->info;
}

int video_output_read(struct video_output *output, struct area area, uint32_t *pixels)
{
	if (output->lost) {
		snprintf(output->host.reason, sizeof(output->host.reason),
		         "the way of showing it has failed");
		return -ENODATA;
	}
	return output->presenter->read(output->state, area, pixels);
}

const char *video_output_reason(const struct video_output *output)
{
	return output->host.reason;
}

struct window *video_output_window(struct video_output *output)
{
	return &output->window;
}

struct overlay *video_output_overlay(struct video_output *output)
{
	return output->overlay;
}

void video_output_set_stale(struct video_output *output, bool stale)
{
	output->stale = stale;
}

/* ---- The viewport ------------------------------------------------------------------------- */

double video_output_zoom(const struct video_output *output)
{
	return viewport_zoom(&output->viewport, size_of(&output->info),
	                     window_pixels(&output->window));
}

void video_output_set_zoom(struct video_output *output, double zoom)
{
	viewport_set_zoom(&output->viewport, zoom);
}

void video_output_step_zoom(struct video_output *output, int steps, struct point about)
{
	viewport_step(&output->viewport, size_of(&output->info), window_pixels(&output->window),
	              steps, about);
}

void video_output_pan(struct video_output *output, struct point by)
{
	viewport_pan(&output->viewport, size_of(&output->info), window_pixels(&output->window), by);
}

bool video_output_find(const struct video_output *output, struct point at, struct point *found)
{
	return viewport_find(&output->viewport, size_of(&output->info),
	                     window_pixels(&output->window), at, found);
}

void video_output_destroy(struct video_output *output)
{
	if (!output)
		return;
	/* First what may still wake the window's loop. */
	if (output->state)
		output->presenter->destroy(output->state);
	window_close(&output->window);
	output_free(output);
}
