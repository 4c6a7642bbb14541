/* SPDX-License-Identifier: MIT
 *
 * A texture of SDL's renderer: one copy, the upload from the slot, which is done when the call
 * returns. The texture then has the picture, so a frame is given back as soon as it is shown. */
#include <SDL.h>
#include <errno.h>
#include <stdlib.h>

#include "geometry.h"
#include "present.h"

struct texture_presenter {
	struct presenter_host *host;
	SDL_Renderer *renderer;
	SDL_Texture *texture;
	struct size size; /* of the texture */
};

static int fail(struct texture_presenter *self, const char *what, int result)
{
	snprintf(self->host->reason, sizeof(self->host->reason), "%s: %s", what, SDL_GetError());
	return result;
}

static int create(struct presenter_host *host, void **state)
{
	struct texture_presenter *self = calloc(1, sizeof(*self));

	if (!self)
		return -ENOMEM;
	self->host = host;
	self->renderer = SDL_CreateRenderer(host->window, -1, 0);
	if (!self->renderer) {
		int result = fail(self, "no renderer", -ENODEV);
		free(self);
		return result;
	}
	*state = self;
	return 0;
}

static int resize(struct texture_presenter *self, struct size size)
{
	if (self->texture && self->size.width == size.width && self->size.height == size.height)
		return 0;
	SDL_DestroyTexture(self->texture);
	self->texture = SDL_CreateTexture(self->renderer, SDL_PIXELFORMAT_ARGB8888,
	                                  SDL_TEXTUREACCESS_STREAMING, size.width, size.height);
	if (!self->texture)
		return fail(self, "no texture", -ENOMEM);
	SDL_SetTextureScaleMode(self->texture, SDL_ScaleModeLinear);
	self->size = size;
	return 0;
}

static int upload(struct texture_presenter *self, const struct shmflip_frame *frame)
{
	bool opaque = frame->info.format == SHMFLIP_FORMAT_XRGB8888;

	SDL_SetTextureBlendMode(self->texture, opaque ? SDL_BLENDMODE_NONE : SDL_BLENDMODE_BLEND);
	if (SDL_UpdateTexture(self->texture, NULL, frame->pixels, (int)frame->info.stride_bytes))
		return fail(self, "cannot update the texture", -EIO);
	return 0;
}

static void mark_stale(SDL_Renderer *renderer, struct size window)
{
	SDL_Rect bar = { 0, window.height - STALE_BAR_PIXELS, window.width, STALE_BAR_PIXELS };

	SDL_SetRenderDrawBlendMode(renderer, SDL_BLENDMODE_BLEND);
	SDL_SetRenderDrawColor(renderer, 0, 0, 0, STALE_VEIL_ALPHA);
	SDL_RenderFillRect(renderer, NULL);
	SDL_SetRenderDrawColor(renderer, STALE_BAR_GREY, STALE_BAR_GREY, STALE_BAR_GREY, 255);
	SDL_RenderFillRect(renderer, &bar);
}

static int repaint(void *state, bool stale)
{
	struct texture_presenter *self = state;
	struct size window;

	if (SDL_GetRendererOutputSize(self->renderer, &window.width, &window.height) != 0)
		return fail(self, "no size of the window", -EIO);
	struct area area = geometry_fit(self->size, window);
	SDL_Rect rect = { area.x, area.y, area.width, area.height };
	SDL_SetRenderDrawColor(self->renderer, 0, 0, 0, 255);
	SDL_RenderClear(self->renderer);
	if (SDL_RenderCopy(self->renderer, self->texture, NULL, &rect) != 0)
		return fail(self, "cannot draw", -EIO);
	if (stale)
		mark_stale(self->renderer, window);
	SDL_RenderPresent(self->renderer);
	return 0;
}

static int show(void *state, const struct shmflip_frame *frame)
{
	struct texture_presenter *self = state;
	struct shmflip_frame shown = *frame;
	int result = resize(self, (struct size){ (int)frame->info.width, (int)frame->info.height });

	if (result == 0)
		result = upload(self, frame);
	if (result == 0)
		result = repaint(self, false);
	if (result == 0)
		self->host->give_back(self->host->context, &shown);
	return result;
}

static int keep(void *state)
{
	(void)state;
	return 0;
}

static void destroy(void *state)
{
	struct texture_presenter *self = state;

	if (!self)
		return;
	SDL_DestroyTexture(self->texture);
	SDL_DestroyRenderer(self->renderer);
	free(self);
}

const struct presenter presenter_texture = {
	.name = "texture",
	.copies_per_frame = 1,
	.needs_window = true,
	.create = create,
	.show = show,
	.keep = keep,
	.repaint = repaint,
	.destroy = destroy,
};
