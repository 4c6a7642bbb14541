/* SPDX-License-Identifier: MIT */
#include "x11_renderer.h"

#include <string.h>

#include "x11_clip.h"
#include "x11_display.h"
#include "x11_scaler.h"

#define CHECKER_TILE (2 * CHECKER_SQUARE)
#define TO_16_BITS 257

void x11_renderer_init(struct x11_renderer *renderer, const struct x11_display *display)
{
	xcb_connection_t *connection = display->connection;
	uint32_t no_exposures = 0;

	*renderer = (struct x11_renderer){ 0 };
	renderer->gc = xcb_generate_id(connection);
	xcb_create_gc(connection, renderer->gc, display->window, XCB_GC_GRAPHICS_EXPOSURES,
	              &no_exposures);
	renderer->window = xcb_generate_id(connection);
	xcb_render_create_picture(connection, renderer->window, display->window, display->opaque, 0,
	                          NULL);
}

/* ---- Comparing scenes ---------------------------------------------------------------------- */

static bool panels_equal(const struct scene *a, const struct scene *b)
{
	bool equal = a->panel_count == b->panel_count;

	for (size_t i = 0; i < a->panel_count && equal; i++)
		equal = area_equals(a->panels[i].area, b->panels[i].area) &&
		        a->panels[i].revision == b->panels[i].revision;
	return equal;
}

static bool scenes_equal(const struct scene *a, const struct scene *b)
{
	return size_equals(a->window, b->window) && area_equals(a->source, b->source) &&
	       area_equals(a->target, b->target) && a->smooth == b->smooth &&
	       a->stale == b->stale && a->background.checker == b->background.checker &&
	       a->background.colour == b->background.colour && panels_equal(a, b);
}

/* ---- Clipping ------------------------------------------------------------------------------ */

static struct area whole(const struct scene *scene)
{
	return (struct area){ 0, 0, scene->window.width, scene->window.height };
}

static size_t rectangles_around(struct area area, const struct panel *panels, size_t count,
                                xcb_rectangle_t rectangles[CLIP_MAX])
{
	struct area areas[CLIP_MAX];
	size_t rectangle_count = clip_around(area, panels, count, areas);

	for (size_t i = 0; i < rectangle_count; i++)
		rectangles[i] =
			(xcb_rectangle_t){ (int16_t)areas[i].x, (int16_t)areas[i].y,
			                   (uint16_t)areas[i].width, (uint16_t)areas[i].height };
	return rectangle_count;
}

static void clip_out_panels(const struct x11_renderer *renderer, const struct x11_display *display,
                            const struct scene *scene)
{
	xcb_rectangle_t rectangles[CLIP_MAX];
	uint32_t count = (uint32_t)rectangles_around(whole(scene), scene->panels,
	                                             scene->panel_count, rectangles);

	xcb_set_clip_rectangles(display->connection, XCB_CLIP_ORDERING_UNSORTED, renderer->gc, 0, 0,
	                        count, rectangles);
	xcb_render_set_picture_clip_rectangles(display->connection, renderer->window, 0, 0, count,
	                                       rectangles);
}

bool x11_renderer_is_direct(const struct scene *scene, bool alpha)
{
	return !alpha && !scene->stale && scene->source.width == scene->target.width &&
	       scene->source.height == scene->target.height;
}

bool x11_renderer_begin(struct x11_renderer *renderer, const struct x11_display *display,
                        const struct scene *scene, bool all)
{
	if (renderer->has_last_scene && !all && scenes_equal(&renderer->last_scene, scene))
		return false;
	clip_out_panels(renderer, display, scene);
	renderer->last_scene = *scene;
	renderer->has_last_scene = true;
	return true;
}

/* ---- Layers -------------------------------------------------------------------------------- */

static int create_checker(struct x11_renderer *renderer, const struct x11_display *display,
                          const struct background *background)
{
	uint32_t pixels[CHECKER_TILE * CHECKER_TILE];

	if (renderer->checker.pixmap)
		return 0;
	int error = x11_image_resize(&renderer->checker, display, CHECKER_TILE, CHECKER_TILE,
	                             X11_DEPTH);
	if (error)
		return error;
	for (int i = 0; i < CHECKER_TILE * CHECKER_TILE; i++)
		pixels[i] = background_at(*background, i % CHECKER_TILE, i / CHECKER_TILE);
	x11_image_write(&renderer->checker, display, pixels, CHECKER_TILE, CHECKER_TILE);
	return 0;
}

