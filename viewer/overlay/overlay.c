/* SPDX-License-Identifier: MIT */
#include "overlay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

#define FONT_PIXELS 14.0
#define MARGIN 10.0

_Static_assert(OVERLAY_PANELS <= SCENE_PANELS_MAX, "a scene takes every panel");

struct sheet {
	bool shown;
	bool two_columns;
	char left[OVERLAY_TEXT_SIZE];
	char right[OVERLAY_TEXT_SIZE];

	/* What was drawn, for a room and at a scale; without pixels: nothing yet. */
	struct text_image image;
	struct size room;
	double scale;
	uint64_t revision;
};

struct overlay {
	struct sheet sheets[OVERLAY_PANELS];
	uint64_t revision;
};

struct overlay *overlay_create(void)
{
	return calloc(1, sizeof(struct overlay));
}

static void drop_image(struct sheet *sheet)
{
	free(sheet->image.pixels);
	sheet->image.pixels = NULL;
}

bool overlay_say(struct overlay *overlay, enum overlay_panel panel, const char *left,
                 const char *right)
{
	struct sheet *sheet = &overlay->sheets[panel];
	bool same = sheet->shown == (left != NULL) &&
	            (!left || (strcmp(left, sheet->left) == 0 && sheet->two_columns == !!right &&
	                       (!right || strcmp(right, sheet->right) == 0)));

	if (same)
		return false;
	drop_image(sheet);
	sheet->shown = left;
	sheet->two_columns = right;
	snprintf(sheet->left, sizeof(sheet->left), "%s", left ? left : "");
	snprintf(sheet->right, sizeof(sheet->right), "%s", right ? right : "");
	return true;
}

static bool is_drawn(const struct sheet *sheet, struct size room, double scale)
{
	return sheet->image.pixels && sheet->room.width == room.width &&
	       sheet->room.height == room.height && sheet->scale == scale;
}

static bool draw(struct overlay *overlay, struct sheet *sheet, struct size room, double scale)
{
	if (is_drawn(sheet, room, scale))
		return true;
	drop_image(sheet);
	if (text_render(sheet->left, sheet->two_columns ? sheet->right : NULL, FONT_PIXELS * scale,
	                room, &sheet->image) < 0)
		return false;
	sheet->room = room;
	sheet->scale = scale;
	sheet->revision = ++overlay->revision;
	return true;
}

static struct point place(enum overlay_panel panel, struct size size, struct size window,
                          int margin)
{
	int middle = (window.width - size.width) / 2;
	int bottom = window.height - size.height - margin - STALE_BAR_PIXELS;
	int right = window.width - size.width - margin;

	switch (panel) {
	case OVERLAY_STALE:
		return (struct point){ middle, bottom };
	case OVERLAY_NOTICE:
		return (struct point){ right, margin };
	case OVERLAY_HELP:
		return (struct point){ middle, (window.height - size.height) / 2 };
	case OVERLAY_INFO:
	case OVERLAY_PANELS:
		break;
	}
	return (struct point){ margin, margin };
}

bool overlay_is_shown(const struct overlay *overlay)
{
	bool shown = false;

	for (int i = 0; i < OVERLAY_PANELS; i++)
		shown |= overlay->sheets[i].shown;
	return shown;
}

void overlay_arrange(struct overlay *overlay, double scale, struct scene *scene)
{
	int margin = (int)(MARGIN * scale);
	struct size room = { scene->window.width - 2 * margin, scene->window.height - 2 * margin };

	for (int i = 0; i < OVERLAY_PANELS; i++) {
		struct sheet *sheet = &overlay->sheets[i];

		if (!sheet->shown || !draw(overlay, sheet, room, scale))
			continue;
		struct size size = sheet->image.size;
		struct point at = place((enum overlay_panel)i, size, scene->window, margin);
		scene->panels[scene->panel_count++] = (struct panel){
			.area = { at.x, at.y, size.width, size.height },
			.pixels = sheet->image.pixels,
			.revision = sheet->revision,
		};
	}
}

void overlay_destroy(struct overlay *overlay)
{
	if (!overlay)
		return;
	for (int i = 0; i < OVERLAY_PANELS; i++)
		drop_image(&overlay->sheets[i]);
	free(overlay);
}
