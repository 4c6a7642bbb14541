/* SPDX-License-Identifier: MIT */
#include "presenter_choice.h"

#include <SDL.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "options.h"
#include "overlay/overlay.h"
#include "session.h"

#define FAILURES_SIZE ((size_t)PRESENTERS_MAX * (PRESENTER_REASON_SIZE + 64))

struct scene presenter_choice_compose(struct video_output *output, const struct picture_info *info)
{
	struct scene scene = {
		.window = window_pixels(&output->window),
		.background = output->session->options->background,
		.damaged = output->damaged,
		.stale = output->stale,
	};
	struct placement placement =
		viewport_place(&output->viewport, picture_extent(info), scene.window);

	scene.source = placement.source;
	scene.target = placement.target;
	scene.smooth = placement.smooth;
	if (overlay_is_shown(output->overlay))
		overlay_add_to_scene(output->overlay, window_text_scale(&output->window), &scene);
	return scene;
}

int presenter_show(struct video_output *output, const struct presenter *presenter, void *state,
                   const struct picture *picture)
{
	const struct scene scene = presenter_choice_compose(output, &picture->info);
	int error = presenter->show(state, picture, &scene);
	if (!error)
		output->info = picture->info;
	return error;
}

/* ---- What is known without a window ------------------------------------------------------- */

static bool copies_against_options(const struct options *options, const struct presenter *presenter)
{
	return options->untouched && presenter->copies;
}

static bool is_candidate(const struct options *options, const struct presenter *presenter)
{
	if (options->presenter)
		return presenter == options->presenter;
	return presenter->needs_window && !copies_against_options(options, presenter);
}

/* SDL counts in int: a larger number would become negative. */
static bool fits_sdl(const struct picture *picture)
{
	return picture->info.width <= INT_MAX && picture->info.height <= INT_MAX &&
	       picture->stride_bytes <= INT_MAX;
}

static int accept(const struct presenter *presenter, struct presenter_host *host,
                  const struct picture *picture)
{
	if (!fits_sdl(picture))
		return presenter_fail(host, -EOVERFLOW, "a frame of %ux%u is too large",
		                      picture->info.width, picture->info.height);
	return presenter->accept ? presenter->accept(host, picture) : 0;
}

static int check(struct video_output *output, const struct presenter *presenter,
                 const struct picture *picture)
{
	if (copies_against_options(output->session->options, presenter))
		return presenter_fail(&output->host, -EPERM,
		                      "it copies frames, which --verify-untouched forbids");
	return accept(presenter, &output->host, picture);
}

int presenter_choice_accept(const struct session *session, const struct picture *picture,
                            struct presenter_host *host)
{
	int error = 0;
	size_t i = 0;

	while (session->presenter && presenters[i] != session->presenter)
		i++;
	for (bool found = false; presenters[i] && !found; i++) {
		if (!is_candidate(session->options, presenters[i]))
			continue;
		error = accept(presenters[i], host, picture);
		found = !error;
	}
	return error;
}

/* ---- The first presenter ------------------------------------------------------------------ */

static bool is_quiet(const struct video_output *output)
{
	return output->session->options->quiet;
}

/* failures: of presenters tried before, as note_failure() notes them. */
static void adopt(struct video_output *output, const struct presenter *presenter, void *state,
                  const char *failures)
{
	output->presenter = presenter;
	output->state = state;
	output->session->presenter = presenter;
	if (!is_quiet(output))
		cli_error("showing frames by %s%s", presenter->name, failures);
}

static int start(struct video_output *output, const struct presenter *presenter,
                 const struct picture *picture, void **out)
{
	void *state;
	int error = presenter->create(&output->host, &state);

	if (error)
		return error;
	window_show(&output->window);
	error = presenter_show(output, presenter, state, picture);
	if (error)
		presenter->destroy(state);
	else
		*out = state;
	return error;
}

/* Opens a new window for each presenter: what one does to a window may hinder another. */
static int open_with(struct video_output *output, const struct presenter *presenter,
                     const struct picture *picture, const char *failures)
{
	void *state;
	int error = check(output, presenter, picture);

	if (error)
		return error;
	if (!window_open(&output->window, picture_size(&picture->info),
	                 output->session->options->fullscreen))
		return presenter_fail_in_sdl(&output->host, -ENODEV, "no window");
	output->host.window = output->window.sdl;
	error = start(output, presenter, picture, &state);
	if (error)
		window_close(&output->window);
	else
		adopt(output, presenter, state, failures);
	return error;
}

static void note_failure(const struct video_output *output, const struct presenter *presenter,
                         char failures[FAILURES_SIZE])
{
	size_t length = strlen(failures);

	snprintf(failures + length, FAILURES_SIZE - length, "; %s does not work here: %s",
	         presenter->name, output->host.reason);
}

/* One line in all: that the first presenters do not work is ordinary on many displays. */
static int open_with_any(struct video_output *output, const struct picture *picture)
{
	char failures[FAILURES_SIZE] = "";
	int error = -ENODEV;

	for (size_t i = 0; presenters[i] && error; i++) {
		if (!presenters[i]->needs_window)
			continue;
		error = open_with(output, presenters[i], picture, failures);
		if (error)
			note_failure(output, presenters[i], failures);
	}
	if (error)
		cli_error("no way to show frames in a window works here: use --present none%s",
		          failures);
	return error;
}

