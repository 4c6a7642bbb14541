/* SPDX-License-Identifier: MIT */
#include "validity.h"

#include <stdarg.h>
#include <stdio.h>

enum { ROUNDS_MIN = 3 };

static const double foreign_max = 0.10;    /* of a processor */
static const double stolen_max = 0.02;     /* in one measurement */
static const double stolen_all_max = 0.01; /* in all */
static const double disturbed_max = 0.10;
static const double noise_max = 0.15;

bool validity_is_disturbed(const struct load_shares *load)
{
	return load->foreign > foreign_max || load->stolen > stolen_max;
}

static void __attribute__((format(printf, 2, 3)))
add_reason(struct validity *validity, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(validity->reasons[validity->count++], VALIDITY_REASON_SIZE, format, arguments);
	va_end(arguments);
}

void validity_judge(const struct evidence *evidence, struct validity *validity)
{
	double disturbed =
		evidence->measured ? (double)evidence->disturbed / (double)evidence->measured : 1;

	validity->count = 0;
	if (evidence->rounds < ROUNDS_MIN)
		add_reason(validity,
		           "%u rounds are too few to measure noise: use --rounds %d or more",
		           evidence->rounds, ROUNDS_MIN);
	else if (evidence->typical_noise > noise_max)
		add_reason(validity, "rounds differ by %.0f %% either way: run longer (--seconds)",
		           evidence->typical_noise * 100);
	if (disturbed > disturbed_max)
		add_reason(validity,
		           "%.0f %% of the measurements were disturbed: stop other programs",
		           disturbed * 100);
	if (evidence->stolen > stolen_all_max)
		add_reason(validity, "the hypervisor took %.1f %% of a processor",
		           evidence->stolen * 100);
}

json_t *validity_json(const struct validity *validity)
{
	json_t *array = json_array();

	for (unsigned i = 0; i < validity->count; i++)
		json_array_append_new(array, json_string(validity->reasons[i]));
	return array;
}
