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

static struct size size_of(const struct shmflip_frame_info *info)
{
	return (struct size){ (int)info->width, (int)info->height };
}

struct scene presenter_choice_compose(struct video_output *output,
                                      const struct shmflip_frame_info *info)
{
	struct scene scene = {
		.window = window_pixels(&output->window),
		.background = output->session->options->background,
		.stale = output->stale,
	};
	struct placement placement = viewport_place(&output->viewport, size_of(info), scene.window);

	scene.source = placement.source;
	scene.target = placement.target;
	scene.smooth = placement.smooth;
	if (overlay_is_shown(output->overlay))
		overlay_arrange(output->overlay, window_text_scale(&output->window), &scene);
	return scene;
}

/* SDL counts in int; a larger number would turn negative on the way. */
static bool fits_sdl(const struct shmflip_frame_info *info)
{
	return info->width <= INT_MAX && info->height <= INT_MAX && info->stride_bytes <= INT_MAX;
}

int presenter_show(struct video_output *output, const struct presenter *presenter, void *state,
                   const struct shmflip_frame *frame)
{
	if (!fits_sdl(&frame->info)) {
		snprintf(output->host.reason, sizeof(output->host.reason), "a frame is too large");
		return -EOVERFLOW;
	}
	const struct shmflip_frame_info info = frame->info;
	const struct scene scene = presenter_choice_compose(output, &info);
	int result = presenter->show(state, frame, &scene);
	if (result == 0)
		output->info = info;
	return result;
}

/* ---- The first ---------------------------------------------------------------------------- */

static bool speaks(const struct video_output *output)
{
	return !output->session->options->quiet;
}

static void adopt(struct video_output *output, const struct presenter *presenter, void *state)
{
	output->presenter = presenter;
	output->state = state;
	output->session->presenter = presenter;
	if (speaks(output))
		cli_error("showing frames by %s", presenter->name);
}

static int start(struct video_output *output, const struct presenter *presenter,
                 const struct shmflip_frame *frame, void **out)
{
	void *state;

	if (output->session->options->untouched && presenter->copies) {
		snprintf(output->host.reason, sizeof(output->host.reason),
		         "it copies frames, which --verify-untouched forbids");
		return -EPERM;
	}
	int result = presenter->create(&output->host, &state);
	if (result < 0)
		return result;
	window_show(&output->window);
	result = presenter_show(output, presenter, state, frame);
	if (result < 0)
		presenter->destroy(state);
	else
		*out = state;
	return result;
}

/* A window of its own for each try: what one presenter does to a window may be in another's way. */
static int open_with(struct video_output *output, const struct presenter *presenter,
                     const struct shmflip_frame *frame)
{
	void *state;

	if (!window_open(&output->window,
	                 (struct size){ (int)frame->info.width, (int)frame->info.height },
	                 output->session->options->fullscreen)) {
		snprintf(output->host.reason, sizeof(output->host.reason), "no window: %s",
		         SDL_GetError());
		return -ENODEV;
	}
	output->host.window = output->window.sdl;
	int result = start(output, presenter, frame, &state);
	if (result < 0)
		window_close(&output->window);
	else
		adopt(output, presenter, state);
	return result;
}

static int open_with_any(struct video_output *output, const struct shmflip_frame *frame)
{
	int result = -ENODEV;

	for (size_t i = 0; presenters[i] && result < 0; i++) {
		if (!presenters[i]->needs_window)
			continue;
		result = open_with(output, presenters[i], frame);
		if (result < 0 && speaks(output))
			cli_error("%s does not work here: %s", presenters[i]->name,
			          output->host.reason);
	}
	if (result < 0)
		cli_error("no way to show frames in a window works here: use --present none");
	return result;
}

int presenter_choice_open(struct video_output *output, const struct shmflip_frame *frame)
{
	const struct presenter *choice = output->session->options->presenter;

	if (!choice)
		return open_with_any(output, frame);
	int result = open_with(output, choice, frame);
	if (result < 0)
		cli_error("%s does not work here: %s", choice->name, output->host.reason);
	return result;
}

unsigned presenter_choice_copies(const struct video_output *output)
{
	return output->presenter->copies ? output->presenter->copies(output->state) : 0;
}

/* ---- The next ----------------------------------------------------------------------------- */

