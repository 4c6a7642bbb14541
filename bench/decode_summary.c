/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "decode.h"

const struct trial *decode_trial(const struct decode_results *results, size_t file,
                                 const struct decoder *decoder)
{
	const struct options *options = results->options;

	for (unsigned i = 0; i < options->decoder_count; i++) {
		const struct trial *trial = &results->trials[file * options->decoder_count + i];

		if (options->decoders[i] == decoder)
			return trial->count && !trial->error ? trial : NULL;
	}
	return NULL;
}

double decode_ms(const struct trial *trial)
{
	struct spread spread;

	statistics_spread_rounds(trial->ms, trial->count, &spread);
	return spread.median;
}

/* Values of each file, to compute medians of. */
struct columns {
	double *ms;
	double *noise;
	double *speedup;
	double *of_shmflip;
	size_t count;
	size_t count_of_shmflip;
	size_t first;
	double total_ms;
	double pixel_bytes;
	double file_bytes;
};

/* Whether no other decoder was faster on the file. */
static bool is_first(const struct decode_results *results, size_t file, double ms)
{
	for (unsigned i = 0; i < results->options->decoder_count; i++) {
		const struct decoder *other = results->options->decoders[i];
		const struct trial *trial = decode_trial(results, file, other);

		if (trial && !(other->traits & DECODER_STAGE) && decode_ms(trial) < ms)
			return false;
	}
	return true;
}

static void add_file(const struct decode_results *results, size_t number,
                     const struct decoder *decoder, struct columns *columns)
{
	const struct png_file *file = &results->png_files.files[number];
	const struct trial *trial = decode_trial(results, number, decoder);
	const struct trial *reference = decode_trial(results, number, decoders[0]);
	const struct trial *ours = decode_trial(results, number, decoder_named("shmflip"));
	struct spread spread;

	if (!trial)
		return;
	statistics_spread_rounds(trial->ms, trial->count, &spread);
	columns->ms[columns->count] = spread.median;
	columns->noise[columns->count] = statistics_noise(&spread);
	columns->speedup[columns->count] = reference ? decode_ms(reference) / spread.median : 0;
	columns->count++;
	if (ours)
		columns->of_shmflip[columns->count_of_shmflip++] = spread.median / decode_ms(ours);
	columns->first += is_first(results, number, spread.median);
	columns->total_ms += spread.median;
	columns->pixel_bytes += 4.0 * file->width * file->height;
	columns->file_bytes += (double)file->png_bytes;
}

static double median(double *values, size_t count)
{
	struct spread spread;

	statistics_spread(values, count, &spread);
	return spread.median;
}

static void reduce(const struct columns *columns, struct decode_summary *summary)
{
	if (columns->count == 0)
		return;
	summary->files = columns->count;
	summary->ms = median(columns->ms, columns->count);
	summary->noise = median(columns->noise, columns->count);
	statistics_spread(columns->speedup, columns->count, &summary->speedup);
	if (summary->speedup.median > 0)
		summary->of_reference = 1 / summary->speedup.median;
	summary->of_shmflip = median(columns->of_shmflip, columns->count_of_shmflip);
	summary->pixels_per_s = columns->pixel_bytes * 1e3 / columns->total_ms;
	summary->file_per_s = columns->file_bytes * 1e3 / columns->total_ms;
	summary->first = (double)columns->first / (double)columns->count;
}

void decode_summarize(const struct decode_results *results, const struct decoder *decoder,
                      const char *kind, struct decode_summary *summary)
{
	size_t count = results->png_files.count;
	double *room = calloc(4 * count, sizeof(*room));
	struct columns columns = { .ms = room };

	*summary = (struct decode_summary){ 0 };
	if (!room)
		return;
	columns.noise = room + count;
	columns.speedup = room + 2 * count;
	columns.of_shmflip = room + 3 * count;
	for (size_t i = 0; i < count; i++)
		if (!kind || strcmp(results->png_files.files[i].kind, kind) == 0)
			add_file(results, i, decoder, &columns);
	reduce(&columns, summary);
	free(room);
}
