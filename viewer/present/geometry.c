/* SPDX-License-Identifier: MIT */
#include "geometry.h"

#include <limits.h>
#include <math.h>

bool size_equals(struct size a, struct size b)
{
	return a.width == b.width && a.height == b.height;
}

bool area_equals(struct area a, struct area b)
{
	return a.x == b.x && a.y == b.y && a.width == b.width && a.height == b.height;
}

bool area_intersects(struct area a, struct area b)
{
	return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height &&
	       b.y < a.y + a.height;
}

static bool is_square(double aspect)
{
	return aspect > PIXEL_ASPECT_MAX || aspect < 1.0 / PIXEL_ASPECT_MAX ||
	       fabs(aspect - 1) < 1.0 / 200;
}

struct extent geometry_extent(struct size size, uint32_t aspect_num, uint32_t aspect_den)
{
	double aspect = aspect_num && aspect_den ? (double)aspect_num / aspect_den : 1;

	if (is_square(aspect))
		aspect = 1;
	return (struct extent){ size, fmax(aspect, 1), fmax(1 / aspect, 1) };
}

static int stretched(int length, double factor)
{
	return (int)fmin(floor(length * factor + 0.5), INT_MAX);
}

struct size geometry_actual(struct extent extent)
{
	return (struct size){ stretched(extent.size.width, extent.across),
		              stretched(extent.size.height, extent.down) };
}

static int scale(int value, int numerator, int denominator)
{
	int64_t scaled = ((int64_t)value * numerator + denominator / 2) / denominator;

	return scaled < 1 ? 1 : (int)scaled;
}

static struct size fit(struct size picture, struct size window)
{
	if ((int64_t)window.width * picture.height <= (int64_t)window.height * picture.width)
		return (struct size){ window.width,
			              scale(picture.height, window.width, picture.width) };
	return (struct size){ scale(picture.width, window.height, picture.height), window.height };
}

static int moved_into(int at, int length, int screen, int screen_length)
{
	if (at + length > screen + screen_length)
		at = screen + screen_length - length;
	return at < screen ? screen : at;
}

struct point geometry_moved_into(struct area window, struct area screen)
{
	return (struct point){ moved_into(window.x, window.width, screen.x, screen.width),
		               moved_into(window.y, window.height, screen.y, screen.height) };
}

static int at_least(int length, int min, int max)
{
	if (length >= min)
		return length;
	return min < max ? min : max;
}

struct size geometry_window(struct size picture, struct size screen)
{
	if (picture.width <= screen.width && picture.height <= screen.height)
		return picture;
	struct size size = fit(picture, screen);
	return (struct size){ at_least(size.width, WINDOW_SIDE_MIN, screen.width),
		              at_least(size.height, WINDOW_SIDE_MIN, screen.height) };
}
