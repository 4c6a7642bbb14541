/* SPDX-License-Identifier: MIT */
#include "video_output.h"

#include <SDL.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* Any thread. */
static void release_frame(void *context, const struct shmflip_frame *frame)
{
	struct video_output *output = context;

	conversion_release(&output->conversion, frame);
	session_release_frame(output->session, frame);
}

static void note_on_screen(void *context, int64_t published_ns, int64_t now_ns)
{
	const struct video_output *output = context;

	session_note_on_screen(output->session, published_ns, now_ns);
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
	output->host.release_frame = release_frame;
	output->host.on_screen = note_on_screen;
	output->host.wake = wake;
	output->host.context = output;
	conversion_init(&output->conversion, &session->options->appearance);
	viewport_init(&output->viewport, session->options->scale);
	return output;
}

static void output_free(struct video_output *output)
{
	overlay_destroy(output->overlay);
	picture_copy_finish(&output->kept);
	conversion_finish(&output->conversion);
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
	char reason[PRESENTER_REASON_SIZE + 64];

	if (presenter_choice_accept(session, picture, &host) == 0)
		return true;
	snprintf(reason, sizeof(reason), "%s%s", host.reason,
	         session->options->presenter ? "; --present auto shows them" : "");
	session_pass_over(session, reason);
	return false;
}

/* ---- Conversion ---------------------------------------------------------------------------- */

static int fail(struct video_output *output, int error)
{
	return presenter_fail(&output->host, error, "no memory to convert the picture: %s",
	                      strerror(-error));
}

static int convert(struct video_output *output, struct picture *picture)
{
	int error = conversion_apply(&output->conversion, picture);

	if (!error || error == -ENOMEM)
		return error ? fail(output, error) : 0;
	return presenter_fail(&output->host, error,
	                      "no shared memory to convert the picture: %s: raise kernel.shmall or "
	                      "kernel.shmmni, or start the producer with --pixels bgra",
	                      strerror(-error));
}

/* Notes what the presenter shows now. */
static void adopt(struct video_output *output, const struct picture *picture, bool is_converted)
{
	output->is_converted = is_converted;
	output->source = picture->source;
	picture_copy_finish(&output->kept);
}

static int open_with(struct video_output *output, const struct picture *picture)
{
	struct picture converted = *picture;
	int error = convert(output, &converted);

	if (error) {
		cli_error("%s", output->host.reason);
		return error;
	}
	error = presenter_choice_open(output, &converted);
	if (error)
		return error;
	adopt(output, &converted, conversion_is_needed(picture));
	count_drawing(output);
	return 0;
}

int video_output_create(struct session *session, const struct picture *picture,
                        struct video_output **out)
{
	struct video_output *output = output_alloc(session);

	if (!output) {
		cli_error("out of memory for a window");
		return -ENOMEM;
	}
	int error = open_with(output, picture);
	if (error)
		output_free(output);
	else
		*out = output;
	return error;
}

/* ---- Showing ------------------------------------------------------------------------------- */

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

static int show(struct video_output *output, const struct picture *converted)
{
	window_follow(&output->window, picture_size(&converted->info));
	int error = presenter_show(output, output->presenter, output->state, converted);
	return error ? presenter_choice_replace(output, error, converted) : 0;
}

int video_output_show(struct video_output *output, const struct picture *picture, bool damaged)
{
	struct picture converted = *picture;

	output->stale = false;
	output->damaged = damaged;
	int error = convert(output, &converted);
	if (error)
		return error;
	error = show(output, &converted);
	if (error) {
		conversion_release(&output->conversion, picture->frame);
		return error;
	}
	adopt(output, &converted, conversion_is_needed(picture));
	count_drawing(output);
	return 0;
}

static int release_slot(struct video_output *output)
{
	int error = output->presenter->release_slot(output->state);

	if (!error)
		return 0;
	error = presenter_choice_recover(output, error);
	/* The next presenter holds the frame now. The recursion ends with the last presenter. */
	return error ? error : release_slot(output);
}

/* The picture has no frame: the presenter copies its pixels. */
static int show_copy(struct video_output *output, struct picture *picture)
{
	uint32_t *pixels = NULL;

	if (conversion_is_needed(picture)) {
		pixels = malloc((size_t)4 * picture->info.width * picture->info.height);
		if (!pixels)
			return fail(output, -ENOMEM);
		conversion_write(&output->conversion, picture, pixels);
		picture->pixels = (const uint8_t *)pixels;
	}
	output->damaged = true;
	int error = show(output, picture);
	if (!error)
		error = release_slot(output);
	free(pixels);
	return error;
}

/* Copies what was converted, before the slot is released. */
static int keep_source(struct video_output *output)
{
	if (!output->is_converted || output->kept.bytes)
		return 0;
	int error = picture_copy_init(&output->kept, &output->info, &output->source);
	if (error)
		return fail(output, error);
	output->source = output->kept.source;
	return 0;
}

int video_output_show_copy(struct video_output *output, const struct picture_copy *copy)
{
	struct picture picture = picture_of_source(&copy->info, &copy->source);
	bool is_converted = conversion_is_needed(&picture);
	int error = show_copy(output, &picture);

	if (error)
		return error;
	adopt(output, &picture, is_converted);
	error = keep_source(output);
	output->pixels_lost = false;
	output->session->repeated++;
	output->session->copies_of_last = 1 + presenter_choice_copies(output);
	return error;
}

int video_output_change_appearance(struct video_output *output)
{
	int error = output->is_converted ? video_output_release_slot(output) : 0;

	if (error || !output->is_converted)
		return error;
	struct picture picture = picture_of_source(&output->info, &output->source);
	output->session->repeated++;
	return show_copy(output, &picture);
}

int video_output_release_slot(struct video_output *output)
{
	int error = keep_source(output);

	return error ? error : release_slot(output);
}

int video_output_repaint(struct video_output *output)
{
	const struct scene scene = presenter_choice_compose(output, &output->info);
	int error = output->presenter->repaint(output->state, &scene);

	return error ? presenter_choice_recover(output, error) : 0;
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
	return viewport_zoom(&output->viewport, picture_extent(&output->info),
	                     window_pixels(&output->window));
}

void video_output_set_zoom(struct video_output *output, double zoom)
{
	viewport_set_zoom(&output->viewport, zoom);
}

void video_output_step_zoom(struct video_output *output, int steps, struct point about)
{
	viewport_step(&output->viewport, picture_extent(&output->info),
	              window_pixels(&output->window), steps, about);
}

void video_output_pan(struct video_output *output, struct point by)
{
	viewport_pan(&output->viewport, picture_extent(&output->info),
	             window_pixels(&output->window), by);
}

bool video_output_find(const struct video_output *output, struct point at, struct point *found)
{
	return viewport_find(&output->viewport, picture_extent(&output->info),
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
