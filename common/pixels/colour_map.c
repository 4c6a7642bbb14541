/* SPDX-License-Identifier: MIT */
#include "colour_map.h"

const char *const colour_map_names[COLOUR_MAPS] = { "gray", "turbo", "viridis" };

#define OPAQUE 0xff000000u
#define COEFFICIENTS 7

/* Polynomials of red, green and blue between 0 and 1, the constant term first.
 * Turbo: A. Mikhailov, R. Du, "Turbo, An Improved Rainbow Colormap", Google 2019.
 * Viridis: S. van der Walt, N. Smith; fitted by M. Zucker, shadertoy.com/view/WlfXRN, CC0. */
static const double polynomials[COLOUR_MAPS][3][COEFFICIENTS] = {
	[COLOUR_MAP_GRAY] = { { 0, 1 }, { 0, 1 }, { 0, 1 } },
	[COLOUR_MAP_TURBO] = {
		{ 0.13572138, 4.61539260, -42.66032258, 132.13108234, -152.94239396, 59.28637943 },
		{ 0.09140261, 2.19418839, 4.84296658, -14.18503333, 4.27729857, 2.82956604 },
		{ 0.10667330, 12.64194608, -60.58204836, 110.36276771, -89.90310912, 27.34824973 },
	},
	[COLOUR_MAP_VIRIDIS] = {
		{ 0.27772733, 0.10509304, -0.33086183, -4.63423050, 6.22826994, 4.77638500,
		  -5.43545586 },
		{ 0.00540734, 1.40461353, 0.21484756, -5.79910097, 14.17993337, -13.74514538,
		  4.64585261 },
		{ 0.33409981, 1.38459016, 0.09509516, -19.33244096, 56.69055260, -65.35303263,
		  26.31243525 },
	},
};

static uint32_t channel_at(const double *coefficients, double x)
{
	double sum = 0;

	for (int i = COEFFICIENTS - 1; i >= 0; i--)
		sum = sum * x + coefficients[i];
	return sum <= 0 ? 0 : sum >= 1 ? 255 : (uint32_t)(sum * 255 + 0.5);
}

void colour_map_fill(enum colour_map map, uint32_t colours[COLOUR_MAP_STEPS])
{
	for (int i = 0; i < COLOUR_MAP_STEPS; i++) {
		double x = (double)i / (COLOUR_MAP_STEPS - 1);

		colours[i] = OPAQUE | channel_at(polynomials[map][0], x) << 16 |
		             channel_at(polynomials[map][1], x) << 8 |
		             channel_at(polynomials[map][2], x);
	}
}
