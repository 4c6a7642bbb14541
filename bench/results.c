/* SPDX-License-Identifier: MIT */
#include "results.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static bool makes_sense(const struct measurement *measurement, const struct cpu_affinity *affinity)
{
	const struct transport *transport = measurement->transport;

	if (measurement->cores == 2 && affinity->count < 2)
		return false;
	/* On one core, a side that spins blocks the other until its time slice ends. */
	if (measurement->cores == 1 && transport->traits & TRANSPORT_SPINS)
		return false;
	if (transport->traits & TRANSPORT_ALONE && measurement->rate_milli)
		return false;
	return !transport->touches || transport->touches >> measurement->touch & 1;
}

static void add(struct results *results, const struct measurement *measurement)
{
	if (makes_sense(measurement, &results->affinity))
		results->items[results->count++].measurement = *measurement;
}

static void add_transports(struct results *results, struct measurement measurement)
{
	const struct options *options = results->options;

	for (unsigned i = 0; i < options->transport_count; i++) {
		measurement.transport = options->transports[i];
		add(results, &measurement);
	}
}

static void add_cores_and_receivers(struct results *results, struct measurement measurement)
{
	const struct options *options = results->options;

	for (unsigned cores = 0; cores < options->cores_count; cores++) {
		measurement.cores = options->cores[cores];
		for (unsigned i = 0; i < options->receivers_count; i++) {
			measurement.receivers = options->receivers[i];
			add_transports(results, measurement);
		}
	}
}

static void add_all(struct results *results)
{
	const struct options *options = results->options;
	struct measurement measurement;

	for (unsigned rate = 0; rate < options->rate_count; rate++)
		for (unsigned touch = 0; touch < options->touch_count; touch++)
			for (unsigned size = 0; size < options->size_count; size++) {
				measurement = (struct measurement){
					.width = options->sizes[size].width,
					.height = options->sizes[size].height,
					.fourcc = options->fourcc,
					.touch = options->touches[touch],
					.rate_milli = options->rates_milli[rate],
					.slots = options->slots,
				};
				add_cores_and_receivers(results, measurement);
			}
}

int results_init(struct results *results, const struct options *options)
{
	size_t most = (size_t)options->rate_count * options->touch_count * options->size_count *
	              options->cores_count * options->receivers_count * options->transport_count;

	*results = (struct results){ .options = options };
	environment_init(&results->environment);
	cpu_affinity_init(&results->affinity);
	results->items = calloc(most, sizeof(*results->items));
	if (!results->items)
		return -ENOMEM;
	add_all(results);
	return 0;
}

void results_finish(struct results *results)
{
	free(results->items);
}

bool measurement_is_comparable(const struct measurement *one, const struct measurement *other)
{
	return one->width == other->width && one->height == other->height &&
	       one->touch == other->touch && one->cores == other->cores &&
	       one->rate_milli == other->rate_milli && one->receivers == other->receivers;
}

double result_figure(const struct result *result, unsigned round, size_t offset)
{
	double figure;

	memcpy(&figure, (const char *)&result->samples[round] + offset, sizeof(figure));
	return figure;
}

void result_spread(const struct result *result, size_t offset, struct spread *spread)
{
	double values[ROUNDS_MAX];

	for (unsigned i = 0; i < result->count; i++)
		values[i] = result_figure(result, i, offset);
	statistics_spread(values, result->count, spread);
}

double result_median(const struct result *result, size_t offset)
{
	struct spread spread;

	result_spread(result, offset, &spread);
	return spread.median;
}

uint64_t result_torn(const struct result *result)
{
	uint64_t torn = 0;

	for (unsigned i = 0; i < result->count; i++)
		torn += result->samples[i].torn;
	return torn;
}

double result_kernel_bytes(const struct result *result)
{
	const struct measurement *measurement = &result->measurement;

	return (double)measurement->transport->kernel_copies * measurement->receivers *
	       (double)measurement_pixel_bytes(measurement);
}

/* The noise between rounds, median over all results: of throughput, or at a fixed rate of
 * latency. */
static double typical_noise(const struct results *results)
{
	double *noises = calloc(results->count, sizeof(*noises));
	struct spread spread = { 0 };
	size_t count = 0;

	for (size_t i = 0; noises && i < results->count; i++) {
		const struct result *result = &results->items[i];

		if (result->count == 0)
			continue;
		result_spread(result,
		              result->measurement.rate_milli
		                      ? offsetof(struct sample, latency_p50_ns)
		                      : offsetof(struct sample, fps),
		              &spread);
		noises[count++] = statistics_noise(&spread);
	}
	if (noises)
		statistics_spread(noises, count, &spread);
	free(noises);
	return spread.median;
}

void results_judge(struct results *results)
{
	struct evidence evidence = {
		.rounds = results->options->rounds,
		.disturbed = results->disturbed,
		.stolen = results->load.stolen,
		.typical_noise = typical_noise(results),
	};

	for (size_t i = 0; i < results->count; i++)
		evidence.measured += results->items[i].count;
	validity_judge(&evidence, &results->validity);
}
