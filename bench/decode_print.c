/* SPDX-License-Identifier: MIT
 *
 * A table per kind of files, and one for all files. */
#include <string.h>

#include "decode.h"
#include "table.h"

static const char *const headings[] = {
	"",     "files",       "ms",        "+-",    "times libpng", "least",
	"most", "pixels MB/s", "file MB/s", "first", "of libpng",    "of shmflip",
};

static const char legend[] =
	"\n"
	"Medians over files. ms: processor time per file; +-: noise between rounds; times libpng:\n"
	"how many times as fast, then least and most of any file; first: share of files on which\n"
	"no other was faster; of libpng, of shmflip: its time as a share of theirs. Indented: a\n"
	"single stage of decoding. The rest of the time is unfiltering and reordering bytes.\n";

static void add_row(struct table *table, const struct decoder *decoder,
                    const struct decode_summary *summary)
{
	bool is_stage = decoder->traits & DECODER_STAGE;

	table_cell(table, "%s%s", is_stage ? "  " : "", decoder->name);
	table_cell(table, "%zu", summary->files);
	table_number(table, summary->ms);
	table_percent(table, summary->noise);
	table_cell(table, "%.2f", summary->speedup.median);
	table_cell(table, "%.2f", summary->speedup.min);
	table_cell(table, "%.2f", summary->speedup.max);
	table_number(table, summary->pixels_per_s / 1e6);
	table_number(table, summary->file_per_s / 1e6);
	if (is_stage)
		table_nothing(table);
	else
		table_percent(table, summary->first);
	table_percent(table, summary->of_reference);
	table_percent(table, summary->of_shmflip);
}

static void print_kind(const struct decode_results *results, const char *kind, FILE *file)
{
	struct table table = { 0 };
	struct decode_summary summary;

	fprintf(file, "\n%s\n", kind ? kind : "all files");
	table_heading(&table, headings, sizeof(headings) / sizeof(headings[0]));
	for (unsigned i = 0; i < results->options->decoder_count; i++) {
		decode_summarize(results, results->options->decoders[i], kind, &summary);
		if (summary.files > 0)
			add_row(&table, results->options->decoders[i], &summary);
	}
	table_print(&table, file);
	table_finish(&table);
}

/* Counts the files that decoders rejected or decoded to other pixels. */
static void print_absent(const struct decode_results *results, FILE *file)
{
	const struct options *options = results->options;

	for (unsigned i = 0; i < options->decoder_count; i++) {
		size_t failed = 0, different = 0;

		for (size_t number = 0; number < results->png_files.count; number++) {
			const struct trial *trial =
				&results->trials[number * options->decoder_count + i];

			failed += trial->error != 0;
			different += trial->differs;
		}
		if (failed + different > 0)
			fprintf(file,
			        "%s: without %zu files that it cannot decode and %zu that it "
			        "decodes to other pixels\n",
			        options->decoders[i]->name, failed, different);
	}
}

void decode_print(const struct decode_results *results, FILE *file)
{
	const char *kinds[PNG_KINDS_MAX];
	size_t count = png_files_kinds(&results->png_files, kinds, PNG_KINDS_MAX);

	environment_print(&results->environment, file);
	fprintf(file, "%-17s %s\n", "libpng's zlib", decoder_zlib_version());
	for (size_t i = 0; i < count && count > 1; i++)
		print_kind(results, kinds[i], file);
	print_kind(results, NULL, file);
	print_absent(results, file);
	fputs(legend, file);
}
