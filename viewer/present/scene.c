/* SPDX-License-Identifier: MIT */
#include "scene.h"

uint32_t background_at(struct background background, int x, int y)
{
	uint32_t colour = background.colour;

	if (background.checker)
		colour = (x / CHECKER_SQUARE + y / CHECKER_SQUARE) % 2 ? CHECKER_DARK
		                                                       : CHECKER_LIGHT;
	return UINT32_C(0xff000000) | colour;
}
