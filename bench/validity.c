/* SPDX-License-Identifier: MIT */
#include "verdict.h"

#include <stdarg.h>
#include <stdio.h>

enum { ROUNDS_MIN = 3 };

static const double foreign_max = 0.10;    /* of a processor */
static const double stolen_max = 0.02;     /* in one measurement */
static const double stolen_all_max = 0.01; /* in all */
static const double disturbed_max = 0.10;
static const double noise_max = 0.15;

bool verdict_disturbed(const struct load_shares *load)
{
	return load->foreign > foreign_max || load->stolen > stolen_max;
}

static void __attribute__((format(printf, 2, 3)))
object(struct verdict *verdict, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(verdict->reasons[verdict->count++], VERDICT_REASON_SIZE, format, arguments);
	va_end(arguments);
}

void verdict_find(const struct evidence *evidence, struct verdict *verdict)
{
	double disturbed =
		evidence->measured ? (double)evidence->disturbed / (double)evidence->measured : 1;

	verdict->count = 0;
	if (evidence->rounds < ROUNDS_MIN)
		object(verdict, "%u rounds tell nothing of noise: run %d at least",
		       evidence->rounds, ROUNDS_MIN);
	else if (evidence->typical_noise > noise_max)
		object(verdict, "rounds differ by %.0f %% either way: run longer (--seconds)",
		       evidence->typical_noise * 100);
	if (disturbed > disturbed_max)
		object(verdict, "%.0f %% of the measurements were disturbed: end other programs",
		       disturbed * 100);
	if (evidence->stolen > stolen_all_max)
		object(verdict, "the hypervisor took %.1f %% of a processor away",
		       evidence->stolen * 100);
}

json_t *verdict_json(const struct verdict *verdict)
{
	json_t *array = json_array();

	for (unsigned i = 0; i < verdict->count; i++)
		json_array_append_new(array, json_string(verdict->reasons[i]));
	return array;
}
