/* SPDX-License-Identifier: MIT
 *
 * Shows frames on the window's SDL surface, in memory. That takes one copy, from the slot to the
 * surface. Smooth scaling of a transparent frame takes another, premultiplied by alpha. A surface
 * with another pixel format takes one more, and so does a frame that is too large for cairo. */
#include <SDL.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#include "current_frame.h"
#include "present.h"
#include "raster.h"
#include "reduction.h"

#define SIDE_MAX 32766 /* of a picture that cairo and pixman scale */

struct surface_presenter {
	struct current_frame current;
	uint32_t *premultiplied; /* the current picture, if it was needed; else NULL */
	unsigned copies;
};

_Static_assert(offsetof(struct surface_presenter, current) == 0, "see current_frame.h");

static SDL_Window *window_of(const struct surface_presenter *self)
{
	return self->current.host->window;
}

static int fail(struct surface_presenter *self, int error, const char *what, const char *why)
{
	return presenter_fail(self->current.host, error, "%s: %s", what, why);
}

static int create(struct presenter_host *host, void **state)
{
	struct surface_presenter *self = calloc(1, sizeof(*self));

	if (!self)
		return presenter_fail(host, -ENOMEM, "out of memory");
	self->current.host = host;
	if (!SDL_GetWindowSurface(host->window)) {
		free(self);
		return presenter_fail_in_sdl(host, -ENODEV, "SDL has no surface for this window");
	}
	*state = self;
	return 0;
}

static struct raster raster_of(const struct picture *picture)
{
	return (struct raster){
		.pixels = (uint8_t *)(uintptr_t)picture->pixels,
		.size = { (int)picture->info.width, (int)picture->info.height },
		.stride_bytes = (int)picture->stride_bytes,
	};
}

/* If the window's surface has another pixel format, draws to a temporary surface, which SDL
 * converts. */
static int draw(struct surface_presenter *self, const struct raster *image, enum raster_alpha alpha,
                const struct scene *scene)
{
	SDL_Surface *surface = SDL_GetWindowSurface(window_of(self)), *target = surface;

	if (!surface)
		return presenter_fail_in_sdl(self->current.host, -EIO,
		                             "SDL has no surface for this window");
	if (surface->format->format != SDL_PIXELFORMAT_RGB888)
		target = SDL_CreateRGBSurfaceWithFormat(0, surface->w, surface->h, 32,
		                                        SDL_PIXELFORMAT_RGB888);
	if (!target)
		return presenter_fail_in_sdl(self->current.host, -ENOMEM, "no surface to draw on");
	const struct raster raster = { target->pixels, { target->w, target->h }, target->pitch };
	const char *failure = raster_draw_scene(&raster, image, alpha, scene);
	self->copies = target == surface ? 1 : 2;
	if (target != surface) {
		if (!failure && SDL_BlitSurface(target, NULL, surface, NULL) != 0)
			failure = SDL_GetError();
		SDL_FreeSurface(target);
	}
	if (!failure && SDL_UpdateWindowSurface(window_of(self)) != 0)
		failure = SDL_GetError();
	return failure ? fail(self, -EIO, "cannot draw", failure) : 0;
}

static uint32_t *premultiply(const struct picture *picture)
{
	int width = (int)picture->info.width, height = (int)picture->info.height;
	uint32_t *pixels = malloc((size_t)4 * picture->info.width * picture->info.height);

	if (pixels)
		SDL_PremultiplyAlpha(width, height, SDL_PIXELFORMAT_ARGB8888, picture->pixels,
		                     (int)picture->stride_bytes, SDL_PIXELFORMAT_ARGB8888, pixels,
		                     4 * width);
	return pixels;
}

static int draw_premultiplied(struct surface_presenter *self, const struct picture *picture,
                              uint32_t **premultiplied, const struct scene *scene)
{
	struct raster image = raster_of(picture);

	if (!*premultiplied)
		*premultiplied = premultiply(picture);
	if (!*premultiplied)
		return fail(self, -ENOMEM, "cannot blend", "out of memory");
	image.pixels = (uint8_t *)*premultiplied;
	image.stride_bytes = 4 * image.size.width;
	int error = draw(self, &image, RASTER_PREMULTIPLIED, scene);
	self->copies++;
	return error;
}

/* Creates *premultiplied if it is needed and NULL. */
static int draw_whole(struct surface_presenter *self, const struct picture *picture,
                      uint32_t **premultiplied, const struct scene *scene)
{
	const struct raster image = raster_of(picture);

	if (!picture->info.opaque && scene->smooth)
		return draw_premultiplied(self, picture, premultiplied, scene);
	return draw(self, &image, picture->info.opaque ? RASTER_OPAQUE : RASTER_STRAIGHT, scene);
}

static int draw_reduced(struct surface_presenter *self, const struct picture *picture,
                        const struct scene *scene)
{
	struct reduction reduction;
	uint32_t *premultiplied = NULL;

	if (reduction_init(&reduction, picture, scene, SIDE_MAX) < 0)
		return fail(self, -ENOMEM, "cannot reduce the picture", "out of memory");
	int error = draw_whole(self, &reduction.picture, &premultiplied, &reduction.scene);
	self->copies++;
	free(premultiplied);
	reduction_finish(&reduction);
	return error;
}

/* Creates *premultiplied if it can be used again and is NULL. */
static int draw_picture(struct surface_presenter *self, const struct picture *picture,
                        uint32_t **premultiplied, const struct scene *scene)
{
	if (reduction_is_needed(&picture->info, SIDE_MAX))
		return draw_reduced(self, picture, scene);
	return draw_whole(self, picture, premultiplied, scene);
}

static int show(void *state, const struct picture *picture, const struct scene *scene)
{
	struct surface_presenter *self = state;
	uint32_t *premultiplied = NULL;
	int error = draw_picture(self, picture, &premultiplied, scene);

	if (error) {
		free(premultiplied);
		return error;
	}
	current_frame_replace(&self->current, picture);
	free(self->premultiplied);
	self->premultiplied = premultiplied;
	return 0;
}

static unsigned copies(void *state)
{
	const struct surface_presenter *self = state;

	return self->copies;
}

static int repaint(void *state, const struct scene *scene)
{
	struct surface_presenter *self = state;

	return draw_picture(self, &self->current.picture, &self->premultiplied, scene);
}

static void destroy(void *state)
{
	struct surface_presenter *self = state;

	if (!self)
		return;
	current_frame_finish(&self->current);
#if SDL_VERSION_ATLEAST(2, 28, 0)
	/* With a surface, the window could not have a renderer. */
	SDL_DestroyWindowSurface(window_of(self));
#endif
	free(self->premultiplied);
	free(self);
}

const struct presenter presenter_surface = {
	.name = "surface",
	.needs_window = true,
	.create = create,
	.show = show,
	.copies = copies,
	.release_slot = current_frame_release_slot,
	.repaint = repaint,
	.read = current_frame_read,
	.take_back = current_frame_take_back,
	.destroy = destroy,
};
