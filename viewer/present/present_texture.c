/* SPDX-License-Identifier: MIT
 *
 * A texture of SDL's renderer: one copy, the upload from the slot, which is done when the call
 * returns; and one more, to the window, where no graphics processor does that. The frame is held
 * nevertheless, for whoever wants to read its pixels. */
#include <SDL.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "current_frame.h"
#include "present.h"

#define GL_RENDERER 0x1f01

/* A texture and what it was filled with. */
struct sheet {
	SDL_Texture *texture;
	struct size size;
	uint64_t revision;
};

struct texture_presenter {
	struct presenter_host *host;
	SDL_Renderer *renderer;
	bool in_software; /* it draws in this process */
	struct sheet front;
	struct sheet behind; /* the background, where it is no plain colour */
	struct sheet panels[SCENE_PANELS_MAX];
	struct current_frame picture;
};

static int fail(struct texture_presenter *self, const char *what, int result)
{
	snprintf(self->host->reason, sizeof(self->host->reason), "%s: %s", what, SDL_GetError());
	return result;
}

/* OpenGL has an implementation by the processor, whose name it must be asked for. */
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

static int create(struct presenter_host *host, void **state)
{
	struct texture_presenter *self = calloc(1, sizeof(*self));

	if (!self) {
		snprintf(host->reason, sizeof(host->reason), "no memory");
		return -ENOMEM;
	}
	self->host = host;
	self->picture.host = host;
	self->renderer = SDL_CreateRenderer(host->window, -1, 0);
	if (!self->renderer) {
		int result = fail(self, "no renderer", -ENODEV);
		free(self);
		return result;
	}
	self->in_software = draws_in_software(self->renderer);
	*state = self;
	return 0;
}

/* ---- Textures ----------------------------------------------------------------------------- */

static bool same_size(struct size a, struct size b)
{
	return a.width == b.width && a.height == b.height;
}

static bool sheet_resize(struct texture_presenter *self, struct sheet *sheet, struct size size)
{
	if (sheet->texture && same_size(sheet->size, size))
		return true;
	if (sheet->texture)
		SDL_DestroyTexture(sheet->texture);
	*sheet = (struct sheet){ .size = size };
	sheet->texture = SDL_CreateTexture(self->renderer, SDL_PIXELFORMAT_ARGB8888,
	                                   SDL_TEXTUREACCESS_STREAMING, size.width, size.height);
	return sheet->texture;
}

static bool update_panel(struct texture_presenter *self, struct sheet *sheet,
                         const struct panel *panel)
{
	const struct size size = { panel->area.width, panel->area.height };

	if (sheet->texture && same_size(sheet->size, size) && sheet->revision == panel->revision)
		return true;
	if (!sheet_resize(self, sheet, size) ||
	    SDL_UpdateTexture(sheet->texture, NULL, panel->pixels, 4 * size.width) != 0)
		return false;
	sheet->revision = panel->revision;
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

static bool update_behind(struct texture_presenter *self, struct size window)
{
	if (self->behind.texture && same_size(self->behind.size, window))
		return true;
	return sheet_resize(self, &self->behind, window) &&
	       fill_with_checker(self->behind.texture, window);
}

static int upload(struct texture_presenter *self, const struct shmflip_frame *frame)
{
	bool opaque = frame->info.format == SHMFLIP_FORMAT_XRGB8888;
	struct size size = { (int)frame->info.width, (int)frame->info.height };

	if (!sheet_resize(self, &self->front, size))
		return fail(self, "no texture", -ENOMEM);
	SDL_SetTextureBlendMode(self->front.texture,
	                        opaque ? SDL_BLENDMODE_NONE : SDL_BLENDMODE_BLEND);
	if (SDL_UpdateTexture(self->front.texture, NULL, frame->pixels,
	                      (int)frame->info.stride_bytes) != 0)
		return fail(self, "cannot update the texture", -EIO);
	return 0;
}

/* ---- Drawing ------------------------------------------------------------------------------ */

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
	return update_behind(self, scene->window) &&
	       SDL_RenderCopy(self->renderer, self->behind.texture, NULL, NULL) == 0;
}

static bool draw_picture(struct texture_presenter *self, const struct scene *scene)
{
	SDL_Rect source = rect_of(scene->source), target = rect_of(scene->target);

	SDL_SetTextureScaleMode(self->front.texture,
	                        scene->smooth ? SDL_ScaleModeLinear : SDL_ScaleModeNearest);
	return SDL_RenderCopy(self->renderer, self->front.texture, &source, &target) == 0;
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

static int repaint(void *state, const struct scene *scene)
{
	struct texture_presenter *self = state;

	if (!draw_background(self, scene) || !draw_picture(self, scene))
		return fail(self, "cannot draw", -EIO);
	if (scene->stale)
		mark_stale(self->renderer, scene->window);
	if (!draw_panels(self, scene))
		return fail(self, "cannot draw a panel", -EIO);
	SDL_RenderPresent(self->renderer);
	return 0;
}

/* ---- The presenter ------------------------------------------------------------------------ */

static int show(void *state, const struct shmflip_frame *frame, const struct scene *scene)
{
	struct texture_presenter *self = state;
	int result = upload(self, frame);

	if (result == 0)
		result = repaint(self, scene);
	if (result < 0)
		return result;
	self->host->on_screen(self->host->context, &frame->info, monotonic_now_ns());
	current_frame_set(&self->picture, frame);
	return 0;
}

static unsigned copies(void *state)
{
	const struct texture_presenter *self = state;

	return self->in_software ? 2 : 1;
}

static int release_slot(void *state)
{
	struct texture_presenter *self = state;

	return current_frame_copy(&self->picture);
}

static int read_pixels(void *state, struct area area, uint32_t *pixels)
{
	struct texture_presenter *self = state;

	return current_frame_read(&self->picture, area, pixels);
}

static bool take_back(void *state, struct shmflip_frame *frame)
{
	struct texture_presenter *self = state;

	return current_frame_take_back(&self->picture, frame);
}

static void destroy(void *state)
{
	struct texture_presenter *self = state;

	if (!self)
		return;
	current_frame_finish(&self->picture);
	/* Takes its textures along. */
	SDL_DestroyRenderer(self->renderer);
	free(self);
}

const struct presenter presenter_texture = {
	.name = "texture",
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