int presenter_choice_open(struct video_output *output, const struct picture *picture)
{
	const struct presenter *choice = output->session->options->presenter;

	if (!choice)
		return open_with_any(output, picture);
	int error = open_with(output, choice, picture, "");
	if (error)
		cli_error("%s does not work here: %s", choice->name, output->host.reason);
	return error;
}

unsigned presenter_choice_copies(const struct video_output *output)
{
	unsigned conversion = output->is_converted ? 1 : 0;

	return conversion +
	       (output->presenter->copies ? output->presenter->copies(output->state) : 0);
}

/* ---- The next presenter ------------------------------------------------------------------- */

static void close_failed(struct video_output *output)
{
	if (!is_quiet(output))
		cli_error("%s no longer works: %s", output->presenter->name, output->host.reason);
	output->presenter->destroy(output->state);
	output->state = NULL;
}

static int start_or_report(struct video_output *output, const struct presenter *presenter,
                           const struct picture *picture)
{
	void *state;
	int error = check(output, presenter, picture);

	if (!error)
		error = start(output, presenter, picture, &state);
	if (!error)
		adopt(output, presenter, state, "");
	else if (!is_quiet(output))
		cli_error("%s does not work here: %s", presenter->name, output->host.reason);
	return error;
}

/* Starts with the presenter after the one that failed. Keeps the window, so it does not move. */
static int start_next(struct video_output *output, const struct picture *picture)
{
	char reason[sizeof(output->host.reason)];
	int error = -ENODEV;
	size_t i = 0;

	memcpy(reason, output->host.reason, sizeof(reason));
	while (presenters[i] != output->presenter)
		i++;
	while (error && presenters[++i]) {
		if (presenters[i]->needs_window)
			error = start_or_report(output, presenters[i], picture);
	}
	/* The reason to report is that of the first failure. */
	if (error)
		memcpy(output->host.reason, reason, sizeof(reason));
	return error;
}

/* The loss of the window or of the display is the cause of any failure since. */
static bool check_lost_window(struct video_output *output)
{
	bool lost = window_check_destroyed(&output->window);

	if (lost)
		presenter_fail(&output->host, -ENODEV, "another program destroyed the window");
	return lost;
}

int presenter_choice_replace(struct video_output *output, int error, const struct picture *picture)
{
	if (check_lost_window(output))
		return -ENODEV;
	if (output->session->options->presenter)
		return error;
	close_failed(output);
	return start_next(output, picture);
}

/* ---- The same picture by the next presenter ------------------------------------------------ */

/* The frame was on screen before: its age now would not be the age of a new frame. */
static void ignore_screen(void *context, int64_t published_ns, int64_t now_ns)
{
	(void)context;
	(void)published_ns;
	(void)now_ns;
}

static int start_next_unreported(struct video_output *output, const struct picture *picture)
{
	void (*on_screen)(void *, int64_t, int64_t) = output->host.on_screen;

	close_failed(output);
	output->host.on_screen = ignore_screen;
	int error = start_next(output, picture);
	output->host.on_screen = on_screen;
	return error;
}

static int resume_with_held(struct video_output *output, const struct picture *picture)
{
	int error = start_next_unreported(output, picture);

	if (error)
		output->host.release_frame(output->host.context, picture->frame);
	return error;
}

/* Copies the picture of a frame that was released. If the presenter cannot read the picture any
 * more, the copy is black. NULL: no memory. */
static uint32_t *copy_picture(struct video_output *output)
{
	const struct area whole = { 0, 0, (int)output->info.width, (int)output->info.height };
	uint32_t *pixels = calloc((size_t)output->info.width * output->info.height, 4);
	char reason[sizeof(output->host.reason)];

	memcpy(reason, output->host.reason, sizeof(reason));
	if (pixels && !output->pixels_lost)
		output->pixels_lost = output->presenter->read(output->state, whole, pixels) < 0;
	memcpy(output->host.reason, reason, sizeof(reason));
	return pixels;
}

/* The next presenter makes its own copy at once, so the caller may free the pixels afterwards. */
static int resume_with_copy(struct video_output *output, const uint32_t *pixels)
{
	const struct picture picture = picture_of_copy(&output->info, pixels);

	int error = start_next_unreported(output, &picture);

	if (!error)
		error = output->presenter->release_slot(output->state);
	if (error && output->state) {
		output->presenter->destroy(output->state);
		output->state = NULL;
	}
	return error;
}

static int resume(struct video_output *output, int error)
{
	struct picture held;

	if (output->presenter->take_back && output->presenter->take_back(output->state, &held))
		return resume_with_held(output, &held);
	uint32_t *pixels = copy_picture(output);
	if (pixels)
		error = resume_with_copy(output, pixels);
	free(pixels);
	return error;
}

int presenter_choice_recover(struct video_output *output, int error)
{
	if (check_lost_window(output))
		return -ENODEV;
	if (output->session->options->presenter)
		return error;
	error = resume(output, error);
	if (error)
		return error;
	output->session->repeated++;
	output->session->copies_of_last = presenter_choice_copies(output);
	return 0;
}
