/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "output.h"
#include "pipeline.h"
#include "plot.h"
#include "statistics.h"
#include "table.h"

static const char *const headings[] = { "",   "threads",    "frames/s",
	                                "+-", "shmflip is", "CPU ms a frame" };

static void spread_of(const double *values, unsigned count, struct spread *spread)
{
	double copy[ROUNDS_MAX];

	memcpy(copy, values, count * sizeof(*copy));
	statistics_spread(copy, count, spread);
}

/* Ours with as many threads, and a window if it has one. */
static const struct pipeline_result *ours(const struct pipeline_results *results,
                                          const struct contender *like)
{
	for (unsigned i = 0; i < results->count; i++) {
		const struct contender *contender = results->items[i].contender;

		if (strncmp(contender->name, "shmflip", 7) == 0 &&
		    contender->threads == like->threads && contender->traits == like->traits)
			return results->items[i].count ? &results->items[i] : NULL;
	}
	return NULL;
}

static void add_row(struct table *table, const struct pipeline_results *results,
                    const struct pipeline_result *result)
{
	const struct pipeline_result *ours_here = ours(results, result->contender);
	struct spread fps, cpu_ms, our_fps;

	spread_of(result->fps, result->count, &fps);
	spread_of(result->cpu_ms, result->count, &cpu_ms);
	table_cell(table, "%s", result->contender->name);
	table_cell(table, "%u", result->contender->threads);
	table_number(table, fps.median);
	table_percent(table, statistics_noise(&fps));
	if (ours_here && fps.median > 0) {
		spread_of(ours_here->fps, ours_here->count, &our_fps);
		table_cell(table, "%.2fx", our_fps.median / fps.median);
	} else {
		table_nothing(table);
	}
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
	fputs("\nWithout the time that programs take to start; shmflip is so many times as fast "
	      "with as "
	      "many threads;\nCPU: of all processes.\n",
	      file);
}

static json_t *result_json(const struct pipeline_result *result)
{
	const struct contender *contender = result->contender;
	struct spread fps, cpu_ms;
	json_t *rounds = json_array();

	spread_of(result->fps, result->count, &fps);
	spread_of(result->cpu_ms, result->count, &cpu_ms);
	for (unsigned i = 0; i < result->count; i++)
		json_array_append_new(rounds, json_real(result->fps[i]));
	return json_pack("{s:s, s:s, s:i, s:b, s:s, s:f, s:f, s:f, s:f, s:o}", "contender",
	                 contender->name, "title", contender->title, "threads",
	                 (int)contender->threads, "window",
	                 (contender->traits & CONTENDER_WINDOW) != 0, "absent", result->detail,
	                 "frames_per_second", fps.median, "min", fps.min, "max", fps.max, "cpu_ms",
	                 cpu_ms.median, "rounds", rounds);
}

json_t *pipeline_json(const struct pipeline_results *results)
{
	json_t *items = json_array();

	for (unsigned i = 0; i < results->count; i++)
		json_array_append_new(items, result_json(&results->items[i]));
	return json_pack("{s:s, s:s, s:o, s:o, s:i, s:i, s:i, s:i, s:b, s:o, s:o}", "program",
	                 "shmflip-bench", "version", SHMFLIP_VERSION, "command",
	                 output_command(results->options), "environment",
	                 environment_json(&results->environment), "width", (int)results->width,
	                 "height", (int)results->height, "files", (int)results->files, "frames",
	                 (int)results->frames, "valid", results->verdict.count == 0, "objections",
	                 verdict_json(&results->verdict), "results", items);
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

		spread_of(result->fps, result->count, &fps);
		if (result->count)
			fprintf(plot.script, "\"%s\" %g %g %g\n", result->contender->name,
			        fps.median, fps.min, fps.max);
	}
	fprintf(plot.script,
	        "END\nunset key\nset title \"PNG files of %ux%u to a viewer\"\n"
	        "set ylabel \"frames a second\"\nset yrange [0:*]\nset xtics rotate by -30\n"
	        "set style fill solid 0.6\nset boxwidth 0.7\n"
	        "plot $data using 0:2:xtic(1) with boxes, '' using 0:2:3:4 with yerrorbars lc "
	        "'black' pt 0\n",
	        results->width, results->height);
	return plot_end(&plot);
}
