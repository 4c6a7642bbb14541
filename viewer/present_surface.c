/* SPDX-License-Identifier: MIT
 *
 * The window's own surface, in memory: one copy, from the slot to the surface. */
#include <SDL.h>
#include <errno.h>
#include <stdlib.h>

#include "geometry.h"
#include "present.h"

struct surface_presenter {
	struct presenter_host *host;
	SDL_Surface *veil;
	SDL_Surface *picture; /* over the pixels of front while it is held, else over its own */
	SDL_Surface *flat;    /* the picture without alpha, in the window's format, to scale from */
	struct shmflip_frame front;
	bool front_held;
};

static int fail(struct surface_presenter *self, const char *what, int result)
{
	snprintf(self->host->reason, sizeof(self->host->reason), "%s: %s", what, SDL_GetError());
	return result;
}

static SDL_Surface *veil_create(void)
{
	SDL_Surface *veil = SDL_CreateRGBSurfaceWithFormat(0, 1, 1, 32, SDL_PIXELFORMAT_ARGB8888);

	if (veil)
		SDL_FillRect(veil, NULL, SDL_MapRGBA(veil->format, 0, 0, 0, STALE_VEIL_ALPHA));
	return veil;
}

static int create(struct presenter_host *host, void **state)
{
	struct surface_presenter *self = calloc(1, sizeof(*self));

	if (!self)
		return -ENOMEM;
	self->host = host;
	self->veil = veil_create();
	if (!self->veil || !SDL_GetWindowSurface(host->window)) {
		int result = fail(self, "no window surface", -ENODEV);
		SDL_FreeSurface(self->veil);
		free(self);
		return result;
	}
	*state = self;
	return 0;
}

static void give_front_back(struct surface_presenter *self)
{
	if (self->front_held)
		self->host->give_back(self->host->context, &self->front);
	self->front_held = false;
}

static SDL_Surface *surface_over(const struct shmflip_frame *frame)
{
	const struct shmflip_frame_info *info = &frame->info;
	bool opaque = info->format == SHMFLIP_FORMAT_XRGB8888;
	SDL_Surface *surface = SDL_CreateRGBSurfaceWithFormatFrom(
		(void *)(uintptr_t)frame->pixels, (int)info->width, (int)info->height, 32,
		(int)info->stride_bytes,
		opaque ? SDL_PIXELFORMAT_RGB888 : SDL_PIXELFORMAT_ARGB8888);

	if (surface)
		SDL_SetSurfaceBlendMode(surface, opaque ? SDL_BLENDMODE_NONE : SDL_BLENDMODE_BLEND);
	return surface;
}

static bool is_opaque(const SDL_Surface *picture)
{
	return picture->format->Amask == 0;
}

static bool flat_fits(const SDL_Surface *flat, const SDL_Surface *picture, Uint32 format)
{
	return flat && flat->w == picture->w && flat->h == picture->h &&
	       flat->format->format == format;
}

/* What scaling can start from: it neither blends nor converts. */
static SDL_Surface *flattened(struct surface_presenter *self, SDL_Surface *picture, Uint32 format)
{
	if (picture->format->format == format)
		return picture;
	if (!flat_fits(self->flat, picture, format)) {
		SDL_FreeSurface(self->flat);
		self->flat = SDL_CreateRGBSurfaceWithFormat(0, picture->w, picture->h, 32, format);
		if (!self->flat)
			return NULL;
	}
	SDL_FillRect(self->flat, NULL, 0);
	return SDL_BlitSurface(picture, NULL, self->flat, NULL) == 0 ? self->flat : NULL;
}

static bool draw(struct surface_presenter *self, SDL_Surface *picture, SDL_Surface *target)
{
	struct area area = geometry_fit((struct size){ picture->w, picture->h },
	                                (struct size){ target->w, target->h });
	SDL_Rect rect = { area.x, area.y, area.width, area.height };

	if (!is_opaque(picture) || area.width < target->w || area.height < target->h)
		SDL_FillRect(target, NULL, SDL_MapRGB(target->format, 0, 0, 0));
	if (area.width == picture->w && area.height == picture->h)
		return SDL_BlitSurface(picture, NULL, target, &rect) == 0;
	SDL_Surface *source = flattened(self, picture, target->format->format);
	return source && (SDL_SoftStretchLinear(source, NULL, target, &rect) == 0 ||
	                  SDL_BlitScaled(source, NULL, target, &rect) == 0);
}

static void mark_stale(struct surface_presenter *self, SDL_Surface *target)
{
	SDL_Rect bar = { 0, target->h - STALE_BAR_PIXELS, target->w, STALE_BAR_PIXELS };

	SDL_BlitScaled(self->veil, NULL, target, NULL);
	SDL_FillRect(target, &bar,
	             SDL_MapRGB(target->format, STALE_BAR_GREY, STALE_BAR_GREY, STALE_BAR_GREY));
}

static int paint(struct surface_presenter *self, SDL_Surface *picture, bool stale)
{
	SDL_Surface *target = SDL_GetWindowSurface(self->host->window);

	if (!target)
		return fail(self, "no window surface", -EIO);
	if (!draw(self, picture, target))
		return fail(self, "cannot draw", -EIO);
	if (stale)
		mark_stale(self, target);
	if (SDL_UpdateWindowSurface(self->host->window) != 0)
		return fail(self, "cannot update the window", -EIO);
	return 0;
}

static int show(void *state, const struct shmflip_frame *frame)
{
	struct surface_presenter *self = state;
	SDL_Surface *picture = surface_over(frame);

	if (!picture)
		return fail(self, "no surface over the frame", -ENOMEM);
	int result = paint(self, picture, false);
	if (result < 0) {
		SDL_FreeSurface(picture);
		return result;
	}
	SDL_FreeSurface(self->picture);
	give_front_back(self);
	self->picture = picture;
	self->front = *frame;
	self->front_held = true;
	return 0;
}

static int keep(void *state)
{
	struct surface_presenter *self = state;

	if (!self->front_held)
		return 0;
	SDL_Surface *copy = SDL_DuplicateSurface(self->picture);
	if (!copy)
		return fail(self, "no memory for the picture", -ENOMEM);
	SDL_FreeSurface(self->picture);
	self->picture = copy;
	give_front_back(self);
	return 0;
}

static int repaint(void *state, bool stale)
{
	struct surface_presenter *self = state;

	return paint(self, self->picture, stale);
}

static void destroy(void *state)
{
	struct surface_presenter *self = state;

	if (!self)
		return;
	give_front_back(self);
	SDL_FreeSurface(self->flat);
	SDL_FreeSurface(self->picture);
	SDL_FreeSurface(self->veil);
	free(self);
}

const struct presenter presenter_surface = {
	.name = "surface",
	.copies_per_frame = 1,
	.needs_window = true,
	.create = create,
	.show = show,
	.keep = keep,
	.repaint = repaint,
	.destroy = destroy,
};
