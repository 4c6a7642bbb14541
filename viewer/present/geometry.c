/* SPDX-License-Identifier: MIT */
#include "geometry.h"

#include <stdint.h>

static int scaled(int value, int numerator, int denominator)
{
	int64_t result = ((int64_t)value * numerator + denominator / 2) / denominator;

	return result < 1 ? 1 : (int)result;
}

static struct size fitted(struct size picture, struct size window)
{
	if ((int64_t)window.width * picture.height <= (int64_t)window.height * picture.width)
		return (struct size){ window.width,
			              scaled(picture.height, window.width, picture.width) };
	return (struct size){ scaled(picture.width, window.height, picture.height), window.height };
}

struct size geometry_window(struct size picture, struct size screen)
{
	if (picture.width <= screen.width && picture.height <= screen.height)
		return picture;
	return fitted(picture, screen);
}
