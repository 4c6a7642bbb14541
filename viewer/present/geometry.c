/* SPDX-License-Identifier: MIT */
#include "geometry.h"

#include <stdint.h>

bool size_equals(struct size a, struct size b)
{
	return a.width == b.width && a.height == b.height;
}

bool area_equals(struct area a, struct area b)
{
	return a.x == b.x && a.y == b.y && a.width == b.width && a.height == b.height;
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

struct size geometry_window(struct size picture, struct size screen)
{
	if (picture.width <= screen.width && picture.height <= screen.height)
		return picture;
	return fit(picture, screen);
}
