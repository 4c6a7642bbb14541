/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <string.h>

#include "report.h"
#include "shmflip.h"
#include "transports.h"

/* The figures of a sample and their names in JSON. */
static const struct figure {
	const char *name;
	size_t offset;
} figures[] = {
	{ "frames_per_second", offsetof(struct sample, fps) },
	{ "latency_p50_ns", offsetof(struct sample, latency_p50_ns) },
	{ "send_p50_ns", offsetof(struct sample, send_p50_ns) },
	{ "sender_cpu_ns", offsetof(struct sample, sender_cpu_ns) },
	{ "receivers_cpu_ns", offsetof(struct sample, receivers_cpu_ns) },
	{ "switches", offsetof(struct sample, switches) },
	{ "faults", offsetof(struct sample, faults) },
	{ "io_bytes", offsetof(struct sample, io_bytes) },
	{ "dropped", offsetof(struct sample, dropped) },
	{ "setup_ns", offsetof(struct sample, setup_ns) },
	{ "first_ns", offsetof(struct sample, first_ns) },
	{ "first_faults", offsetof(struct sample, first_faults) },
	{ "foreign_load", offsetof(struct sample, load.foreign) },
	{ "stolen", offsetof(struct sample, load.stolen) },
};

static json_t *figure_json(const struct result *result, size_t offset)
{
	struct spread spread;
	json_t *rounds = json_array();

	result_spread(result, offset, &spread);
	for (unsigned i = 0; i < result->count; i++)
		json_array_append_new(rounds, json_real(result_figure(result, i, offset)));
	return json_pack("{s:f, s:f, s:f, s:o}", "median", spread.median, "min", spread.min, "max",
	                 spread.max, "rounds", rounds);
}

static json_t *latency_json(const struct histogram *latency)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I}", "count", (json_int_t)latency->count, "p50",
	                 (json_int_t)histogram_percentile_ns(latency, 50), "p99",
	                 (json_int_t)histogram_percentile_ns(latency, 99), "p999",
	                 (json_int_t)histogram_percentile_ns(latency, 99.9), "max",
	                 (json_int_t)latency->max_ns);
}

static json_t *measurement_json(const struct measurement *measurement)
{
	return json_pack("{s:s, s:s, s:b, s:i, s:i, s:s, s:s, s:i, s:f, s:i, s:i}", "transport",
	                 measurement->transport->name, "title", measurement->transport->title,
	                 "limit", (measurement->transport->traits & TRANSPORT_LIMIT) != 0, "width",
	                 (int)measurement->width, "height", (int)measurement->height, "pixels",
	                 shmflip_format_info(measurement->fourcc)->name, "touch",
	                 touch_names[measurement->touch], "cores", (int)measurement->cores, "rate",
	                 measurement->rate_milli / 1000.0, "receivers", (int)measurement->receivers,
	                 "slots", (int)measurement->slots);
}

static json_t *result_json(const struct result *result)
{
	json_t *object = measurement_json(&result->measurement);

	if (result->count == 0) {
		json_object_set_new(object, "absent", json_string(result->detail));
		return object;
	}
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++)
		json_object_set_new(object, figures[i].name,
		                    figure_json(result, figures[i].offset));
	json_object_set_new(object, "latency_ns", latency_json(&result->latency));
	json_object_set_new(object, "kernel_bytes", json_real(result_kernel_bytes(result)));
	json_object_set_new(object, "torn", json_integer((json_int_t)result_torn(result)));
	return object;
}

json_t *transports_json(const struct results *results)
{
	const struct options *options = results->options;
	json_t *all = json_array();

	for (size_t i = 0; i < results->count; i++)
		json_array_append_new(all, result_json(&results->items[i]));
	return json_pack("{s:s, s:s, s:o, s:o, s:i, s:f, s:f, s:f, s:I, s:b, s:o, s:o}", "program",
	                 "shmflip-bench", "version", PROGRAM_VERSION, "command",
	                 report_command(options), "environment",
	                 environment_json(&results->environment), "rounds", (int)options->rounds,
	                 "seconds", (double)options->seconds_ns / 1e9, "foreign_load",
	                 results->load.foreign, "stolen", results->load.stolen, "disturbed",
	                 (json_int_t)results->disturbed, "valid", results->validity.count == 0,
	                 "objections", validity_json(&results->validity), "results", all);
}
