/* SPDX-License-Identifier: MIT */
#include "icon.h"

#include <SDL.h>
#include <cairo.h>

#define SIDE 64

static void draw_frame(cairo_t *cairo, double x, double y, uint32_t colour)
{
	cairo_rectangle(cairo, x, y, 40, 30);
	cairo_set_source_rgb(cairo, (colour >> 16 & 255) / 255.0, (colour >> 8 & 255) / 255.0,
	                     (colour & 255) / 255.0);
	cairo_fill_preserve(cairo);
	cairo_set_source_rgb(cairo, 1, 1, 1);
	cairo_set_line_width(cairo, 4);
	cairo_stroke(cairo);
}

static void draw(cairo_t *cairo)
{
	draw_frame(cairo, 19, 7, 0x7c8799);
	draw_frame(cairo, 5, 25, 0x2166ac);
	/* The symbol for "play", on the front frame. */
	cairo_move_to(cairo, 19, 32);
	cairo_line_to(cairo, 19, 48);
	cairo_line_to(cairo, 33, 40);
	cairo_close_path(cairo);
	cairo_fill(cairo);
}

void icon_set(SDL_Window *window)
{
	cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, SIDE, SIDE);
	cairo_t *cairo = cairo_create(surface);

	draw(cairo);
	cairo_surface_flush(surface);
	/* cairo's alpha is premultiplied and SDL's is not. They differ only at smoothed edges, and
	 * those of the triangle lie on an opaque background. */
	SDL_Surface *icon = SDL_CreateRGBSurfaceWithFormatFrom(
		cairo_image_surface_get_data(surface), SIDE, SIDE, 32,
		cairo_image_surface_get_stride(surface), SDL_PIXELFORMAT_ARGB8888);
	if (icon)
		SDL_SetWindowIcon(window, icon);
	SDL_FreeSurface(icon);
	cairo_destroy(cairo);
	cairo_surface_destroy(surface);
}
