/* SPDX-License-Identifier: MIT */
#include "text.h"

#include <errno.h>
#include <pango/pangocairo.h>
#include <stdlib.h>

#define FONT_PIXELS_LEGIBLE 8
#define FONT_STEP_PIXELS 0.5

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

/* wrap_pixels 0: lines are as long as they are. */
static struct column column_create(PangoContext *context, const char *text, double font_pixels,
                                   int wrap_pixels)
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
	if (wrap_pixels > 0) {
		pango_layout_set_wrap(column.layout, PANGO_WRAP_WORD_CHAR);
		pango_layout_set_width(column.layout, wrap_pixels * PANGO_SCALE);
	}
	pango_layout_get_pixel_size(column.layout, &column.size.width, &column.size.height);
	return column;
}

/* room NULL: does not wrap lines. */
static struct page page_create(const char *left, const char *right, double font_pixels,
                               const struct size *room)
{
	PangoContext *context = pango_font_map_create_context(pango_cairo_font_map_get_default());
	int margin = (int)(font_pixels * 0.6);
	int wrap_pixels = room && room->width > 2 * margin ? room->width - 2 * margin : 0;
	struct page page = {
		.columns = { column_create(context, left, font_pixels, wrap_pixels),
		             column_create(context, right, font_pixels, wrap_pixels) },
		.margin = margin,
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

/* A next try that is not in vain. The size of wrapped lines tells little. */
static double smaller_font(double font_pixels, struct size size, struct size room, bool wrap)
{
	double across = (double)room.width / size.width, down = (double)room.height / size.height;
	double next = font_pixels - FONT_STEP_PIXELS;

	return wrap ? next : MIN(next, font_pixels * MIN(across, down));
}

/* Tries smaller and smaller fonts down to font_min. */
static bool find_font(const char *left, const char *right, double font_pixels, double font_min,
                      struct size room, bool wrap, struct page *page)
{
	while (font_pixels >= font_min) {
		*page = page_create(left, right, font_pixels, wrap ? &room : NULL);
		if (page->size.width <= room.width && page->size.height <= room.height)
			return true;
		page_destroy(page);
		font_pixels = smaller_font(font_pixels, page->size, room, wrap);
	}
	return false;
}

/* Each line of left with that of right. */
static GString *join_columns(const char *left, const char *right)
{
	char **labels = g_strsplit(left, "\n", -1), **values = g_strsplit(right, "\n", -1);
	GString *text = g_string_new(NULL);

	for (size_t i = 0; labels[i] && values[i]; i++)
		g_string_append_printf(text, "%s%s: %s", i > 0 ? "\n" : "", labels[i], values[i]);
	g_strfreev(labels);
	g_strfreev(values);
	return text;
}

static bool find_font_for_one_column(const char *left, const char *right, double font_pixels,
                                     struct size room, struct page *page)
{
	GString *text = right ? join_columns(left, right) : g_string_new(left);
	double font_max = MIN(font_pixels, FONT_PIXELS_LEGIBLE);
	bool found = find_font(text->str, NULL, font_max, FONT_STEP_PIXELS, room, true, page);

	g_string_free(text, TRUE);
	return found;
}

int text_render(const char *left, const char *right, double font_pixels, struct size room,
                struct text_image *out)
{
	struct page page;

	if (!find_font(left, right, font_pixels, FONT_PIXELS_LEGIBLE, room, false, &page) &&
	    !find_font_for_one_column(left, right, font_pixels, room, &page))
		return -ENOSPC;
	uint32_t *pixels = malloc((size_t)4 * (size_t)page.size.width * (size_t)page.size.height);
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
