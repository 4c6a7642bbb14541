/* SPDX-License-Identifier: MIT */
#include "overlay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

#define FONT_PIXELS 14.0
#define MARGIN 10.0

_Static_assert(OVERLAY_PANELS <= SCENE_PANELS_MAX, "a scene has room for every panel");

struct text_panel {
	bool shown;
	bool two_columns;
	char left[OVERLAY_TEXT_SIZE];
	char right[OVERLAY_TEXT_SIZE];

	/* The rendered text, and the room and scale it was rendered for. No pixels: none. */
	struct text_image image;
	struct size room;
	double scale;
	uint64_t revision;
};

struct overlay {
	struct text_panel panels[OVERLAY_PANELS];
	uint64_t revision;
};

struct overlay *overlay_create(void)
{
	return calloc(1, sizeof(struct overlay));
}

static void drop_image(struct text_panel *panel)
{
	free(panel->image.pixels);
	panel->image.pixels = NULL;
}

bool overlay_set_text(struct overlay *overlay, enum overlay_panel which, const char *left,
                      const char *right)
{
	struct text_panel *panel = &overlay->panels[which];
	bool same = panel->shown == (left != NULL) &&
	            (!left || (strcmp(left, panel->left) == 0 && panel->two_columns == !!right &&
	                       (!right || strcmp(right, panel->right) == 0)));

	if (same)
		return false;
	drop_image(panel);
	panel->shown = left;
	panel->two_columns = right;
	snprintf(panel->left, sizeof(panel->left), "%s", left ? left : "");
	snprintf(panel->right, sizeof(panel->right), "%s", right ? right : "");
	return true;
}

static bool is_rendered(const struct text_panel *panel, struct size room, double scale)
{
	return panel->image.pixels && panel->room.width == room.width &&
	       panel->room.height == room.height && panel->scale == scale;
}

static bool render(struct overlay *overlay, struct text_panel *panel, struct size room,
                   double scale)
{
	if (is_rendered(panel, room, scale))
		return true;
	drop_image(panel);
	if (text_render(panel->left, panel->two_columns ? panel->right : NULL, FONT_PIXELS * scale,
	                room, &panel->image) < 0)
		return false;
	panel->room = room;
	panel->scale = scale;
	panel->revision = ++overlay->revision;
	return true;
}

static struct point position_of(enum overlay_panel which, struct size size, struct size window,
                                int margin)
{
	int middle = (window.width - size.width) / 2;
	int bottom = window.height - size.height - margin - STALE_BAR_PIXELS;
	int right = window.width - size.width - margin;

	switch (which) {
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
		shown |= overlay->panels[i].shown;
	return shown;
}

void overlay_add_to_scene(struct overlay *overlay, double scale, struct scene *scene)
{
	int margin = (int)(MARGIN * scale);
	struct size room = { scene->window.width - 2 * margin, scene->window.height - 2 * margin };

	for (int i = 0; i < OVERLAY_PANELS; i++) {
		struct text_panel *panel = &overlay->panels[i];

		if (!panel->shown || !render(overlay, panel, room, scale))
			continue;
		struct size size = panel->image.size;
		struct point at = position_of((enum overlay_panel)i, size, scene->window, margin);
		scene->panels[scene->panel_count++] = (struct panel){
			.area = { at.x, at.y, size.width, size.height },
			.pixels = panel->image.pixels,
			.revision = panel->revision,
		};
	}
}

void overlay_destroy(struct overlay *overlay)
{
	if (!overlay)
		return;
	for (int i = 0; i < OVERLAY_PANELS; i++)
		drop_image(&overlay->panels[i]);
	free(overlay);
}
