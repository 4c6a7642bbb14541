/* SPDX-License-Identifier: MIT */
#include "decode.h"
#include "json_text.h"
#include "report.h"

static json_t *trial_json(const struct decoder *decoder, const struct trial *trial)
{
	json_t *rounds;

	if (trial->error || trial->differs)
		return json_pack("{s:s, s:s}", "decoder", decoder->name, "absent",
		                 trial->differs ? "other pixels" : "not decoded");
	rounds = json_array();
	for (unsigned i = 0; i < trial->count; i++)
		json_array_append_new(rounds, json_real(trial->ms[i]));
	return json_pack("{s:s, s:b, s:f, s:o}", "decoder", decoder->name, "step",
	                 (decoder->traits & DECODER_STAGE) != 0, "ms", decode_ms(trial), "rounds",
	                 rounds);
}

static json_t *file_json(const struct decode_results *results, size_t number)
{
	const struct options *options = results->options;
	const struct png_file *file = &results->png_files.files[number];
	json_t *decoded = json_array();

	for (unsigned i = 0; i < options->decoder_count; i++)
		json_array_append_new(
			decoded, trial_json(options->decoders[i],
		                            &results->trials[number * options->decoder_count + i]));
	return json_pack("{s:o, s:o, s:i, s:i, s:I, s:o}", "file", json_text(file->path), "kind",
	                 json_text(file->kind), "width", (int)file->width, "height",
	                 (int)file->height, "bytes", (json_int_t)file->png_bytes, "decoders",
	                 decoded);
}

static json_t *summary_json(const struct decode_results *results, const struct decoder *decoder,
                            const char *kind)
{
	struct decode_summary summary;

	decode_summarize(results, decoder, kind, &summary);
	return json_pack("{s:s, s:o, s:I, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f}", "decoder",
	                 decoder->name, "kind", json_text(kind ? kind : ""), "files",
	                 (json_int_t)summary.files, "ms", summary.ms, "noise", summary.noise,
	                 "times_libpng", summary.speedup.median, "least", summary.speedup.min,
	                 "most", summary.speedup.max, "pixel_bytes_per_second",
	                 summary.pixels_per_s, "file_bytes_per_second", summary.file_per_s, "first",
	                 summary.first, "of_shmflip", summary.of_shmflip);
}

static json_t *summaries_json(const struct decode_results *results)
{
	const struct options *options = results->options;
	const char *kinds[PNG_KINDS_MAX + 1];
	size_t count = png_files_kinds(&results->png_files, kinds, PNG_KINDS_MAX);
	json_t *summaries = json_array();

	kinds[count] = NULL;
	for (size_t kind = 0; kind <= count; kind++)
		for (unsigned i = 0; i < options->decoder_count; i++)
			json_array_append_new(summaries, summary_json(results, options->decoders[i],
			                                              kinds[kind]));
	return summaries;
}

json_t *decode_json(const struct decode_results *results)
{
	const struct options *options = results->options;
	json_t *files = json_array();

	for (size_t i = 0; i < results->png_files.count; i++)
		json_array_append_new(files, file_json(results, i));
	return json_pack("{s:s, s:s, s:s, s:o, s:o, s:i, s:f, s:f, s:b, s:o, s:o, s:o}", "program",
	                 "shmflip-bench", "version", PROGRAM_VERSION, "zlib",
	                 decoder_zlib_version(), "command", report_command(options), "environment",
	                 environment_json(&results->environment), "rounds", (int)options->rounds,
	                 "foreign_load", results->load.foreign, "stolen", results->load.stolen,
	                 "valid", results->validity.count == 0, "objections",
	                 validity_json(&results->validity), "summary", summaries_json(results),
	                 "files", files);
}
