/* SPDX-License-Identifier: MIT */
#include "overlay.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

#define FONT_PIXELS 14.0
#define MARGIN 10.0
#define MARGIN_DIVISOR 16 /* of the window: small windows have smaller margins */

_Static_assert(OVERLAY_PANELS <= SCENE_PANELS_MAX, "a scene has room for every panel");

struct text_panel {
	bool shown;
	bool two_columns;
	char left[OVERLAY_TEXT_SIZE];
	char right[OVERLAY_TEXT_SIZE];

	/* The rendered text, and the room and scale it was rendered for. No pixels: no room. */
	bool rendered;
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
	panel->rendered = false;
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
	return panel->rendered && size_equals(panel->room, room) && panel->scale == scale;
}

/* Returns whether the panel has an image. */
static bool render(struct overlay *overlay, struct text_panel *panel, struct size room,
                   double scale)
{
	if (is_rendered(panel, room, scale))
		return panel->image.pixels;
	drop_image(panel);
	int error = text_render(panel->left, panel->two_columns ? panel->right : NULL,
	                        FONT_PIXELS * scale, room, &panel->image);
	panel->rendered = error == 0 || error == -ENOSPC;
	panel->room = room;
	panel->scale = scale;
	panel->revision = ++overlay->revision;
	return !error;
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

/* ---- Placing ------------------------------------------------------------------------------ */

static bool is_free(const struct scene *scene, struct area area)
{
	for (size_t i = 0; i < scene->panel_count; i++) {
		if (area_intersects(scene->panels[i].area, area))
			return false;
	}
	return true;
}

/* A panel that would lie over another moves along the window's edges. Returns false if it has no
 * place. */
static bool find_place(const struct scene *scene, enum overlay_panel which, struct size size,
                       int margin, struct point *at)
{
	struct point own = position_of(which, size, scene->window, margin);
	const int across[] = { own.x, scene->window.width - size.width - margin, margin };
	const int down[] = { own.y, scene->window.height - size.height - margin, margin };

	for (int i = 0; i < 9; i++) {
		*at = (struct point){ across[i % 3], down[i / 3] };
		if (is_free(scene, (struct area){ at->x, at->y, size.width, size.height }))
			return true;
	}
	return false;
}

/* Returns false if the panel is shown, but has no place. */
static bool add_panel(struct overlay *overlay, enum overlay_panel which, double scale,
                      struct scene *scene)
{
	struct text_panel *panel = &overlay->panels[which];
	int shorter = scene->window.width < scene->window.height ? scene->window.width
	                                                         : scene->window.height;
	int usual = (int)(MARGIN * scale), small = shorter / MARGIN_DIVISOR;
	int margin = usual < small ? usual : small;
	struct size room = { scene->window.width - 2 * margin,
		             scene->window.height - 2 * margin - STALE_BAR_PIXELS };
	struct point at;

	if (!panel->shown || !render(overlay, panel, room, scale))
		return true;
	struct size size = panel->image.size;
	if (!find_place(scene, which, size, margin, &at))
		return false;
	scene->panels[scene->panel_count++] = (struct panel){
		.area = { at.x, at.y, size.width, size.height },
		.pixels = panel->image.pixels,
		.revision = panel->revision,
	};
	return true;
}

/* Those before have the first choice. But if there is no place for the help, which people look at
 * for a moment, the information makes room. */
void overlay_add_to_scene(struct overlay *overlay, double scale, struct scene *scene)
{
	add_panel(overlay, OVERLAY_STALE, scale, scene);
	add_panel(overlay, OVERLAY_NOTICE, scale, scene);
	size_t before_info = scene->panel_count;
	add_panel(overlay, OVERLAY_INFO, scale, scene);
	if (add_panel(overlay, OVERLAY_HELP, scale, scene))
		return;
	scene->panel_count = before_info;
	add_panel(overlay, OVERLAY_HELP, scale, scene);
}

void overlay_destroy(struct overlay *overlay)
{
	if (!overlay)
		return;
	for (int i = 0; i < OVERLAY_PANELS; i++)
		drop_image(&overlay->panels[i]);
	free(overlay);
}
