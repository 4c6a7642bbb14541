/* SPDX-License-Identifier: MIT
 *
 * A table per kind of pictures, and one for all. */
#include "encode.h"
#include "table.h"

static const char *const headings[] = {
	"",     "files", "ms",   "+-", "of libpng's time", "least", "most", "pixels MB/s",
	"size", "least", "most",
};

static const char legend[] =
	"\n"
	"Medians over files. ms: processor time per file; +-: noise between rounds; of libpng's\n"
	"time: its time as a share of that, then least and most of any file; size: its PNG's, as "
	"a\n"
	"share of that of libpng's, then least and most.\n";

static void add_row(struct table *table, const struct encoder *encoder,
                    const struct encode_summary *summary)
{
	table_cell(table, "%s", encoder->name);
	table_cell(table, "%zu", summary->files);
	table_number(table, summary->ms);
	table_percent(table, summary->noise);
	table_cell(table, "%.3f", summary->of_libpng.median);
	table_cell(table, "%.3f", summary->of_libpng.min);
	table_cell(table, "%.3f", summary->of_libpng.max);
	table_number(table, summary->pixels_per_s / 1e6);
	table_cell(table, "%.2f", summary->size.median);
	table_cell(table, "%.2f", summary->size.min);
	table_cell(table, "%.2f", summary->size.max);
}

static void print_kind(const struct encode_results *results, const char *kind, FILE *file)
{
	struct table table = { 0 };
	struct encode_summary summary;

	fprintf(file, "\n%s\n", kind ? kind : "all files");
	table_heading(&table, headings, sizeof(headings) / sizeof(headings[0]));
	for (unsigned i = 0; i < results->options->encoder_count; i++) {
		encode_summarize(results, results->options->encoders[i], kind, &summary);
		if (summary.files > 0)
			add_row(&table, results->options->encoders[i], &summary);
	}
	table_print(&table, file);
	table_finish(&table);
}

/* Counts the pictures that encoders rejected or changed. */
static void print_absent(const struct encode_results *results, FILE *file)
{
	const struct options *options = results->options;

	for (unsigned i = 0; i < options->encoder_count; i++) {
		size_t failed = 0, different = 0;

		for (size_t number = 0; number < results->png_files.count; number++) {
			const struct encode_trial *trial =
				&results->trials[number * options->encoder_count + i];

			failed += trial->error != 0;
			different += trial->differs;
		}
		if (failed + different > 0)
			fprintf(file,
			        "%s: without %zu pictures that it cannot encode and %zu that it "
			        "changes\n",
			        options->encoders[i]->name, failed, different);
	}
}

void encode_print(const struct encode_results *results, FILE *file)
{
	const char *kinds[PNG_KINDS_MAX];
	size_t count = png_files_kinds(&results->png_files, kinds, PNG_KINDS_MAX);

	environment_print(&results->environment, file);
	for (size_t i = 0; i < count && count > 1; i++)
		print_kind(results, kinds[i], file);
	print_kind(results, NULL, file);
	print_absent(results, file);
	fputs(legend, file);
}
