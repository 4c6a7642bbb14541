/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "codec_comparison.h"

const struct codec_trial *codec_trial(const struct codec_results *results, size_t file,
                                      unsigned codec)
{
	const struct codec_trial *trial =
		&results->trials[file * results->options->codec_count + codec];

	return trial->count && !trial->error ? trial : NULL;
}

double codec_ms(const struct codec_trial *trial)
{
	struct spread spread;

	statistics_spread_rounds(trial->ms, trial->count, &spread);
	return spread.median;
}

/* Values of each file, to compute medians of. */
enum column { MS, NOISE, SPEEDUP, OF_LIBPNG, OF_SHMFLIP, SIZE, COLUMNS };

struct columns {
	double *values[COLUMNS];
	size_t counts[COLUMNS];
	size_t first;
	double total_ms;
	double pixel_bytes;
	double file_bytes;
};

static void add_value(struct columns *columns, enum column column, double value)
{
	columns->values[column][columns->counts[column]++] = value;
}

/* Whether no other codec was faster on the file. */
static bool is_first(const struct codec_results *results, size_t file, double ms)
{
	for (unsigned i = 0; i < results->options->codec_count; i++) {
		const struct codec_trial *trial = codec_trial(results, file, i);

		if (trial && !results->options->codecs[i]->is_stage && codec_ms(trial) < ms)
			return false;
	}
	return true;
}

/* NULL: shmflip's own is not among those compared, or failed. */
static const struct codec_trial *trial_of_shmflip(const struct codec_results *results, size_t file)
{
	for (unsigned i = 0; i < results->options->codec_count; i++)
		if (strcmp(results->options->codecs[i]->name, "shmflip") == 0)
			return codec_trial(results, file, i);
	return NULL;
}

static void add_file(const struct codec_results *results, size_t number, unsigned codec,
                     struct columns *columns)
{
	const struct png_file *file = &results->png_files.files[number];
	const struct codec_trial *trial = codec_trial(results, number, codec);
	const struct codec_trial *reference = codec_trial(results, number, 0);
	const struct codec_trial *ours = trial_of_shmflip(results, number);
	struct spread spread;

	if (!trial || !reference)
		return;
	statistics_spread_rounds(trial->ms, trial->count, &spread);
	add_value(columns, MS, spread.median);
	add_value(columns, NOISE, statistics_noise(&spread));
	add_value(columns, SPEEDUP, codec_ms(reference) / spread.median);
	add_value(columns, OF_LIBPNG, spread.median / codec_ms(reference));
	if (ours)
		add_value(columns, OF_SHMFLIP, spread.median / codec_ms(ours));
	if (reference->bytes)
		add_value(columns, SIZE, (double)trial->bytes / (double)reference->bytes);
	columns->first += is_first(results, number, spread.median);
	columns->total_ms += spread.median;
	columns->pixel_bytes += 4.0 * file->width * file->height;
	columns->file_bytes += (double)file->png_bytes;
}

static void reduce(const struct columns *columns, struct codec_summary *summary)
{
	struct spread spreads[COLUMNS];

	if (columns->counts[MS] == 0)
		return;
	for (unsigned i = 0; i < COLUMNS; i++)
		statistics_spread(columns->values[i], columns->counts[i], &spreads[i]);
	*summary = (struct codec_summary){
		.files = columns->counts[MS],
		.ms = spreads[MS].median,
		.noise = spreads[NOISE].median,
		.speedup = spreads[SPEEDUP],
		.of_libpng = spreads[OF_LIBPNG],
		.size = spreads[SIZE],
		.of_shmflip = spreads[OF_SHMFLIP].median,
		.pixels_per_s = columns->pixel_bytes * 1e3 / columns->total_ms,
		.file_per_s = columns->file_bytes * 1e3 / columns->total_ms,
		.first = (double)columns->first / (double)columns->counts[MS],
	};
}

void codec_summarize(const struct codec_results *results, unsigned codec, const char *kind,
                     struct codec_summary *summary)
{
	size_t count = results->png_files.count;
	double *room = calloc(COLUMNS * count, sizeof(*room));
	struct columns columns = { 0 };

	*summary = (struct codec_summary){ 0 };
	if (!room)
		return;
	for (unsigned i = 0; i < COLUMNS; i++)
		columns.values[i] = room + i * count;
	for (size_t i = 0; i < count; i++)
		if (!kind || strcmp(results->png_files.files[i].kind, kind) == 0)
			add_file(results, i, codec, &columns);
	reduce(&columns, summary);
	free(room);
}

double codec_column_value(const struct codec_column *column, const struct codec_summary *summary)
{
	double value;

	memcpy(&value, (const char *)summary + column->offset, sizeof(value));
	return value;
}
