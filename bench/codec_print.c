/* SPDX-License-Identifier: MIT
 *
 * A table per kind of files, and one for all files. */
#include "codec_comparison.h"
#include "table.h"

static void add_heading(struct table *table, const struct codec_task *task)
{
	const char *headings[TABLE_COLUMNS_MAX] = { "", "files", "ms", "+-" };
	unsigned count = 4;

	for (const struct codec_column *column = task->columns; column->heading; column++)
		headings[count++] = column->heading;
	table_heading(table, headings, count);
}

static void add_value(struct table *table, const struct codec_column *column, double value,
                      bool is_stage)
{
	switch (column->format) {
	case CODEC_PERCENT_UNLESS_STAGE:
		if (is_stage)
			table_nothing(table);
		else
			table_percent(table, value);
		break;
	case CODEC_PERCENT:
		table_percent(table, value);
		break;
	case CODEC_TIMES:
		table_cell(table, "%.2f", value);
		break;
	case CODEC_SHARE:
		table_cell(table, "%.3f", value);
		break;
	case CODEC_MEGABYTES:
		table_number(table, value / 1e6);
		break;
	}
}

static void add_row(struct table *table, const struct codec_task *task, const struct codec *codec,
                    const struct codec_summary *summary)
{
	table_cell(table, "%s%s", codec->is_stage ? "  " : "", codec->name);
	table_cell(table, "%zu", summary->files);
	table_number(table, summary->ms);
	table_percent(table, summary->noise);
	for (const struct codec_column *column = task->columns; column->heading; column++)
		add_value(table, column, codec_column_value(column, summary), codec->is_stage);
}

static void print_kind(const struct codec_results *results, const char *kind, FILE *file)
{
	struct table table = { 0 };
	struct codec_summary summary;

	fprintf(file, "\n%s\n", kind ? kind : "all files");
	add_heading(&table, results->task);
	for (unsigned i = 0; i < results->options->codec_count; i++) {
		codec_summarize(results, i, kind, &summary);
		if (summary.files > 0)
			add_row(&table, results->task, results->options->codecs[i], &summary);
	}
	table_print(&table, file);
	table_finish(&table);
}

/* Counts the files that codecs rejected or did otherwise than libpng. */
static void print_absent(const struct codec_results *results, FILE *file)
{
	const struct options *options = results->options;

	for (unsigned i = 0; i < options->codec_count; i++) {
		size_t failed = 0, different = 0;

		for (size_t number = 0; number < results->png_files.count; number++) {
			const struct codec_trial *trial =
				&results->trials[number * options->codec_count + i];

			failed += trial->error != 0;
			different += trial->differs;
		}
		if (failed + different > 0)
			fprintf(file, "%s: without %zu %s and %zu %s\n", options->codecs[i]->name,
			        failed, results->task->cannot, different, results->task->changes);
	}
}

void codec_print(const struct codec_results *results, FILE *file)
{
	const char *kinds[PNG_KINDS_MAX];
	size_t count = png_files_kinds(&results->png_files, kinds, PNG_KINDS_MAX);

	environment_print(&results->environment, file);
	fprintf(file, "%-17s %s\n", "libpng's zlib", decoder_zlib_version());
	for (size_t i = 0; i < count && count > 1; i++)
		print_kind(results, kinds[i], file);
	print_kind(results, NULL, file);
	print_absent(results, file);
	fputs(results->task->legend, file);
}
