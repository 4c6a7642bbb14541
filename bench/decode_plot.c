/* SPDX-License-Identifier: MIT
 *
 * A bar per kind of files and decoder: how many times as fast as libpng, the median with the
 * worst and best file. */
#include "decode.h"
#include "plot.h"

static void write_data(struct plot *plot, const struct decode_results *results,
                       const char *const *kinds, size_t count)
{
	struct decode_summary summary;

	fputs("$data << END\n", plot->script);
	for (size_t kind = 0; kind <= count; kind++) {
		fputs("\"", plot->script);
		plot_text(plot, kind < count ? kinds[kind] : "all");
		fputs("\"", plot->script);
		for (unsigned i = 0; i < results->options->decoder_count; i++) {
			decode_summarize(results, results->options->decoders[i],
			                 kind < count ? kinds[kind] : NULL, &summary);
			fprintf(plot->script, " %g %g %g", summary.speedup.median,
			        summary.speedup.min, summary.speedup.max);
		}
		fputs("\n", plot->script);
	}
	fputs("END\n", plot->script);
}

static void write_bars(struct plot *plot, const struct options *options)
{
	const char *separator = "plot ";

	fputs("set title \"PNG to pixels\"\nset ylabel \"times as fast as libpng\"\n"
	      "set style data histogram\nset style histogram errorbars gap 2 lw 1\n"
	      "set style fill solid 0.6\nset xtics rotate by -30\nset yrange [0:*]\n"
	      "set key outside right\n",
	      plot->script);
	for (unsigned i = 0; i < options->decoder_count; i++) {
		unsigned column = 2 + 3 * i;

		if (options->decoders[i]->traits & DECODER_STAGE)
			continue;
		fprintf(plot->script, "%s$data using %u:%u:%u:xtic(1) title \"", separator, column,
		        column + 1, column + 2);
		plot_text(plot, options->decoders[i]->name);
		fputs("\"", plot->script);
		separator = ", ";
	}
	fputs("\n", plot->script);
}

int decode_plot(const struct decode_results *results)
{
	const char *kinds[PNG_KINDS_MAX];
	size_t count = png_files_kinds(&results->png_files, kinds, PNG_KINDS_MAX);
	struct plot plot;
	int error = plot_begin(&plot, results->options->plot_path, 1, 1);

	if (error)
		return error;
	write_data(&plot, results, kinds, count);
	write_bars(&plot, results->options);
	return plot_end(&plot);
}
