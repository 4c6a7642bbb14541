/* SPDX-License-Identifier: MIT
 *
 * The window's own surface, in memory: one copy, from the slot to the surface. Transparent frames that
 * are smoothed take a second one, with their alpha multiplied in, and a surface that lays pixels out in
 * another way takes one more. */
#include <SDL.h>
#include <errno.h>
#include <stdlib.h>

#include "cli.h"
#include "current_frame.h"
#include "present.h"
#include "raster.h"

struct surface_presenter {
	struct presenter_host *host;
	struct current_frame picture;
	uint32_t *
		multiplied; /* a transparent picture, its alpha multiplied in; NULL: not needed yet */
	unsigned copies;
};

static int fail(struct surface_presenter *self, const char *what, const char *why, int result)
{
	snprintf(self->host->reason, sizeof(self->host->reason), "%s: %s", what, why);
	return result;
}

static int create(struct presenter_host *host, void **state)
{
	struct surface_presenter *self = calloc(1, sizeof(*self));

	if (!self) {
		snprintf(host->reason, sizeof(host->reason), "no memory");
		return -ENOMEM;
	}
	self->host = host;
	self->picture.host = host;
	if (!SDL_GetWindowSurface(host->window)) {
		int result = fail(self, "no window surface", SDL_GetError(), -ENODEV);
		free(self);
		return result;
	}
	*state = self;
	return 0;
}

static struct raster raster_of(const struct shmflip_frame *frame)
{
	return (struct raster){
		.pixels = (uint8_t *)(uintptr_t)frame->pixels,
		.size = { (int)frame->info.width, (int)frame->info.height },
		.stride_bytes = (int)frame->info.stride_bytes,
	};
}

/* The window's surface may lay pixels out in another way: then they go through one that does not. */
static int draw(struct surface_presenter *self, const struct raster *picture,
                enum raster_alpha alpha, const struct scene *scene)
{
	SDL_Surface *window = SDL_GetWindowSurface(self->host->window), *target = window;

	if (!window)
		return fail(self, "no window surface", SDL_GetError(), -EIO);
	if (window->format->format != SDL_PIXELFORMAT_RGB888)
		target = SDL_CreateRGBSurfaceWithFormat(0, window->w, window->h, 32,
		                                        SDL_PIXELFORMAT_RGB888);
	if (!target)
		return fail(self, "no surface to draw on", SDL_GetError(), -ENOMEM);
	const struct raster raster = { target->pixels, { target->w, target->h }, target->pitch };
	const char *wrong = raster_draw_scene(&raster, picture, alpha, scene);
	self->copies = target == window ? 1 : 2;
	if (target != window) {
		if (!wrong && SDL_BlitSurface(target, NULL, window, NULL) != 0)
			wrong = SDL_GetError();
		SDL_FreeSurface(target);
	}
	if (!wrong && SDL_UpdateWindowSurface(self->host->window) != 0)
		wrong = SDL_GetError();
	return wrong ? fail(self, "cannot draw", wrong, -EIO) : 0;
}

static uint32_t *multiply(const struct shmflip_frame *frame)
{
	int width = (int)frame->info.width, height = (int)frame->info.height;
	uint32_t *pixels = malloc((size_t)4 * frame->info.width * frame->info.height);

	if (pixels)
		SDL_PremultiplyAlpha(width, height, SDL_PIXELFORMAT_ARGB8888, frame->pixels,
		                     (int)frame->info.stride_bytes, SDL_PIXELFORMAT_ARGB8888,
		                     pixels, 4 * width);
	return pixels;
}

static int paint_multiplied(struct surface_presenter *self, const struct shmflip_frame *frame,
                            uint32_t **multiplied, const struct scene *scene)
{
	struct raster raster = raster_of(frame);

	if (!*multiplied)
		*multiplied = multiply(frame);
	if (!*multiplied)
		return fail(self, "cannot blend", "no memory", -ENOMEM);
	raster.pixels = (uint8_t *)*multiplied;
	raster.stride_bytes = 4 * raster.size.width;
	int result = draw(self, &raster, RASTER_PREMULTIPLIED, scene);
	self->copies++;
	return result;
}

/* Multiplied: the frame's, made when it is needed. */
static int paint(struct surface_presenter *self, const struct shmflip_frame *frame,
                 uint32_t **multiplied, const struct scene *scene)
{
	const struct raster raster = raster_of(frame);
	bool opaque = frame->info.format == SHMFLIP_FORMAT_XRGB8888;

	if (!opaque && scene->smooth)
		return paint_multiplied(self, frame, multiplied, scene);
	return draw(self, &raster, opaque ? RASTER_OPAQUE : RASTER_STRAIGHT, scene);
}

static int show(void *state, const struct shmflip_frame *frame, const struct scene *scene)
{
	struct surface_presenter *self = state;
	uint32_t *multiplied = NULL;
	int result = paint(self, frame, &multiplied, scene);

	if (result < 0) {
		free(multiplied);
		return result;
	}
	self->host->on_screen(self->host->context, &frame->info, monotonic_now_ns());
	current_frame_set(&self->picture, frame);
	free(self->multiplied);
	self->multiplied = multiplied;
	return 0;
}

static unsigned copies(void *state)
{
	const struct surface_presenter *self = state;

	return self->copies;
}

static int release_slot(void *state)
{
	struct surface_presenter *self = state;

	return current_frame_copy(&self->picture);
}

static int repaint(void *state, const struct scene *scene)
{
	struct surface_presenter *self = state;

	return paint(self, &self->picture.frame, &self->multiplied, scene);
}

static int read_pixels(void *state, struct area area, uint32_t *pixels)
{
	struct surface_presenter *self = state;

	return current_frame_read(&self->picture, area, pixels);
}

static bool take_back(void *state, struct shmflip_frame *frame)
{
	struct surface_presenter *self = state;

	return current_frame_take_back(&self->picture, frame);
}

static void destroy(void *state)
{
	struct surface_presenter *self = state;

	if (!self)
		return;
	current_frame_finish(&self->picture);
#if SDL_VERSION_ATLEAST(2, 28, 0)
	/* Else there could be no renderer for this window. */
	SDL_DestroyWindowSurface(self->host->window);
#endif
	free(self->multiplied);
	free(self);
}

const struct presenter presenter_surface = {
	.name = "surface",
	.needs_window = true,
	.create = create,
	.show = show,
	.copies = copies,
	.release_slot = release_slot,
	.repaint = repaint,
	.read = read_pixels,
	.take_back = take_back,
	.destroy = destroy,
};
