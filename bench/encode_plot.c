/* SPDX-License-Identifier: MIT
 *
 * Two rows of bars, one per kind of pictures and encoder: time and size as shares of libpng's, the
 * median with the least and the most of any file. */
#include "encode.h"
#include "plot.h"

enum { TIME_COLUMN = 2, SIZE_COLUMN = 5, COLUMNS_PER_ENCODER = 6 };

static void write_spread(struct plot *plot, const struct spread *spread)
{
	fprintf(plot->script, " %g %g %g", spread->median, spread->min, spread->max);
}

static void write_data(struct plot *plot, const struct encode_results *results,
                       const char *const *kinds, size_t count)
{
	struct encode_summary summary;

	fputs("$data << END\n", plot->script);
	for (size_t kind = 0; kind < count; kind++) {
		fputs("\"", plot->script);
		plot_text(plot, kinds[kind]);
		fputs("\"", plot->script);
		for (unsigned i = 0; i < results->options->encoder_count; i++) {
			encode_summarize(results, results->options->encoders[i], kinds[kind],
			                 &summary);
			write_spread(plot, &summary.of_libpng);
			write_spread(plot, &summary.size);
		}
		fputs("\n", plot->script);
	}
	fputs("END\n", plot->script);
}

static void write_bars(struct plot *plot, const struct options *options, const char *title,
                       unsigned first_column)
{
	const char *separator = "plot ";

	fprintf(plot->script,
	        "set title \"%s\"\nset ylabel \"share of libpng's\"\nset style data histogram\n"
	        "set style histogram errorbars gap 2 lw 1\nset style fill solid 0.6\n"
	        "set xtics rotate by -30\nset yrange [0:*]\nset key outside right\n",
	        title);
	for (unsigned i = 0; i < options->encoder_count; i++) {
		unsigned column = first_column + COLUMNS_PER_ENCODER * i;

		fprintf(plot->script, "%s$data using %u:%u:%u:xtic(1) title \"", separator, column,
		        column + 1, column + 2);
		plot_text(plot, options->encoders[i]->name);
		fputs("\"", plot->script);
		separator = ", ";
	}
	fputs("\n", plot->script);
}

int encode_plot(const struct encode_results *results)
{
	const char *kinds[PNG_KINDS_MAX];
	size_t count = png_files_kinds(&results->png_files, kinds, PNG_KINDS_MAX);
	struct plot plot;
	int error = plot_begin(&plot, results->options->plot_path, 2, 1);

	if (error)
		return error;
	write_data(&plot, results, kinds, count);
	write_bars(&plot, results->options, "pixels to PNG: time", TIME_COLUMN);
	write_bars(&plot, results->options, "pixels to PNG: size", SIZE_COLUMN);
	return plot_end(&plot);
}
