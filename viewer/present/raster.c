/* SPDX-License-Identifier: MIT */
#include "raster.h"

#include <cairo.h>

static cairo_surface_t *surface_over(const struct raster *raster, cairo_format_t format)
{
	return cairo_image_surface_create_for_data(raster->pixels, format, raster->size.width,
	                                           raster->size.height, raster->stride_bytes);
}

static void set_colour(cairo_t *cairo, uint32_t rgb)
{
	cairo_set_source_rgb(cairo, (rgb >> 16 & 255) / 255.0, (rgb >> 8 & 255) / 255.0,
	                     (rgb & 255) / 255.0);
}

static void fill(cairo_t *cairo, struct area area)
{
	cairo_rectangle(cairo, area.x, area.y, area.width, area.height);
	cairo_fill(cairo);
}

static void draw_background(cairo_t *cairo, struct background background)
{
	enum { TILE = 2 * CHECKER_SQUARE };
	uint32_t pixels[TILE * TILE];
	const struct raster tile = { (uint8_t *)pixels, { TILE, TILE }, 4 * TILE };

	for (int i = 0; i < TILE * TILE; i++)
		pixels[i] = background_at(background, i % TILE, i / TILE);
	cairo_surface_t *surface = surface_over(&tile, CAIRO_FORMAT_RGB24);
	cairo_set_source_surface(cairo, surface, 0, 0);
	cairo_pattern_set_extend(cairo_get_source(cairo), CAIRO_EXTEND_REPEAT);
	cairo_paint(cairo);
	/* The context must not keep the surface: its pixels end with this function. */
	cairo_set_source_rgb(cairo, 0, 0, 0);
	cairo_surface_destroy(surface);
}

static bool covers(struct area area, struct size window)
{
	return area.x <= 0 && area.y <= 0 && area.x + area.width >= window.width &&
	       area.y + area.height >= window.height;
}

static cairo_pattern_t *pattern_of(const struct raster *picture, cairo_format_t format,
                                   const struct scene *scene)
{
	double x_scale = (double)scene->source.width / scene->target.width;
	double y_scale = (double)scene->source.height / scene->target.height;
	cairo_matrix_t matrix = {
		.xx = x_scale,
		.yy = y_scale,
		.x0 = scene->source.x - scene->target.x * x_scale,
		.y0 = scene->source.y - scene->target.y * y_scale,
	};
	cairo_surface_t *surface = surface_over(picture, format);
	cairo_pattern_t *pattern = cairo_pattern_create_for_surface(surface);

	cairo_pattern_set_matrix(pattern, &matrix);
	cairo_pattern_set_extend(pattern, CAIRO_EXTEND_PAD);
	cairo_pattern_set_filter(pattern,
	                         scene->smooth ? CAIRO_FILTER_BILINEAR : CAIRO_FILTER_NEAREST);
	cairo_surface_destroy(surface);
	return pattern;
}

/* Paints the colours through the alpha of the same pixels. */
static void fill_through_alpha(cairo_t *cairo, const struct raster *picture,
                               const struct scene *scene)
{
	cairo_pattern_t *mask = pattern_of(picture, CAIRO_FORMAT_ARGB32, scene);
	struct area target = scene->target;

	cairo_save(cairo);
	cairo_rectangle(cairo, target.x, target.y, target.width, target.height);
	cairo_clip(cairo);
	cairo_mask(cairo, mask);
	cairo_restore(cairo);
	cairo_pattern_destroy(mask);
}

static cairo_status_t draw_picture(cairo_t *cairo, const struct raster *picture,
                                   enum raster_alpha alpha, const struct scene *scene)
{
	cairo_format_t format =
		alpha == RASTER_PREMULTIPLIED ? CAIRO_FORMAT_ARGB32 : CAIRO_FORMAT_RGB24;
	cairo_pattern_t *colours = pattern_of(picture, format, scene);

	cairo_set_source(cairo, colours);
	cairo_pattern_destroy(colours);
	if (alpha == RASTER_STRAIGHT)
		fill_through_alpha(cairo, picture, scene);
	else
		fill(cairo, scene->target);
	return cairo_status(cairo);
}

static void mark_stale(cairo_t *cairo, struct size window)
{
	cairo_set_source_rgba(cairo, 0, 0, 0, STALE_DIM_ALPHA / 255.0);
	cairo_paint(cairo);
	set_colour(cairo, STALE_BAR_GREY * 0x010101);
	fill(cairo,
	     (struct area){ 0, window.height - STALE_BAR_PIXELS, window.width, STALE_BAR_PIXELS });
}

static void draw_panel(cairo_t *cairo, const struct panel *panel)
{
	const struct raster raster = {
		(uint8_t *)(uintptr_t)panel->pixels,
		{ panel->area.width, panel->area.height },
		4 * panel->area.width,
	};
	cairo_surface_t *surface = surface_over(&raster, CAIRO_FORMAT_RGB24);

	cairo_set_source_surface(cairo, surface, panel->area.x, panel->area.y);
	fill(cairo, panel->area);
	cairo_surface_destroy(surface);
}

const char *raster_draw_scene(const struct raster *target, const struct raster *picture,
                              enum raster_alpha alpha, const struct scene *scene)
{
	cairo_surface_t *surface = surface_over(target, CAIRO_FORMAT_RGB24);
	cairo_t *cairo = cairo_create(surface);

	/* All edges lie on pixel boundaries. */
	cairo_set_antialias(cairo, CAIRO_ANTIALIAS_NONE);
	if (alpha != RASTER_OPAQUE || !covers(scene->target, scene->window))
		draw_background(cairo, scene->background);
	cairo_status_t status = draw_picture(cairo, picture, alpha, scene);
	if (scene->stale)
		mark_stale(cairo, scene->window);
	for (size_t i = 0; i < scene->panel_count; i++)
		draw_panel(cairo, &scene->panels[i]);
	cairo_surface_flush(surface);
	cairo_destroy(cairo);
	cairo_surface_destroy(surface);
	return status == CAIRO_STATUS_SUCCESS ? NULL : cairo_status_to_string(status);
}
