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
#include "video_output_state.h"
#include "window/wakeup.h"

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
	output->host.on_screen = session_note_on_screen;
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
	session_note_drawn(output->session, presenter_choice_copies(output));
	output->pixels_lost = false;
}

bool video_output_accepts(struct session *session, const struct picture *picture)
{
	struct presenter_host host = { .reason = "" };
	int error = presenter_choice_accept(session, picture, &host);

	if (error)
		session_pass_over(session, host.reason);
	return !error;
}

int video_output_create(struct session *session, const struct picture *picture,
                        struct video_output **out)
{
	struct video_output *output = output_alloc(session);

	if (!output) {
		cli_error("out of memory for a window");
		return -ENOMEM;
	}
	int error = presenter_choice_open(output, picture);
	if (error) {
		output_free(output);
		return error;
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
	if (output->window.destroyed)
		return presenter_choice_recover(output, -ENODEV);
	int error = output->presenter->check ? output->presenter->check(output->state) : 0;

	return error ? presenter_choice_recover(output, error) : 0;
}

static int show(struct video_output *output, const struct picture *picture)
{
	window_follow(&output->window, picture_size(&picture->info));
	int error = presenter_show(output, output->presenter, output->state, picture);
	return error ? presenter_choice_replace(output, error, picture) : 0;
}

int video_output_show(struct video_output *output, const struct picture *picture, bool damaged)
{
	output->stale = false;
	output->damaged = damaged;
	int error = show(output, picture);
	if (!error)
		count_drawing(output);
	return error;
}

int video_output_show_copy(struct video_output *output, const struct picture_info *info,
                           const uint32_t *pixels)
{
	const struct picture picture = picture_of_copy(info, pixels);

	output->damaged = true;
	int error = show(output, &picture);
	if (!error)
		error = video_output_release_slot(output);
	if (error)
		return error;
	output->pixels_lost = false;
	output->session->repeated++;
	output->session->copies_of_last = 1 + presenter_choice_copies(output);
	return 0;
}

int video_output_release_slot(struct video_output *output)
{
	int error = output->presenter->release_slot(output->state);

	if (!error)
		return 0;
	error = presenter_choice_recover(output, error);
	/* The next presenter holds the frame now. The recursion ends with the last presenter. */
	return error ? error : video_output_release_slot(output);
}

int video_output_repaint(struct video_output *output)
{
	const struct scene scene = presenter_choice_compose(output, &output->info);
	int error = output->presenter->repaint(output->state, &scene);

	return error ? presenter_choice_recover(output, error) : 0;
}

const struct picture_info *video_output_info(const struct video_output *output)
{
	return &output->info;
}

int video_output_read(struct video_output *output, struct area area, uint32_t *pixels)
{
	if (output->pixels_lost)
		return presenter_fail(&output->host, -ENODATA,
		                      "the presenter that held it has failed");
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
	return viewport_zoom(&output->viewport, picture_size(&output->info),
	                     window_pixels(&output->window));
}

void video_output_set_zoom(struct video_output *output, double zoom)
{
	viewport_set_zoom(&output->viewport, zoom);
}

void video_output_step_zoom(struct video_output *output, int steps, struct point about)
{
	viewport_step(&output->viewport, picture_size(&output->info),
	              window_pixels(&output->window), steps, about);
}

void video_output_pan(struct video_output *output, struct point by)
{
	viewport_pan(&output->viewport, picture_size(&output->info), window_pixels(&output->window),
	             by);
}

bool video_output_find(const struct video_output *output, struct point at, struct point *found)
{
	return viewport_find(&output->viewport, picture_size(&output->info),
	                     window_pixels(&output->window), at, found);
}

void video_output_destroy(struct video_output *output)
{
	if (!output)
		return;
	/* First, because its threads may still wake the loop. */
	if (output->state)
		output->presenter->destroy(output->state);
	window_close(&output->window);
	output_free(output);
}
