/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "pipeline.h"
#include "plot.h"
#include "report.h"
#include "statistics.h"
#include "table.h"

static const char *const headings[] = { "",           "threads",    "frames/s",      "+-",
	                                "one thread", "shmflip is", "CPU ms a frame" };

/* Contenders are compared only if these are equal: what reads or shows the frames. */
static unsigned comparable_traits(const struct contender *contender)
{
	return contender->traits & ~(unsigned)CONTENDER_LIMIT;
}

/* Whether contender is shmflip, with as many threads and the same kind of output as like. */
static bool is_ours(const struct contender *contender, const struct contender *like)
{
	return strncmp(contender->name, "shmflip", 7) == 0 && contender->threads == like->threads &&
	       comparable_traits(contender) == comparable_traits(like);
}

/* Whether contender is like with one thread. */
static bool is_single(const struct contender *contender, const struct contender *like)
{
	return contender->threads == 1 && contender->assemble == like->assemble &&
	       comparable_traits(contender) == comparable_traits(like);
}

/* The median frames per second of the first contender that is_wanted; 0: none is. */
static double fps_of(const struct pipeline_results *results, const struct contender *like,
                     bool (*is_wanted)(const struct contender *, const struct contender *))
{
	struct spread fps;

	for (unsigned i = 0; i < results->count; i++) {
		const struct pipeline_result *result = &results->items[i];

		if (is_wanted(result->contender, like)) {
			statistics_spread_rounds(result->fps, result->count, &fps);
			return fps.median;
		}
	}
	return 0;
}

static void add_times(struct table *table, double fps, double than)
{
	if (fps > 0 && than > 0)
		table_cell(table, "%.2fx", fps / than);
	else
		table_nothing(table);
}

static void add_row(struct table *table, const struct pipeline_results *results,
                    const struct pipeline_result *result)
{
	const struct contender *contender = result->contender;
	struct spread fps, cpu_ms;

	statistics_spread_rounds(result->fps, result->count, &fps);
	statistics_spread_rounds(result->cpu_ms, result->count, &cpu_ms);
	table_cell(table, "%s%s", contender->traits & CONTENDER_LIMIT ? "  " : "", contender->name);
	table_cell(table, "%u", contender->threads);
	table_number(table, fps.median);
	table_percent(table, statistics_noise(&fps));
	add_times(table, fps.median, fps_of(results, contender, is_single));
	add_times(table, fps_of(results, contender, is_ours), fps.median);
	table_number(table, cpu_ms.median);
}

void pipeline_print(const struct pipeline_results *results, FILE *file)
{
	struct table table = { 0 };

	environment_print(&results->environment, file);
	fprintf(file, "\n%ux%u, %u files, %u frames in each round\n", results->width,
	        results->height, results->files, results->frames);
	table_heading(&table, headings, sizeof(headings) / sizeof(headings[0]));
	for (unsigned i = 0; i < results->count; i++)
		if (results->items[i].count)
			add_row(&table, results, &results->items[i]);
	table_print(&table, file);
	table_finish(&table);
	for (unsigned i = 0; i < results->count; i++)
		if (!results->items[i].count)
			fprintf(file, "%s: %s\n", results->items[i].contender->name,
			        results->items[i].detail);
	fputs("\nWithout start-up. one thread: how many times as fast as with one thread; shmflip "
	      "is:\n"
	      "how many times as fast shmflip is, with as many threads and the same output; CPU: "
	      "of\n"
	      "all processes. Indented: a limit, producers of one thread side by side.\n",
	      file);
}

static json_t *result_json(const struct pipeline_results *results,
                           const struct pipeline_result *result)
{
	const struct contender *contender = result->contender;
	struct spread fps, cpu_ms;
	json_t *rounds = json_array();
	double single = fps_of(results, contender, is_single);

	statistics_spread_rounds(result->fps, result->count, &fps);
	statistics_spread_rounds(result->cpu_ms, result->count, &cpu_ms);
	for (unsigned i = 0; i < result->count; i++)
		json_array_append_new(rounds, json_real(result->fps[i]));
	return json_pack("{s:s, s:s, s:i, s:b, s:s, s:f, s:f, s:f, s:f, s:f, s:o}", "contender",
	                 contender->name, "title", contender->title, "threads",
	                 (int)contender->threads, "window",
	                 (contender->traits & CONTENDER_WINDOW) != 0, "absent", result->detail,
	                 "frames_per_second", fps.median, "min", fps.min, "max", fps.max, "cpu_ms",
	                 cpu_ms.median, "times_one_thread", single > 0 ? fps.median / single : 0.0,
	                 "rounds", rounds);
}

json_t *pipeline_json(const struct pipeline_results *results)
{
	json_t *items = json_array();

	for (unsigned i = 0; i < results->count; i++)
		json_array_append_new(items, result_json(results, &results->items[i]));
	return json_pack("{s:s, s:s, s:o, s:o, s:i, s:i, s:i, s:i, s:b, s:o, s:o}", "program",
	                 "shmflip-bench", "version", PROGRAM_VERSION, "command",
	                 report_command(results->options), "environment",
	                 environment_json(&results->environment), "width", (int)results->width,
	                 "height", (int)results->height, "files", (int)results->files, "frames",
	                 (int)results->frames, "valid", results->validity.count == 0, "objections",
	                 validity_json(&results->validity), "results", items);
}

int pipeline_plot(const struct pipeline_results *results)
{
	struct plot plot;
	struct spread fps;
	int error = plot_begin(&plot, results->options->plot_path, 1, 1);

	if (error)
		return error;
	fputs("$data << END\n", plot.script);
	for (unsigned i = 0; i < results->count; i++) {
		const struct pipeline_result *result = &results->items[i];

		statistics_spread_rounds(result->fps, result->count, &fps);
		if (result->count)
			fprintf(plot.script, "\"%s\" %g %g %g\n", result->contender->name,
			        fps.median, fps.min, fps.max);
	}
	fprintf(plot.script,
	        "END\nunset key\nset title \"PNG files of %ux%u to a viewer\"\n"
	        "set ylabel \"frames per second\"\nset yrange [0:*]\n",
	        results->width, results->height);
	plot_bars(&plot, -30);
	return plot_end(&plot);
}
