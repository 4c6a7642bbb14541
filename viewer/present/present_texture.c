/* SPDX-License-Identifier: MIT
 *
 * Shows frames as a texture of SDL's renderer. That takes one copy, the upload from the slot, which
 * is complete when the call returns. Without a graphics processor, drawing to the window is another
 * copy, and so is reducing a frame that is too large for a texture. The presenter holds the frame
 * nevertheless, for read(). */
#include <SDL.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "current_frame.h"
#include "present.h"
#include "reduction.h"

#define GL_RENDERER 0x1f01
#define SIDE_MAX 16384 /* of a texture, if the renderer tells no limit */

/* A texture, and what it contains. */
struct layer {
	SDL_Texture *texture;
	struct size size;
	bool opaque;       /* its format has no alpha: the fourth byte is ignored */
	uint64_t revision; /* of a panel's pixels */
};

struct texture_presenter {
	struct current_frame current;
	SDL_Renderer *renderer;
	bool in_software; /* the renderer draws in this process */
	int side_max;     /* of a texture */
	bool reduced;     /* picture is a reduction of the current one, for one drawing */
	struct layer picture;
	struct layer checker; /* the background, if it is not a plain colour */
	struct layer panels[SCENE_PANELS_MAX];
};

_Static_assert(offsetof(struct texture_presenter, current) == 0, "see current_frame.h");

static int fail(struct texture_presenter *self, int error, const char *what)
{
	return presenter_fail_in_sdl(self->current.host, error, what);
}

/* OpenGL may run on the processor. Only the name of its renderer tells. */
static bool is_opengl_in_software(void)
{
	static const char *const names[] = { "llvmpipe", "softpipe", "swrast", "SwiftShader",
		                             "Software" };
	typedef const unsigned char *(*get_string_function)(unsigned name);
	get_string_function get_string =
		(get_string_function)(uintptr_t)SDL_GL_GetProcAddress("glGetString");
	const char *renderer = get_string ? (const char *)get_string(GL_RENDERER) : NULL;

	for (size_t i = 0; renderer && i < SDL_arraysize(names); i++) {
		if (SDL_strcasestr(renderer, names[i]))
			return true;
	}
	return false;
}

static bool draws_in_software(SDL_Renderer *renderer)
{
	SDL_RendererInfo info;

	if (SDL_GetRendererInfo(renderer, &info) != 0)
		return true;
	if (info.flags & SDL_RENDERER_SOFTWARE)
		return true;
	return SDL_strncmp(info.name, "opengl", strlen("opengl")) == 0 && is_opengl_in_software();
}

static int texture_side_max(SDL_Renderer *renderer)
{
	SDL_RendererInfo info;

	if (SDL_GetRendererInfo(renderer, &info) != 0 || info.max_texture_width <= 0 ||
	    info.max_texture_height <= 0)
		return SIDE_MAX;
	return SDL_min(info.max_texture_width, info.max_texture_height);
}

static int create(struct presenter_host *host, void **state)
{
	struct texture_presenter *self = calloc(1, sizeof(*self));

	if (!self)
		return presenter_fail(host, -ENOMEM, "out of memory");
	self->current.host = host;
	self->renderer = SDL_CreateRenderer(host->window, -1, 0);
	if (!self->renderer) {
		free(self);
		return presenter_fail_in_sdl(host, -ENODEV, "SDL has no renderer for this window");
	}
	self->in_software = draws_in_software(self->renderer);
	self->side_max = texture_side_max(self->renderer);
	*state = self;
	return 0;
}

/* ---- Textures ------------------------------------------------------------------------------ */

static bool layer_fits(const struct layer *layer, struct size size, bool opaque)
{
	return layer->texture && size_equals(layer->size, size) && layer->opaque == opaque;
}

static bool reshape_layer(struct texture_presenter *self, struct layer *layer, struct size size,
                          bool opaque)
{
	if (layer_fits(layer, size, opaque))
		return true;
	if (layer->texture)
		SDL_DestroyTexture(layer->texture);
	*layer = (struct layer){ .size = size, .opaque = opaque };
	layer->texture = SDL_CreateTexture(
		self->renderer, opaque ? SDL_PIXELFORMAT_RGB888 : SDL_PIXELFORMAT_ARGB8888,
		SDL_TEXTUREACCESS_STREAMING, size.width, size.height);
	if (!layer->texture)
		return false;
	SDL_SetTextureBlendMode(layer->texture, opaque ? SDL_BLENDMODE_NONE : SDL_BLENDMODE_BLEND);
	return true;
}

static bool update_panel(struct texture_presenter *self, struct layer *layer,
                         const struct panel *panel)
{
	const struct size size = { panel->area.width, panel->area.height };

	if (layer_fits(layer, size, true) && layer->revision == panel->revision)
		return true;
	if (!reshape_layer(self, layer, size, true) ||
	    SDL_UpdateTexture(layer->texture, NULL, panel->pixels, 4 * size.width) != 0)
		return false;
	layer->revision = panel->revision;
	return true;
}

static bool fill_with_checker(SDL_Texture *texture, struct size size)
{
	const struct background checker = { .checker = true };
	void *pixels;
	int stride_bytes;

	if (SDL_LockTexture(texture, NULL, &pixels, &stride_bytes) != 0)
		return false;
	for (int y = 0; y < size.height; y++) {
		uint32_t *row = (void *)((uint8_t *)pixels + (size_t)y * (size_t)stride_bytes);
		for (int x = 0; x < size.width; x++)
			row[x] = background_at(checker, x, y);
	}
	SDL_UnlockTexture(texture);
	return true;
}

