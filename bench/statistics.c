/* SPDX-License-Identifier: MIT */
#include "statistics.h"

#include <stdlib.h>
#include <string.h>

static int compare(const void *one, const void *other)
{
	double a = *(const double *)one, b = *(const double *)other;

	return (a > b) - (a < b);
}

void statistics_spread(double *values, size_t count, struct spread *spread)
{
	*spread = (struct spread){ 0 };
	if (count == 0)
		return;
	qsort(values, count, sizeof(*values), compare);
	spread->median = (values[(count - 1) / 2] + values[count / 2]) / 2;
	spread->min = values[0];
	spread->max = values[count - 1];
}

void statistics_spread_rounds(const double *rounds, unsigned count, struct spread *spread)
{
	double values[ROUNDS_MAX];

	memcpy(values, rounds, count * sizeof(*values));
	statistics_spread(values, count, spread);
}

double statistics_noise(const struct spread *spread)
{
	return spread->median > 0 ? (spread->max - spread->min) / 2 / spread->median : 0;
}
