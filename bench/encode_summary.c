/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "encode.h"

const struct encode_trial *encode_trial(const struct encode_results *results, size_t file,
                                        const struct encoder *encoder)
{
	const struct options *options = results->options;

	for (unsigned i = 0; i < options->encoder_count; i++) {
		const struct encode_trial *trial =
			&results->trials[file * options->encoder_count + i];

		if (options->encoders[i] == encoder)
			return trial->count && !trial->error ? trial : NULL;
	}
	return NULL;
}

double encode_ms(const struct encode_trial *trial)
{
	struct spread spread;

	statistics_spread_rounds(trial->ms, trial->count, &spread);
	return spread.median;
}

/* Values of each file, to compute medians of. */
struct columns {
	double *ms;
	double *noise;
	double *of_libpng;
	double *size;
	size_t count;
	double total_ms;
	double pixel_bytes;
};

/* The reference did every file that counts. */
static void add_file(const struct encode_results *results, size_t number,
                     const struct encoder *encoder, struct columns *columns)
{
	const struct png_file *file = &results->png_files.files[number];
	const struct encode_trial *trial = encode_trial(results, number, encoder);
	const struct encode_trial *reference = encode_trial(results, number, encoders[0]);
	struct spread spread;

	if (!trial || !reference)
		return;
	statistics_spread_rounds(trial->ms, trial->count, &spread);
	columns->ms[columns->count] = spread.median;
	columns->noise[columns->count] = statistics_noise(&spread);
	columns->of_libpng[columns->count] = spread.median / encode_ms(reference);
	columns->size[columns->count] = (double)trial->bytes / (double)reference->bytes;
	columns->count++;
	columns->total_ms += spread.median;
	columns->pixel_bytes += 4.0 * file->width * file->height;
}

static double median(double *values, size_t count)
{
	struct spread spread;

	statistics_spread(values, count, &spread);
	return spread.median;
}

static void reduce(const struct columns *columns, struct encode_summary *summary)
{
	if (columns->count == 0)
		return;
	summary->files = columns->count;
	summary->ms = median(columns->ms, columns->count);
	summary->noise = median(columns->noise, columns->count);
	statistics_spread(columns->of_libpng, columns->count, &summary->of_libpng);
	statistics_spread(columns->size, columns->count, &summary->size);
	summary->pixels_per_s = columns->pixel_bytes * 1e3 / columns->total_ms;
}

void encode_summarize(const struct encode_results *results, const struct encoder *encoder,
                      const char *kind, struct encode_summary *summary)
{
	size_t count = results->png_files.count;
	double *room = calloc(4 * count, sizeof(*room));
	struct columns columns = { .ms = room };

	*summary = (struct encode_summary){ 0 };
	if (!room)
		return;
	columns.noise = room + count;
	columns.of_libpng = room + 2 * count;
	columns.size = room + 3 * count;
	for (size_t i = 0; i < count; i++)
		if (!kind || strcmp(results->png_files.files[i].kind, kind) == 0)
			add_file(results, i, encoder, &columns);
	reduce(&columns, summary);
	free(room);
}
