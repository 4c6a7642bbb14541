/* SPDX-License-Identifier: MIT */
#include "lettering.h"

#include <math.h>
#include <stddef.h>

/* A part of an ellipse from one angle to another, in degrees: 0 is right, 90 is down.
 * Coordinates are in heights of an x, with y down and 0 on the baseline. */
struct arc {
	float x, y, radius_x, radius_y, from, to;
};

enum { LINES_MAX = 4, ARCS_MAX = 2, ARC_STEPS = 24 };

struct glyph {
	char character;
	float width;
	struct {
		struct point from, to;
	} lines[LINES_MAX];
	struct arc arcs[ARCS_MAX];
	int line_count, arc_count;
};

struct segments {
	struct point ends[LINES_MAX + ARCS_MAX * ARC_STEPS][2];
	int count;
};

#define LINES(n, ...) .line_count = (n), .lines = { __VA_ARGS__ }
#define ARCS(n, ...) .arc_count = (n), .arcs = { __VA_ARGS__ }
#define BOWL                                                                                       \
	{                                                                                          \
		.5f, -.5f, .5f, .5f, 0, 360                                                        \
	}

/* clang-format off */
static const struct glyph font[] = {
	{'a', 1, LINES(1, {{1, -1}, {1, 0}}), ARCS(1, BOWL)},
	{'c', .86f, ARCS(1, {.5f, -.5f, .5f, .5f, 316, 44})},
	{'d', 1, LINES(1, {{1, -1.6f}, {1, 0}}), ARCS(1, BOWL)},
	{'e', 1, LINES(1, {{0, -.5f}, {1, -.5f}}), ARCS(1, {.5f, -.5f, .5f, .5f, 360, 42})},
	{'f', .62f, LINES(2, {{.22f, -1.2f}, {.22f, 0}}, {{0, -1}, {.56f, -1}}),
		ARCS(1, {.6f, -1.22f, .38f, .38f, 180, 275})},
	{'h', .9f, LINES(2, {{0, -1.6f}, {0, 0}}, {{.9f, -.55f}, {.9f, 0}}),
		ARCS(1, {.45f, -.55f, .45f, .45f, 180, 360})},
	{'i', 0, LINES(2, {{0, -1}, {0, 0}}, {{0, -1.48f}, {0, -1.48f}})},
	{'l', 0, LINES(1, {{0, -1.6f}, {0, 0}})},
	{'m', 1.52f, LINES(3, {{0, -1}, {0, 0}}, {{.76f, -.62f}, {.76f, 0}},
			   {{1.52f, -.62f}, {1.52f, 0}}),
		ARCS(2, {.38f, -.62f, .38f, .38f, 180, 360}, {1.14f, -.62f, .38f, .38f, 180, 360})},
	{'n', .9f, LINES(2, {{0, -1}, {0, 0}}, {{.9f, -.55f}, {.9f, 0}}),
		ARCS(1, {.45f, -.55f, .45f, .45f, 180, 360})},
	{'o', 1, ARCS(1, BOWL)},
	{'p', 1, LINES(1, {{0, -1}, {0, .6f}}), ARCS(1, BOWL)},
	{'r', .55f, LINES(1, {{0, -1}, {0, 0}}), ARCS(1, {.45f, -.55f, .45f, .45f, 180, 285})},
	{'s', .72f,
		ARCS(2, {.36f, -.745f, .33f, .255f, 325, 90},
		     {.36f, -.245f, .36f, .245f, 270, 510})},
	{'t', .55f, LINES(2, {{.22f, -1.45f}, {.22f, 0}}, {{0, -1}, {.55f, -1}})},
	{',', 0, LINES(1, {{0, -.04f}, {-.1f, .25f}})},
	{'0', .95f, LINES(2, {{.95f, -1.125f}, {.95f, -.475f}}, {{0, -.475f}, {0, -1.125f}}),
		ARCS(2, {.475f, -1.125f, .475f, .475f, 180, 360},
		     {.475f, -.475f, .475f, .475f, 0, 180})},
	{'1', .95f, LINES(2, {{.55f, -1.6f}, {.55f, 0}}, {{.55f, -1.6f}, {.18f, -1.3f}})},
	{'2', .95f, LINES(2, {{.805f, -.783f}, {.02f, 0}}, {{.02f, 0}, {.95f, 0}}),
		ARCS(1, {.475f, -1.125f, .475f, .475f, 190, 406})},
	{'3', .95f,
		ARCS(2, {.475f, -1.21f, .42f, .39f, 205, 450},
		     {.475f, -.41f, .475f, .41f, 270, 520})},
	{'4', .95f, LINES(3, {{.7f, -1.6f}, {0, -.48f}}, {{0, -.48f}, {.97f, -.48f}},
			  {{.7f, -1.6f}, {.7f, 0}})},
	{'5', .95f, LINES(2, {{.86f, -1.6f}, {.16f, -1.6f}}, {{.16f, -1.6f}, {.09f, -.84f}}),
		ARCS(1, {.45f, -.5f, .5f, .5f, 224, 508})},
	{'6', .95f, LINES(1, {{.65f, -1.6f}, {.079f, -.737f}}),
		ARCS(1, {.475f, -.475f, .475f, .475f, 0, 360})},
	{'7', .95f, LINES(2, {{.02f, -1.6f}, {.93f, -1.6f}}, {{.93f, -1.6f}, {.3f, 0}})},
	{'8', .95f,
		ARCS(2, {.475f, -1.215f, .39f, .385f, 0, 360},
		     {.475f, -.415f, .475f, .415f, 0, 360})},
	{'9', .95f, LINES(1, {{.3f, 0}, {.871f, -.863f}}),
		ARCS(1, {.475f, -1.125f, .475f, .475f, 0, 360})},
};
/* clang-format on */

