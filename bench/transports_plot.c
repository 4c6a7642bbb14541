/* SPDX-License-Identifier: MIT
 *
 * A panel per kind of work, number of cores, rate and number of receivers. With several sizes,
 * each transport has a line across them; with one size, a bar. Flat out, the figure is frames
 * per second; at a rate, latency. */
#include <string.h>

#include "plot.h"
#include "shmflip.h"
#include "transports.h"

enum { PANELS_ACROSS = 2, PANELS_MAX = 24 };

/* Results that differ only in transport and size. */
struct panel {
	const struct results *results;
	const struct measurement *like;
};

static bool is_in(const struct panel *panel, const struct measurement *measurement)
{
	const struct measurement *like = panel->like;

	return measurement->touch == like->touch && measurement->cores == like->cores &&
	       measurement->rate_milli == like->rate_milli &&
	       measurement->receivers == like->receivers;
}

static bool is_new(const struct panel *panels, unsigned count,
                   const struct measurement *measurement)
{
	for (unsigned i = 0; i < count; i++)
		if (is_in(&panels[i], measurement))
			return false;
	return true;
}

static unsigned find_panels(const struct results *results, struct panel *panels)
{
	unsigned count = 0;

	for (size_t i = 0; i < results->count && count < PANELS_MAX; i++)
		if (is_new(panels, count, &results->items[i].measurement))
			panels[count++] = (struct panel){ results, &results->items[i].measurement };
	return count;
}

static const struct result *find(const struct panel *panel, const struct transport *transport,
                                 const struct size *size)
{
	for (size_t i = 0; i < panel->results->count; i++) {
		const struct result *result = &panel->results->items[i];

		if (result->count > 0 && result->measurement.transport == transport &&
		    result->measurement.width == size->width &&
		    result->measurement.height == size->height &&
		    is_in(panel, &result->measurement))
			return result;
	}
	return NULL;
}

/* The figure to draw, over all rounds. */
static void figure_of(const struct result *result, struct spread *spread)
{
	if (!result->measurement.rate_milli) {
		result_spread(result, offsetof(struct sample, fps), spread);
		return;
	}
	result_spread(result, offsetof(struct sample, latency_p50_ns), spread);
	spread->median /= 1e3;
	spread->min /= 1e3;
	spread->max /= 1e3;
}

static void write_point(struct plot *plot, const char *label, const struct result *result)
{
	struct spread spread;

	if (!result)
		return;
	figure_of(result, &spread);
	if (spread.median <= 0)
		return;
	fprintf(plot->script, "\"");
	plot_text(plot, label);
	fprintf(plot->script, "\" %g %g %g\n", spread.median, spread.min, spread.max);
}

static void write_title(struct plot *plot, const struct measurement *like)
{
	char rate[32] = "flat out";

	if (like->rate_milli)
		snprintf(rate, sizeof(rate), "%g frames per second", like->rate_milli / 1000.0);
	fprintf(plot->script,
	        "unset key\nset logscale y\nset ylabel \"%s\"\n"
	        "set title \"%s, %s core%s, %s, %u receiver%s\"\n",
	        like->rate_milli ? "us from ready to received" : "frames per second",
	        touch_names[like->touch], like->cores == 1 ? "one" : "two",
	        like->cores == 1 ? "" : "s", rate, like->receivers,
	        like->receivers == 1 ? "" : "s");
}

static void write_bars(struct plot *plot, const struct panel *panel)
{
	const struct options *options = panel->results->options;

	fputs("$data << END\n", plot->script);
	for (unsigned i = 0; i < options->transport_count; i++)
		write_point(plot, options->transports[i]->name,
		            find(panel, options->transports[i], &options->sizes[0]));
	fprintf(plot->script, "END\nset xlabel \"%ux%u %s\"\n", options->sizes[0].width,
	        options->sizes[0].height, shmflip_format_info(options->fourcc)->name);
	plot_bars(plot, -45);
}

static bool has_any(const struct panel *panel, const struct transport *transport)
{
	const struct options *options = panel->results->options;

	for (unsigned i = 0; i < options->size_count; i++)
		if (find(panel, transport, &options->sizes[i]))
			return true;
	return false;
}

static void write_line_data(struct plot *plot, const struct panel *panel, unsigned line)
{
	const struct options *options = panel->results->options;
	char label[32];

	fprintf(plot->script, "$data%u << END\n", line);
	for (unsigned i = 0; i < options->size_count; i++) {
		const struct size *size = &options->sizes[i];
		const struct result *result = find(panel, options->transports[line], size);

		snprintf(label, sizeof(label), "%ux%u %s", size->width, size->height,
		         shmflip_format_info(options->fourcc)->name);
		if (result) {
			fprintf(plot->script, "%u ", i);
			write_point(plot, label, result);
		}
	}
	fputs("END\n", plot->script);
}

static void write_lines(struct plot *plot, const struct panel *panel)
{
	const struct options *options = panel->results->options;
	const char *separator = "plot ";

	for (unsigned i = 0; i < options->transport_count; i++)
		if (has_any(panel, options->transports[i]))
			write_line_data(plot, panel, i);
	fputs("set key outside right\nset offsets 0.2, 0.2, 0, 0\n", plot->script);
	for (unsigned i = 0; i < options->transport_count; i++) {
		if (!has_any(panel, options->transports[i]))
			continue;
		fprintf(plot->script,
		        "%s$data%u using 1:3:xtic(2) with linespoints lw 2 dt %d title \"",
		        separator, i, options->transports[i]->traits & TRANSPORT_LIMIT ? 2 : 1);
		plot_text(plot, options->transports[i]->name);
		fputs("\"", plot->script);
		separator = ", ";
	}
	fputs("\n", plot->script);
}

int transports_plot(const struct results *results)
{
	const struct options *options = results->options;
	struct panel panels[PANELS_MAX];
	unsigned count = find_panels(results, panels);
	struct plot plot;
	int error = plot_begin(&plot, options->plot_path, count, PANELS_ACROSS);

	if (error)
		return error;
	for (unsigned i = 0; i < count; i++) {
		write_title(&plot, panels[i].like);
		if (options->size_count == 1)
			write_bars(&plot, &panels[i]);
		else
			write_lines(&plot, &panels[i]);
	}
	return plot_end(&plot);
}