static void retire(struct video_output *output)
{
	if (speaks(output))
		cli_error("%s no longer works: %s", output->presenter->name, output->host.reason);
	output->presenter->destroy(output->state);
	output->state = NULL;
}

static int start_or_say(struct video_output *output, const struct presenter *presenter,
                        const struct shmflip_frame *frame)
{
	void *state;
	int result = start(output, presenter, frame, &state);

	if (result == 0)
		adopt(output, presenter, state);
	else if (speaks(output))
		cli_error("%s does not work here: %s", presenter->name, output->host.reason);
	return result;
}

/* After the one that has been retired; in the same window, which stays where it is. */
static int start_next(struct video_output *output, const struct shmflip_frame *frame)
{
	char reason[sizeof(output->host.reason)];
	int result = -ENODEV;
	size_t i = 0;

	memcpy(reason, output->host.reason, sizeof(reason));
	while (presenters[i] != output->presenter)
		i++;
	while (result < 0 && presenters[++i]) {
		if (presenters[i]->needs_window)
			result = start_or_say(output, presenters[i], frame);
	}
	/* What is wrong is what was wrong first. */
	if (result < 0)
		memcpy(output->host.reason, reason, sizeof(reason));
	return result;
}

int presenter_choice_replace(struct video_output *output, int error,
                             const struct shmflip_frame *frame)
{
	if (output->session->options->presenter)
		return error;
	retire(output);
	return start_next(output, frame);
}

/* ---- The picture that was on show ----------------------------------------------------------- */

static void ignore_frame(void *context, struct shmflip_frame *frame)
{
	(void)context;
	(void)frame;
}

/* It was on screen before: its age is no longer that of a frame that comes there. */
static void ignore_screen(void *context, const struct shmflip_frame_info *info, int64_t now_ns)
{
	(void)context;
	(void)info;
	(void)now_ns;
}

static int go_on_with_frame(struct video_output *output, struct shmflip_frame *frame)
{
	retire(output);
	output->host.on_screen = ignore_screen;
	int result = start_next(output, frame);
	output->host.on_screen = session_on_screen;
	if (result < 0)
		session_release_frame(output->session, frame);
	return result;
}

/* Of a frame that has been given back, if the presenter can still read it; else it is black, until the
 * next frame comes. NULL: no memory. */
static uint32_t *copy_picture(struct video_output *output)
{
	const struct area whole = { 0, 0, (int)output->info.width, (int)output->info.height };
	uint32_t *pixels = calloc((size_t)output->info.width * output->info.height, 4);
	char reason[sizeof(output->host.reason)];

	memcpy(reason, output->host.reason, sizeof(reason));
	if (pixels && !output->lost)
		output->lost = output->presenter->read(output->state, whole, pixels) < 0;
	memcpy(output->host.reason, reason, sizeof(reason));
	return pixels;
}

/* The next presenter makes a copy of its own at once, so that ours need not outlive this. */
static int go_on_with_copy(struct video_output *output, const uint32_t *pixels)
{
	struct shmflip_frame frame = { .pixels = (const uint8_t *)pixels, .info = output->info };

	frame.info.stride_bytes = 4 * frame.info.width;
	retire(output);
	output->host.on_screen = ignore_screen;
	output->host.release_frame = ignore_frame;
	int result = start_next(output, &frame);
	if (result == 0)
		result = output->presenter->release_slot(output->state);
	if (result < 0 && output->state) {
		output->presenter->destroy(output->state);
		output->state = NULL;
	}
	output->host.on_screen = session_on_screen;
	output->host.release_frame = session_release_frame;
	return result;
}

static int go_on(struct video_output *output, int error)
{
	struct shmflip_frame frame;

	if (output->presenter->take_back && output->presenter->take_back(output->state, &frame))
		return go_on_with_frame(output, &frame);
	uint32_t *pixels = copy_picture(output);
	int result = pixels ? go_on_with_copy(output, pixels) : error;
	free(pixels);
	return result;
}

int presenter_choice_recover(struct video_output *output, int error)
{
	if (output->session->options->presenter)
		return error;
	int result = go_on(output, error);
	if (result < 0)
		return result;
	output->session->repeated++;
	output->session->copies_of_last = presenter_choice_copies(output);
	return 0;
}