static const struct glyph *find_glyph(char character)
{
	static const struct glyph space = { .character = ' ', .width = .3f };

	for (size_t i = 0; i < sizeof(font) / sizeof(font[0]); i++) {
		if (font[i].character == character)
			return &font[i];
	}
	return &space;
}

static struct point on_arc(const struct arc *arc, int step)
{
	float degrees = arc->from + (arc->to - arc->from) * (float)step / ARC_STEPS;
	float angle = degrees * (float)M_PI / 180;

	return (struct point){ arc->x + arc->radius_x * cosf(angle),
		               arc->y + arc->radius_y * sinf(angle) };
}

static void add_segment(struct segments *segments, struct point from, struct point to)
{
	segments->ends[segments->count][0] = from;
	segments->ends[segments->count][1] = to;
	segments->count++;
}

static void glyph_segments(const struct glyph *glyph, struct segments *segments)
{
	segments->count = 0;
	for (int i = 0; i < glyph->line_count; i++)
		add_segment(segments, glyph->lines[i].from, glyph->lines[i].to);
	for (int i = 0; i < glyph->arc_count; i++) {
		for (int step = 0; step < ARC_STEPS; step++)
			add_segment(segments, on_arc(&glyph->arcs[i], step),
			            on_arc(&glyph->arcs[i], step + 1));
	}
}

static float distance_to_segments(const struct segments *segments, struct point at)
{
	float nearest = INFINITY;

	for (int i = 0; i < segments->count; i++) {
		const struct point *ends = segments->ends[i];

		nearest = fminf(nearest, distance_to_segment(at, ends[0], ends[1]));
	}
	return nearest;
}

static void draw_glyph(struct canvas *canvas, const struct lettering *lettering,
                       const struct glyph *glyph, struct point origin)
{
	struct segments segments;
	float margin = lettering->thickness + 1;
	float right = origin.x + glyph->width * lettering->size + margin;
	float bottom = origin.y + 0.6f * lettering->size + margin;

	glyph_segments(glyph, &segments);
	for (int y = (int)(origin.y - 1.6f * lettering->size - margin); (float)y < bottom; y++) {
		for (int x = (int)(origin.x - margin); (float)x < right; x++) {
			struct point at = { ((float)x + 0.5f - origin.x) / lettering->size,
				            ((float)y + 0.5f - origin.y) / lettering->size };
			float distance = distance_to_segments(&segments, at) * lettering->size;

			canvas_blend(canvas, x, y, lettering->colour,
			             coverage(distance - lettering->thickness / 2));
		}
	}
}

float lettering_width(const struct lettering *lettering, const char *text)
{
	float width = 0;

	for (const char *c = text; *c; c++)
		width += find_glyph(*c)->width + (c[1] ? lettering->gap : 0);
	return width * lettering->size;
}

void lettering_draw(struct canvas *canvas, const struct lettering *lettering, const char *text,
                    struct point at)
{
	for (; *text; text++) {
		const struct glyph *glyph = find_glyph(*text);

		draw_glyph(canvas, lettering, glyph, at);
		at.x += (glyph->width + lettering->gap) * lettering->size;
	}
}
