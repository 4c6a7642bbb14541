/* SPDX-License-Identifier: MIT */
#include "encode.h"
#include "json_text.h"
#include "report.h"

static json_t *trial_json(const struct encoder *encoder, const struct encode_trial *trial)
{
	json_t *rounds;

	if (trial->error || trial->differs)
		return json_pack("{s:s, s:s}", "encoder", encoder->name, "absent",
		                 trial->differs ? "other pixels" : "not encoded");
	rounds = json_array();
	for (unsigned i = 0; i < trial->count; i++)
		json_array_append_new(rounds, json_real(trial->ms[i]));
	return json_pack("{s:s, s:f, s:I, s:o}", "encoder", encoder->name, "ms", encode_ms(trial),
	                 "bytes", (json_int_t)trial->bytes, "rounds", rounds);
}

static json_t *file_json(const struct encode_results *results, size_t number)
{
	const struct options *options = results->options;
	const struct png_file *file = &results->png_files.files[number];
	json_t *encoded = json_array();

	for (unsigned i = 0; i < options->encoder_count; i++)
		json_array_append_new(
			encoded, trial_json(options->encoders[i],
		                            &results->trials[number * options->encoder_count + i]));
	return json_pack("{s:o, s:o, s:i, s:i, s:o}", "file", json_text(file->path), "kind",
	                 json_text(file->kind), "width", (int)file->width, "height",
	                 (int)file->height, "encoders", encoded);
}

static json_t *summary_json(const struct encode_results *results, const struct encoder *encoder,
                            const char *kind)
{
	struct encode_summary summary;

	encode_summarize(results, encoder, kind, &summary);
	return json_pack("{s:s, s:o, s:I, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f}", "encoder",
	                 encoder->name, "kind", json_text(kind ? kind : ""), "files",
	                 (json_int_t)summary.files, "ms", summary.ms, "noise", summary.noise,
	                 "of_libpng", summary.of_libpng.median, "least", summary.of_libpng.min,
	                 "most", summary.of_libpng.max, "size_of_libpng", summary.size.median,
	                 "least_size", summary.size.min, "most_size", summary.size.max,
	                 "pixel_bytes_per_second", summary.pixels_per_s);
}

static json_t *summaries_json(const struct encode_results *results)
{
	const struct options *options = results->options;
	const char *kinds[PNG_KINDS_MAX + 1];
	size_t count = png_files_kinds(&results->png_files, kinds, PNG_KINDS_MAX);
	json_t *summaries = json_array();

	kinds[count] = NULL;
	for (size_t kind = 0; kind <= count; kind++)
		for (unsigned i = 0; i < options->encoder_count; i++)
			json_array_append_new(summaries, summary_json(results, options->encoders[i],
			                                              kinds[kind]));
	return summaries;
}

json_t *encode_json(const struct encode_results *results)
{
	const struct options *options = results->options;
	json_t *files = json_array();

	for (size_t i = 0; i < results->png_files.count; i++)
		json_array_append_new(files, file_json(results, i));
	return json_pack("{s:s, s:s, s:o, s:o, s:i, s:f, s:f, s:b, s:o, s:o, s:o}", "program",
	                 "shmflip-bench", "version", PROGRAM_VERSION, "command",
	                 report_command(options), "environment",
	                 environment_json(&results->environment), "rounds", (int)options->rounds,
	                 "foreign_load", results->load.foreign, "stolen", results->load.stolen,
	                 "valid", results->validity.count == 0, "objections",
	                 validity_json(&results->validity), "summary", summaries_json(results),
	                 "files", files);
}
