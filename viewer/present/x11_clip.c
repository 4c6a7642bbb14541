/* SPDX-License-Identifier: MIT */
#include "x11_clip.h"

#include <stdbool.h>

static int min(int a, int b)
{
	return a < b ? a : b;
}

static int max(int a, int b)
{
	return a > b ? a : b;
}

static struct area intersection(struct area a, struct area b)
{
	int x = max(a.x, b.x);
	int y = max(a.y, b.y);

	return (struct area){
		.x = x,
		.y = y,
		.width = max(min(a.x + a.width, b.x + b.width) - x, 0),
		.height = max(min(a.y + a.height, b.y + b.height) - y, 0),
	};
}

static bool is_empty(struct area area)
{
	return area.width == 0 || area.height == 0;
}

struct area clip_to_window(struct area area, struct size window)
{
	return intersection(area, (struct area){ 0, 0, window.width, window.height });
}

/* The parts of an area above, below, left and right of a hole in it. */
static size_t subtract(struct area area, struct area hole, struct area parts[4])
{
	int below = hole.y + hole.height;
	int right = hole.x + hole.width;
	const struct area all[4] = {
		{ area.x, area.y, area.width, hole.y - area.y },
		{ area.x, below, area.width, area.y + area.height - below },
		{ area.x, hole.y, hole.x - area.x, hole.height },
		{ right, hole.y, area.x + area.width - right, hole.height },
	};
	size_t count = 0;

	for (size_t i = 0; i < 4; i++) {
		if (!is_empty(all[i]))
			parts[count++] = all[i];
	}
	return count;
}

size_t clip_around(struct area area, const struct panel *panels, size_t count,
                   struct area rectangles[CLIP_MAX])
{
	struct area before[CLIP_MAX];
	size_t rectangle_count = 1;

	rectangles[0] = area;
	for (size_t i = 0; i < count; i++) {
		size_t before_count = rectangle_count;

		rectangle_count = 0;
		for (size_t k = 0; k < before_count; k++)
			before[k] = rectangles[k];
		for (size_t k = 0; k < before_count; k++) {
			struct area hole = intersection(before[k], panels[i].area);

			if (is_empty(hole))
				rectangles[rectangle_count++] = before[k];
			else
				rectangle_count +=
					subtract(before[k], hole, &rectangles[rectangle_count]);
		}
	}
	return rectangle_count;
}
