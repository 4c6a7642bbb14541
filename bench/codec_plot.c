/* SPDX-License-Identifier: MIT
 *
 * A row of bars per panel, one per kind of files and codec: the median with the least and the most
 * of any file. */
#include <string.h>

#include "codec_comparison.h"
#include "plot.h"

/* The first column of the data names the kind; a spread has this many. */
enum { SPREAD_COLUMNS = 3 };

static void write_spread(struct plot *plot, const struct codec_panel *panel,
                         const struct codec_summary *summary)
{
	struct spread spread;

	memcpy(&spread, (const char *)summary + panel->offset, sizeof(spread));
	fprintf(plot->script, " %g %g %g", spread.median, spread.min, spread.max);
}

/* kind: NULL for all files. */
static void write_kind(struct plot *plot, const struct codec_results *results, const char *kind)
{
	const struct codec_task *task = results->task;
	struct codec_summary summary;

	fputs("\"", plot->script);
	plot_text(plot, kind ? kind : "all");
	fputs("\"", plot->script);
	for (unsigned i = 0; i < results->options->codec_count; i++) {
		codec_summarize(results, i, kind, &summary);
		for (unsigned panel = 0; panel < task->panel_count; panel++)
			write_spread(plot, &task->panels[panel], &summary);
	}
	fputs("\n", plot->script);
}

static void write_data(struct plot *plot, const struct codec_results *results)
{
	const char *kinds[PNG_KINDS_MAX];
	size_t count = png_files_kinds(&results->png_files, kinds, PNG_KINDS_MAX);

	fputs("$data << END\n", plot->script);
	for (size_t i = 0; i < count; i++)
		write_kind(plot, results, kinds[i]);
	write_kind(plot, results, NULL);
	fputs("END\n", plot->script);
}

static void write_panel(struct plot *plot, const struct codec_results *results, unsigned panel)
{
	const struct codec_task *task = results->task;
	const struct options *options = results->options;
	const char *separator = "plot ";

	fprintf(plot->script,
	        "set title \"%s\"\nset ylabel \"%s\"\nset style data histogram\n"
	        "set style histogram errorbars gap 2 lw 1\nset style fill solid 0.6\n"
	        "set xtics rotate by -30\nset yrange [0:*]\nset key outside right\n",
	        task->panels[panel].title, task->panels[panel].axis);
	for (unsigned i = 0; i < options->codec_count; i++) {
		unsigned column = 2 + SPREAD_COLUMNS * (task->panel_count * i + panel);

		if (options->codecs[i]->is_stage)
			continue;
		fprintf(plot->script, "%s$data using %u:%u:%u:xtic(1) title \"", separator, column,
		        column + 1, column + 2);
		plot_text(plot, options->codecs[i]->name);
		fputs("\"", plot->script);
		separator = ", ";
	}
	fputs("\n", plot->script);
}

int codec_plot(const struct codec_results *results)
{
	struct plot plot;
	int error = plot_begin(&plot, results->options->plot_path, results->task->panel_count, 1);

	if (error)
		return error;
	write_data(&plot, results);
	for (unsigned panel = 0; panel < results->task->panel_count; panel++)
		write_panel(&plot, results, panel);
	return plot_end(&plot);
}
