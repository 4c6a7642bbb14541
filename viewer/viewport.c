/* SPDX-License-Identifier: MIT */
#include "viewport.h"

#include <math.h>
#include <stdint.h>

#define ALIGNMENT 64 /* picture pixels; an integer when multiplied by a zoom of few bits */

/* One side of the picture in the window. */
struct side {
	int picture;
	int window;
	double zoom;
	double full;   /* length of the whole side, in window pixels */
	double origin; /* where the side begins in the window */
};

static double clamped(double value, double min, double max)
{
	return value < min ? min : value > max ? max : value;
}

static struct side side_of(int picture, int window, double zoom, double middle)
{
	struct side side = { .picture = picture, .window = window, .zoom = zoom };

	side.full = fmax(1, floor(picture * zoom + 0.5));
	if (side.full <= window)
		side.origin = floor((window - side.full) / 2);
	else
		side.origin = clamped(floor(window / 2.0 - middle * side.full + 0.5),
		                      window - side.full, 0);
	return side;
}

static double middle_of(const struct side *side)
{
	return side->full <= side->window ? 0.5 : (side->window / 2.0 - side->origin) / side->full;
}

static double lesser(double a, double b)
{
	return a < b ? a : b;
}

static double fitting(enum scale scale, struct extent picture, struct size window)
{
	double zoom = lesser(window.width / (picture.size.width * picture.across),
	                     window.height / (picture.size.height * picture.down));

	/* Its size may be rounded, but its rows are not to be scaled. */
	if (size_equals(window, geometry_actual(picture)))
		return 1;
	switch (scale) {
	case SCALE_FIT:
		return zoom;
	case SCALE_ACTUAL:
		return 1;
	case SCALE_INTEGER:
		break;
	}
	return zoom >= 1 ? floor(zoom) : 1 / ceil(1 / zoom);
}

void viewport_init(struct viewport *viewport, enum scale scale)
{
	*viewport = (struct viewport){ .scale = scale, .x = 0.5, .y = 0.5 };
}

double viewport_zoom(const struct viewport *viewport, struct extent picture, struct size window)
{
	return viewport->zoom > 0 ? viewport->zoom : fitting(viewport->scale, picture, window);
}

static void sides_of(const struct viewport *viewport, struct extent picture, struct size window,
                     struct side sides[2])
{
	double zoom = viewport_zoom(viewport, picture, window);

	sides[0] = side_of(picture.size.width, window.width, zoom * picture.across, viewport->x);
	sides[1] = side_of(picture.size.height, window.height, zoom * picture.down, viewport->y);
}

/* ---- Placing ------------------------------------------------------------------------------ */

/* The visible part of the side, and a little more for the filter. Both ends are picture pixels
 * whose edges fall on edges of window pixels, or near them if pixels are not square. */
static void find_visible(const struct side *side, int *first, int *end)
{
	int step = side->zoom == 1 || side->zoom >= 2 ? 1 : ALIGNMENT;
	double from = 0, to = side->picture;

	if (side->full > side->window) {
		from = floor((-side->origin / side->zoom - 1) / step) * step;
		to = ceil(((side->window - side->origin) / side->zoom + 1) / step) * step;
	}
	*first = (int)fmax(from, 0);
	*end = (int)lesser(to, side->picture);
}

static void place_side(const struct side *side, int *source, int *source_length, int *target,
                       int *target_length)
{
	int first, end;

	find_visible(side, &first, &end);
	double begin = floor(side->origin + first * side->zoom + 0.5);
	double target_end =
		side->origin + (end == side->picture ? side->full : floor(end * side->zoom + 0.5));
	*source = first;
	*source_length = end - first;
	*target = (int)begin;
	*target_length = (int)(target_end - begin);
}

/* A user who zooms in wants to see the pixels. A picture fitted to the window should look good. */
static bool is_smooth(const struct viewport *viewport, const struct side sides[2])
{
	double zoom = lesser(sides[0].zoom, sides[1].zoom);

	if (sides[0].zoom == 1 && sides[1].zoom == 1)
		return false;
	return zoom < 2 || (viewport->zoom <= 0 && viewport->scale == SCALE_FIT);
}

