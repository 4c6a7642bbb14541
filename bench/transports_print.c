/* SPDX-License-Identifier: MIT
 *
 * A table per kind of work, size, number of cores, rate and number of receivers. */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "shmflip.h"
#include "table.h"
#include "transports.h"

enum { P999_FRAMES_MIN = 1000 }; /* for the 99.9th percentile */

static const char *const headings[] = {
	"",         "frames/s", "+-",      "GB/s",     "shmflip is", "p50 us",
	"p99",      "p99.9",    "send us", "CPU us",   "and",        "copied MB",
	"switches", "faults",   "dropped", "first ms", "faults",
};

static const char legend[] =
	"\n"
	"+-: half the distance between the slowest and the fastest round; shmflip is: how many\n"
	"times as fast shmflip is (frames if flat out, p50 at a rate); p50 p99 p99.9: from ready\n"
	"to received; send: the sender's time to hand over (p50); CPU: per frame, sender and all\n"
	"receivers; copied: by the kernel per frame; switches of context, page faults: per frame,\n"
	"both sides; first: the first frame from ready to processed, and its page faults.\n"
	"Indented: limits.\n";

static void print_title(const struct measurement *measurement, FILE *file)
{
	fprintf(file, "\n%ux%u %s, %s, %s, ", measurement->width, measurement->height,
	        shmflip_format_info(measurement->fourcc)->name, touch_names[measurement->touch],
	        measurement->cores == 1 ? "one core" : "two cores");
	if (measurement->rate_milli)
		fprintf(file, "%g frames per second, ", measurement->rate_milli / 1000.0);
	else
		fputs("flat out, ", file);
	fprintf(file, "%u receiver%s\n", measurement->receivers,
	        measurement->receivers == 1 ? "" : "s");
}

/* How many times as fast as this shmflip is: flat out in frames, at a rate in latency. */
static double ratio_to(const struct result *result, const struct result *ours)
{
	double flat, paced;

	if (!ours || ours->count == 0 || result->measurement.transport->traits & TRANSPORT_EMPTY)
		return 0;
	flat = RESULT_MEDIAN(result, fps);
	paced = RESULT_MEDIAN(ours, latency_p50_ns);
	if (result->measurement.rate_milli)
		return paced > 0 ? RESULT_MEDIAN(result, latency_p50_ns) / paced : 0;
	return flat > 0 ? RESULT_MEDIAN(ours, fps) / flat : 0;
}

static void add_ratio(struct table *table, const struct result *result, const struct result *ours)
{
	double ratio = ratio_to(result, ours);

	if (ratio > 0)
		table_cell(table, ratio < 9.95 ? "%.2fx" : "%.0fx", ratio);
	else
		table_nothing(table);
}

static void add_throughput(struct table *table, const struct result *result,
                           const struct result *ours)
{
	const struct measurement *measurement = &result->measurement;
	struct spread fps;

	result_spread(result, offsetof(struct sample, fps), &fps);
	table_number(table, fps.median);
	table_percent(table, statistics_noise(&fps));
	if (measurement->transport->traits & TRANSPORT_EMPTY)
		table_nothing(table);
	else
		table_number(table,
		             fps.median * (double)measurement_pixel_bytes(measurement) / 1e9);
	add_ratio(table, result, ours);
}

static void add_latency(struct table *table, const struct result *result)
{
	const struct histogram *latency = &result->latency;

	if (latency->count == 0) {
		for (int i = 0; i < 4; i++)
			table_nothing(table);
		return;
	}
	table_number(table, RESULT_MEDIAN(result, latency_p50_ns) / 1e3);
	table_number(table, (double)histogram_percentile_ns(latency, 99) / 1e3);
	if (latency->count >= P999_FRAMES_MIN)
		table_number(table, (double)histogram_percentile_ns(latency, 99.9) / 1e3);
	else
		table_nothing(table);
	table_number(table, RESULT_MEDIAN(result, send_p50_ns) / 1e3);
}

static void add_costs(struct table *table, const struct result *result)
{
	table_number(table, RESULT_MEDIAN(result, sender_cpu_ns) / 1e3);
	table_number(table, RESULT_MEDIAN(result, receivers_cpu_ns) / 1e3);
	table_number(table, result_kernel_bytes(result) / 1e6);
	table_number(table, RESULT_MEDIAN(result, switches));
	table_number(table, RESULT_MEDIAN(result, faults));
	table_percent(table, RESULT_MEDIAN(result, dropped));
	table_number(table, RESULT_MEDIAN(result, first_ns) / 1e6);
	table_number(table, RESULT_MEDIAN(result, first_faults));
}

static void add_row(struct table *table, const struct result *result, const struct result *ours)
{
	table_cell(table, "%s%s",
	           result->measurement.transport->traits & TRANSPORT_LIMIT ? "  " : "",
	           result->measurement.transport->name);
	add_throughput(table, result, ours);
	add_latency(table, result);
	add_costs(table, result);
}

/* Transports without figures, with the reason. */
static void print_absent(const struct result *result, size_t count, FILE *file)
{
	for (size_t i = 0; i < count; i++)
		if (result[i].count == 0)
			fprintf(file, "%s: %s\n", result[i].measurement.transport->name,
			        result[i].detail[0] ? result[i].detail
			                            : strerror(-result[i].error));
}

static void print_comparable(const struct result *first, size_t count, FILE *file)
{
	struct table table = { 0 };
	const struct result *ours = NULL;

	print_title(&first->measurement, file);
	table_heading(&table, headings, sizeof(headings) / sizeof(headings[0]));
	for (size_t i = 0; i < count && !ours; i++)
		if (strcmp(first[i].measurement.transport->name, "shmflip") == 0)
			ours = &first[i];
	for (size_t i = 0; i < count; i++)
		if (first[i].count > 0)
			add_row(&table, &first[i], ours);
	table_print(&table, file);
	table_finish(&table);
	print_absent(first, count, file);
}

void transports_print(const struct results *results, FILE *file)
{
	size_t end;

	environment_print(&results->environment, file);
	for (size_t begin = 0; begin < results->count; begin = end) {
		const struct result *first = &results->items[begin];

		for (end = begin + 1; end < results->count; end++)
			if (!measurement_is_comparable(&first->measurement,
			                               &results->items[end].measurement))
				break;
		print_comparable(first, end - begin, file);
	}
	fputs(legend, file);
}