static int fill_background(struct x11_renderer *renderer, const struct x11_display *display,
                           xcb_drawable_t onto, xcb_gcontext_t gc,
                           const struct background *background, const xcb_rectangle_t *rectangles,
                           size_t count)
{
	xcb_connection_t *connection = display->connection;

	if (background->checker) {
		int error = create_checker(renderer, display, background);

		if (error)
			return error;
		const uint32_t values[] = { XCB_FILL_STYLE_TILED, renderer->checker.pixmap };
		xcb_change_gc(connection, gc, XCB_GC_FILL_STYLE | XCB_GC_TILE, values);
	} else {
		const uint32_t values[] = { background->colour, XCB_FILL_STYLE_SOLID };
		xcb_change_gc(connection, gc, XCB_GC_FOREGROUND | XCB_GC_FILL_STYLE, values);
	}
	xcb_poly_fill_rectangle(connection, onto, gc, (uint32_t)count, rectangles);
	return 0;
}

static void mark_stale(const struct x11_renderer *renderer, const struct x11_display *display,
                       const struct scene *scene)
{
	const uint16_t grey = STALE_BAR_GREY * TO_16_BITS;
	const xcb_render_color_t dim = { 0, 0, 0, STALE_DIM_ALPHA * TO_16_BITS };
	const xcb_render_color_t bar = { grey, grey, grey, UINT16_MAX };
	uint16_t width = (uint16_t)scene->window.width;
	xcb_rectangle_t all = { 0, 0, width, (uint16_t)scene->window.height };
	xcb_rectangle_t lower_edge = { 0, (int16_t)(scene->window.height - STALE_BAR_PIXELS), width,
		                       STALE_BAR_PIXELS };

	xcb_render_fill_rectangles(display->connection, XCB_RENDER_PICT_OP_OVER,
	                           renderer->back.picture, dim, 1, &all);
	xcb_render_fill_rectangles(display->connection, XCB_RENDER_PICT_OP_SRC,
	                           renderer->back.picture, bar, 1, &lower_edge);
}

static int draw_panel(struct x11_renderer *renderer, const struct x11_display *display,
                      const struct panel *panel, size_t number)
{
	struct x11_image *image = &renderer->panel[number];
	bool is_sent = image->pixmap && renderer->revision[number] == panel->revision;
	int error =
		x11_image_resize(image, display, panel->area.width, panel->area.height, X11_DEPTH);

	if (error)
		return error;
	if (!is_sent)
		x11_image_write(image, display, panel->pixels, image->width, image->height);
	renderer->revision[number] = panel->revision;
	xcb_copy_area(display->connection, image->pixmap, display->window, display->gc, 0, 0,
	              (int16_t)panel->area.x, (int16_t)panel->area.y, (uint16_t)image->width,
	              (uint16_t)image->height);
	return 0;
}

/* ---- Drawing ------------------------------------------------------------------------------- */

static int draw_to_back_buffer(struct x11_renderer *renderer, const struct x11_display *display,
                               struct x11_scaler *scaler, const struct scene *scene,
                               struct area visible)
{
	struct x11_image *back = &renderer->back;
	xcb_rectangle_t all = { 0, 0, (uint16_t)scene->window.width,
		                (uint16_t)scene->window.height };
	int error = x11_image_resize(back, display, all.width, all.height, X11_DEPTH);

	if (!error)
		error = fill_background(renderer, display, back->pixmap, back->gc,
		                        &scene->background, &all, 1);
	if (!error)
		error = x11_scaler_draw(scaler, display, back->picture, scene->source,
		                        scene->target, visible, scene->smooth);
	if (error)
		return error;
	if (scene->stale)
		mark_stale(renderer, display, scene);
	xcb_copy_area(display->connection, back->pixmap, display->window, renderer->gc, 0, 0, 0, 0,
	              all.width, all.height);
	return 0;
}

int x11_renderer_draw(struct x11_renderer *renderer, const struct x11_display *display,
                      struct x11_scaler *scaler, const struct scene *scene)
{
	struct area visible = clip_to_window(scene->target, scene->window);

	if (scene->stale || x11_scaler_has_alpha(scaler))
		return draw_to_back_buffer(renderer, display, scaler, scene, visible);
	return x11_scaler_draw(scaler, display, renderer->window, scene->source, scene->target,
	                       visible, scene->smooth);
}

static int draw_beside_picture(struct x11_renderer *renderer, const struct x11_display *display,
                               const struct scene *scene)
{
	const struct panel picture = { .area = scene->target };
	xcb_rectangle_t rectangles[CLIP_MAX];
	size_t count = rectangles_around(whole(scene), &picture, 1, rectangles);

	return fill_background(renderer, display, display->window, renderer->gc, &scene->background,
	                       rectangles, count);
}

int x11_renderer_end(struct x11_renderer *renderer, const struct x11_display *display,
                     const struct scene *scene, bool alpha)
{
	int error = 0;

	if (!alpha && !scene->stale)
		error = draw_beside_picture(renderer, display, scene);
	for (size_t i = 0; i < scene->panel_count && !error; i++)
		error = draw_panel(renderer, display, &scene->panels[i], i);
	return error;
}