struct placement viewport_place(const struct viewport *viewport, struct extent picture,
                                struct size window)
{
	struct side sides[2];
	struct placement placement;

	sides_of(viewport, picture, window, sides);
	place_side(&sides[0], &placement.source.x, &placement.source.width, &placement.target.x,
	           &placement.target.width);
	place_side(&sides[1], &placement.source.y, &placement.source.height, &placement.target.y,
	           &placement.target.height);
	placement.smooth = is_smooth(viewport, sides);
	return placement;
}

/* As a presenter scales the side: the centre of each window pixel decides. */
static bool find_on_side(int at, int source, int source_length, int target, int target_length,
                         int *found)
{
	int64_t offset = (int64_t)at - target;

	if (offset < 0 || offset >= target_length)
		return false;
	*found = source + (int)((2 * offset + 1) * source_length / (2 * (int64_t)target_length));
	return true;
}

bool viewport_find(const struct viewport *viewport, struct extent picture, struct size window,
                   struct point at, struct point *found)
{
	struct placement placement = viewport_place(viewport, picture, window);
	struct area source = placement.source, target = placement.target;
	struct point point;

	if (!find_on_side(at.x, source.x, source.width, target.x, target.width, &point.x) ||
	    !find_on_side(at.y, source.y, source.height, target.y, target.height, &point.y))
		return false;
	*found = point;
	return true;
}

/* ---- Moving ------------------------------------------------------------------------------- */

static double larger_zoom(double zoom)
{
	int exponent;
	double mantissa = frexp(zoom, &exponent);

	return ldexp(mantissa < 0.75 ? 0.75 : 1, exponent);
}

static double smaller_zoom(double zoom)
{
	int exponent;
	double mantissa = frexp(zoom, &exponent);

	return ldexp(mantissa > 0.75 ? 0.75 : mantissa > 0.5 ? 0.5 : 0.375, exponent);
}

static double stepped_zoom(double zoom, int steps)
{
	for (; steps > 0 && zoom < ZOOM_MAX; steps--)
		zoom = fmax(larger_zoom(zoom), ZOOM_MIN);
	for (; steps < 0 && zoom > ZOOM_MIN; steps++)
		zoom = smaller_zoom(zoom);
	return zoom;
}

/* The middle with which a point of the window stays over the same point of the picture. */
static double middle_about(const struct side *before, double zoom, int at)
{
	double position = (at - before->origin) / before->full;
	struct side after = side_of(before->picture, before->window, zoom, 0.5);

	after.origin =
		clamped(floor(at - position * after.full + 0.5), after.window - after.full, 0);
	return middle_of(&after);
}

void viewport_step(struct viewport *viewport, struct extent picture, struct size window, int steps,
                   struct point about)
{
	double before = viewport_zoom(viewport, picture, window),
	       zoom = stepped_zoom(before, steps);
	struct side sides[2];

	if (zoom == before)
		return;
	sides_of(viewport, picture, window, sides);
	viewport->zoom = zoom;
	viewport->x = middle_about(&sides[0], zoom * picture.across, about.x);
	viewport->y = middle_about(&sides[1], zoom * picture.down, about.y);
}

void viewport_set_zoom(struct viewport *viewport, double zoom)
{
	viewport->zoom = zoom;
}

static double middle_moved(struct side *side, int by)
{
	if (side->full > side->window)
		side->origin = clamped(side->origin + by, side->window - side->full, 0);
	return middle_of(side);
}

void viewport_pan(struct viewport *viewport, struct extent picture, struct size window,
                  struct point by)
{
	struct side sides[2];

	sides_of(viewport, picture, window, sides);
	viewport->x = middle_moved(&sides[0], by.x);
	viewport->y = middle_moved(&sides[1], by.y);
}