static bool update_checker(struct texture_presenter *self, struct size window)
{
	if (layer_fits(&self->checker, window, true))
		return true;
	return reshape_layer(self, &self->checker, window, true) &&
	       fill_with_checker(self->checker.texture, window);
}

static int upload(struct texture_presenter *self, const struct picture *picture)
{
	struct size size = { (int)picture->info.width, (int)picture->info.height };

	if (!reshape_layer(self, &self->picture, size, picture->info.opaque))
		return fail(self, -ENOMEM, "no texture");
	if (SDL_UpdateTexture(self->picture.texture, NULL, picture->pixels,
	                      (int)picture->stride_bytes) != 0)
		return fail(self, -EIO, "cannot update the texture");
	return 0;
}

/* ---- Drawing ------------------------------------------------------------------------------- */

static SDL_Rect rect_of(struct area area)
{
	return (SDL_Rect){ area.x, area.y, area.width, area.height };
}

static bool draw_background(struct texture_presenter *self, const struct scene *scene)
{
	uint32_t colour = background_at(scene->background, 0, 0);

	SDL_SetRenderDrawColor(self->renderer, colour >> 16 & 255, colour >> 8 & 255, colour & 255,
	                       255);
	if (SDL_RenderClear(self->renderer) != 0)
		return false;
	if (!scene->background.checker)
		return true;
	return update_checker(self, scene->window) &&
	       SDL_RenderCopy(self->renderer, self->checker.texture, NULL, NULL) == 0;
}

static bool draw_picture(struct texture_presenter *self, const struct scene *scene)
{
	SDL_Rect source = rect_of(scene->source), target = rect_of(scene->target);

	SDL_SetTextureScaleMode(self->picture.texture,
	                        scene->smooth ? SDL_ScaleModeLinear : SDL_ScaleModeNearest);
	return SDL_RenderCopy(self->renderer, self->picture.texture, &source, &target) == 0;
}

static void mark_stale(SDL_Renderer *renderer, struct size window)
{
	SDL_Rect bar = { 0, window.height - STALE_BAR_PIXELS, window.width, STALE_BAR_PIXELS };

	SDL_SetRenderDrawBlendMode(renderer, SDL_BLENDMODE_BLEND);
	SDL_SetRenderDrawColor(renderer, 0, 0, 0, STALE_DIM_ALPHA);
	SDL_RenderFillRect(renderer, NULL);
	SDL_SetRenderDrawColor(renderer, STALE_BAR_GREY, STALE_BAR_GREY, STALE_BAR_GREY, 255);
	SDL_RenderFillRect(renderer, &bar);
}

static bool draw_panels(struct texture_presenter *self, const struct scene *scene)
{
	for (size_t i = 0; i < scene->panel_count; i++) {
		SDL_Rect target = rect_of(scene->panels[i].area);

		if (!update_panel(self, &self->panels[i], &scene->panels[i]) ||
		    SDL_RenderCopy(self->renderer, self->panels[i].texture, NULL, &target) != 0)
			return false;
	}
	return true;
}

static int draw(struct texture_presenter *self, const struct scene *scene)
{
	if (!draw_background(self, scene) || !draw_picture(self, scene))
		return fail(self, -EIO, "cannot draw");
	if (scene->stale)
		mark_stale(self->renderer, scene->window);
	if (!draw_panels(self, scene))
		return fail(self, -EIO, "cannot draw a panel");
	SDL_RenderPresent(self->renderer);
	return 0;
}

static int upload_and_draw(struct texture_presenter *self, const struct picture *picture,
                           const struct scene *scene)
{
	int error = upload(self, picture);

	return error ? error : draw(self, scene);
}

static int draw_reduced(struct texture_presenter *self, const struct picture *picture,
                        const struct scene *scene)
{
	struct reduction reduction;

	if (reduction_init(&reduction, picture, scene, self->side_max) < 0)
		return presenter_fail(self->current.host, -ENOMEM, "out of memory for the picture");
	int error = upload_and_draw(self, &reduction.picture, &reduction.scene);
	reduction_finish(&reduction);
	return error;
}

/* ---- The presenter ------------------------------------------------------------------------- */

static int repaint(void *state, const struct scene *scene)
{
	struct texture_presenter *self = state;

	if (self->reduced)
		return draw_reduced(self, &self->current.picture, scene);
	return draw(self, scene);
}

static int show(void *state, const struct picture *picture, const struct scene *scene)
{
	struct texture_presenter *self = state;

	self->reduced = reduction_is_needed(&picture->info, self->side_max);
	int error = self->reduced ? draw_reduced(self, picture, scene)
	                          : upload_and_draw(self, picture, scene);
	if (error)
		return error;
	current_frame_replace(&self->current, picture);
	return 0;
}

static unsigned copies(void *state)
{
	const struct texture_presenter *self = state;

	return 1U + self->in_software + self->reduced;
}

static void destroy(void *state)
{
	struct texture_presenter *self = state;

	if (!self)
		return;
	current_frame_finish(&self->current);
	/* Destroys its textures too. */
	SDL_DestroyRenderer(self->renderer);
	free(self);
}

const struct presenter presenter_texture = {
	.name = "texture",
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
