/* SPDX-License-Identifier: MIT */
#include "ages.h"

/* Below AGES_STEPS a bin holds one value; above, it holds those with the same exponent and the same
 * five bits after the leading one. */
static unsigned bin_of(uint64_t value)
{
	if (value < AGES_STEPS)
		return (unsigned)value;
	unsigned shift = 58 - (unsigned)__builtin_clzll(value);
	return shift * AGES_STEPS + (unsigned)(value >> shift);
}

static int64_t largest_in(unsigned bin)
{
	if (bin < 2 * AGES_STEPS)
		return bin;
	unsigned shift = bin / AGES_STEPS - 1;
	uint64_t leading = AGES_STEPS + bin % AGES_STEPS;
	return (int64_t)(((leading + 1) << shift) - 1);
}

void ages_add(struct ages *ages, int64_t age_ns)
{
	if (age_ns < 0)
		age_ns = 0;
	ages->bins[bin_of((uint64_t)age_ns)]++;
	ages->count++;
	if (age_ns > ages->max_ns)
		ages->max_ns = age_ns;
}

int64_t ages_quantile_ns(const struct ages *ages, double share)
{
	uint64_t seen = 0;

	for (unsigned bin = 0; bin < AGES_BINS; bin++) {
		seen += ages->bins[bin];
		if (seen > 0 && (double)seen >= share * (double)ages->count)
			return largest_in(bin) < ages->max_ns ? largest_in(bin) : ages->max_ns;
	}
	return 0;
}
