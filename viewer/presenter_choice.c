/* SPDX-License-Identifier: MIT */
#include "casting.h"

#include <SDL.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "options.h"
#include "view.h"

/* SDL counts in int; a larger number would turn negative on the way. */
static bool fits_sdl(const struct shmflip_frame_info *info)
{
	return info->width <= INT_MAX && info->height <= INT_MAX && info->stride_bytes <= INT_MAX;
}

int casting_show(struct stage *stage, const struct presenter *presenter, void *state,
                 const struct shmflip_frame *frame)
{
	if (!fits_sdl(&frame->info)) {
		snprintf(stage->host.reason, sizeof(stage->host.reason), "a frame is too large");
		return -EOVERFLOW;
	}
	const struct shmflip_frame_info info = frame->info;
	const struct scene scene = stage_compose(stage, &info);
	int result = presenter->show(state, frame, &scene);
	if (result == 0)
		stage->info = info;
	return result;
}

/* ---- The first ---------------------------------------------------------------------------- */

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
	result = casting_show(stage, presenter, state, frame);
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

	if (!window_open(&stage->window,
	                 (struct size){ (int)frame->info.width, (int)frame->info.height },
	                 stage->view->options->fullscreen)) {
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

int casting_open(struct stage *stage, const struct shmflip_frame *frame)
{
	const struct presenter *choice = stage->view->options->presenter;

	if (!choice)
		return open_with_any(stage, frame);
	int result = open_with(stage, choice, frame);
	if (result < 0)
		cli_error("%s does not work here: %s", choice->name, stage->host.reason);
	return result;
}

unsigned casting_copies(const struct stage *stage)
{
	return stage->presenter->copies ? stage->presenter->copies(stage->state) : 0;
}

/* ---- The next ----------------------------------------------------------------------------- */

static void retire(struct stage *stage)
{
	if (speaks(stage))
		cli_error("%s no longer works: %s", stage->presenter->name, stage->host.reason);
	stage->presenter->destroy(stage->state);
	stage->state = NULL;
}

static int start_or_say(struct stage *stage, const struct presenter *presenter,
                        const struct shmflip_frame *frame)
{
	void *state;
	int result = start(stage, presenter, frame, &state);

	if (result == 0)
		adopt(stage, presenter, state);
	else if (speaks(stage))
		cli_error("%s does not work here: %s", presenter->name, stage->host.reason);
	return result;
}

/* After the one that has been retired; in the same window, which stays where it is. */
static int start_next(struct stage *stage, const struct shmflip_frame *frame)
{
	char reason[sizeof(stage->host.reason)];
	int result = -ENODEV;
	size_t i = 0;

	memcpy(reason, stage->host.reason, sizeof(reason));
	while (presenters[i] != stage->presenter)
		i++;
	while (result < 0 && presenters[++i]) {
		if (presenters[i]->needs_window)
			result = start_or_say(stage, presenters[i], frame);
	}
	/* What is wrong is what was wrong first. */
	if (result < 0)
		memcpy(stage->host.reason, reason, sizeof(reason));
	return result;
}

int casting_replace(struct stage *stage, int error, const struct shmflip_frame *frame)
{
	if (stage->view->options->presenter)
		return error;
	retire(stage);
	return start_next(stage, frame);
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

static int go_on_with_frame(struct stage *stage, struct shmflip_frame *frame)
{
	retire(stage);
	stage->host.on_screen = ignore_screen;
	int result = start_next(stage, frame);
	stage->host.on_screen = view_on_screen;
	if (result < 0)
		view_give_back(stage->view, frame);
	return result;
}

/* Of a frame that has been given back, if the presenter can still read it; else it is black, until the
 * next frame comes. NULL: no memory. */
static uint32_t *copy_picture(struct stage *stage)
{
	const struct area whole = { 0, 0, (int)stage->info.width, (int)stage->info.height };
	uint32_t *pixels = calloc((size_t)stage->info.width * stage->info.height, 4);
	char reason[sizeof(stage->host.reason)];

	memcpy(reason, stage->host.reason, sizeof(reason));
	if (pixels && !stage->lost)
		stage->lost = stage->presenter->read(stage->state, whole, pixels) < 0;
	memcpy(stage->host.reason, reason, sizeof(reason));
	return pixels;
}

/* The next presenter makes a copy of its own at once, so that ours need not outlive this. */
static int go_on_with_copy(struct stage *stage, const uint32_t *pixels)
{
	struct shmflip_frame frame = { .pixels = (const uint8_t *)pixels, .info = stage->info };

	frame.info.stride_bytes = 4 * frame.info.width;
	retire(stage);
	stage->host.on_screen = ignore_screen;
	stage->host.give_back = ignore_frame;
	int result = start_next(stage, &frame);
	if (result == 0)
		result = stage->presenter->keep(stage->state);
	if (result < 0 && stage->state) {
		stage->presenter->destroy(stage->state);
		stage->state = NULL;
	}
	stage->host.on_screen = view_on_screen;
	stage->host.give_back = view_give_back;
	return result;
}

static int go_on(struct stage *stage, int error)
{
	struct shmflip_frame frame;

	if (stage->presenter->yield && stage->presenter->yield(stage->state, &frame))
		return go_on_with_frame(stage, &frame);
	uint32_t *pixels = copy_picture(stage);
	int result = pixels ? go_on_with_copy(stage, pixels) : error;
	free(pixels);
	return result;
}

int casting_recover(struct stage *stage, int error)
{
	if (stage->view->options->presenter)
		return error;
	int result = go_on(stage, error);
	if (result < 0)
		return result;
	stage->view->repeated++;
	stage->view->copies_of_last = casting_copies(stage);
	return 0;
}
