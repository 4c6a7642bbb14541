/* SPDX-License-Identifier: MIT */
#include "text.h"

#include <errno.h>
#include <pango/pangocairo.h>
#include <stdlib.h>

#define FONT_PIXELS_MIN 8

/* Brightness, of 1. */
#define BACKGROUND 0.11
#define BORDER 0.35
#define LABEL 0.66
#define TEXT 0.95

struct column {
	PangoLayout *layout; /* NULL: no such column */
	struct size size;
};

struct page {
	struct column columns[2];
	int margin;
	int gap; /* between the columns */
	struct size size;
};

static struct column column_create(PangoContext *context, const char *text, double font_pixels)
{
	struct column column = { 0 };
	PangoFontDescription *font;
	char *valid;

	if (!text)
		return column;
	column.layout = pango_layout_new(context);
	font = pango_font_description_from_string("Sans");
	pango_font_description_set_absolute_size(font, font_pixels * PANGO_SCALE);
	pango_layout_set_font_description(column.layout, font);
	pango_font_description_free(font);
	valid = g_utf8_make_valid(text, -1);
	pango_layout_set_text(column.layout, valid, -1);
	g_free(valid);
	pango_layout_get_pixel_size(column.layout, &column.size.width, &column.size.height);
	return column;
}

static struct page page_create(const char *left, const char *right, double font_pixels)
{
	PangoContext *context = pango_font_map_create_context(pango_cairo_font_map_get_default());
	struct page page = {
		.columns = { column_create(context, left, font_pixels),
		             column_create(context, right, font_pixels) },
		.margin = (int)(font_pixels * 0.6),
		.gap = right ? (int)font_pixels : 0,
	};
	const struct size *a = &page.columns[0].size, *b = &page.columns[1].size;

	page.size.width = 2 * page.margin + a->width + page.gap + b->width;
	page.size.height = 2 * page.margin + (a->height > b->height ? a->height : b->height);
	g_object_unref(context);
	return page;
}

static void page_destroy(struct page *page)
{
	for (int i = 0; i < 2; i++) {
		if (page->columns[i].layout)
			g_object_unref(page->columns[i].layout);
	}
}

static void draw_columns(cairo_t *cairo, const struct page *page)
{
	double x = page->margin, grey = page->columns[1].layout ? LABEL : TEXT;

	for (int i = 0; i < 2 && page->columns[i].layout; i++) {
		cairo_set_source_rgb(cairo, grey, grey, grey);
		cairo_move_to(cairo, x, page->margin);
		pango_cairo_show_layout(cairo, page->columns[i].layout);
		x += page->columns[i].size.width + page->gap;
		grey = TEXT;
	}
}

static void draw(const struct page *page, uint32_t *pixels)
{
	cairo_surface_t *surface = cairo_image_surface_create_for_data(
		(unsigned char *)pixels, CAIRO_FORMAT_RGB24, page->size.width, page->size.height,
		4 * page->size.width);
	cairo_t *cairo = cairo_create(surface);

	cairo_set_source_rgb(cairo, BACKGROUND, BACKGROUND, BACKGROUND);
	cairo_paint(cairo);
	cairo_set_source_rgb(cairo, BORDER, BORDER, BORDER);
	cairo_set_line_width(cairo, 2);
	cairo_rectangle(cairo, 0, 0, page->size.width, page->size.height);
	cairo_stroke(cairo);
	draw_columns(cairo, page);
	cairo_destroy(cairo);
	cairo_surface_destroy(surface);
}

static double fitting_font_pixels(double font_pixels, struct size size, struct size room)
{
	double across = (double)room.width / size.width, down = (double)room.height / size.height;
	double ratio = across < down ? across : down;
	double smaller = ratio < 1 ? font_pixels * ratio : font_pixels;

	return smaller < FONT_PIXELS_MIN ? FONT_PIXELS_MIN : smaller;
}

int text_render(const char *left, const char *right, double font_pixels, struct size room,
                struct text_image *out)
{
	struct page page = page_create(left, right, font_pixels);
	double fitted = fitting_font_pixels(font_pixels, page.size, room);
	uint32_t *pixels;

	if (fitted < font_pixels) {
		page_destroy(&page);
		page = page_create(left, right, fitted);
	}
	pixels = malloc((size_t)4 * (size_t)page.size.width * (size_t)page.size.height);
	if (pixels) {
		draw(&page, pixels);
		for (int i = 0; i < page.size.width * page.size.height; i++)
			pixels[i] |= UINT32_C(0xff000000);
		*out = (struct text_image){ page.size, pixels };
	}
	page_destroy(&page);
	return pixels ? 0 : -ENOMEM;
}

void text_finish(void)
{
	pango_cairo_font_map_set_default(NULL);
}
