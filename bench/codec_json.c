/* SPDX-License-Identifier: MIT */
#include "codec_comparison.h"
#include "json_text.h"
#include "report.h"

static json_t *trial_json(const struct codec_task *task, const struct codec *codec,
                          const struct codec_trial *trial)
{
	json_t *rounds, *object;

	if (trial->error || trial->differs)
		return json_pack("{s:s, s:s}", task->noun, codec->name, "absent",
		                 trial->differs ? "other pixels" : task->absent);
	rounds = json_array();
	for (unsigned i = 0; i < trial->count; i++)
		json_array_append_new(rounds, json_real(trial->ms[i]));
	object = json_pack("{s:s, s:f, s:o}", task->noun, codec->name, "ms", codec_ms(trial),
	                   "rounds", rounds);
	if (object)
		task->add_fields(object, codec, trial);
	return object;
}

static json_t *file_json(const struct codec_results *results, size_t number)
{
	const struct options *options = results->options;
	const struct png_file *file = &results->png_files.files[number];
	const struct codec_trial *trials = &results->trials[number * options->codec_count];
	json_t *list = json_array();

	for (unsigned i = 0; i < options->codec_count; i++)
		json_array_append_new(list,
		                      trial_json(results->task, options->codecs[i], &trials[i]));
	return json_pack("{s:o, s:o, s:i, s:i, s:I, s+:o}", "file", json_text(file->path), "kind",
	                 json_text(file->kind), "width", (int)file->width, "height",
	                 (int)file->height, "bytes", (json_int_t)file->png_bytes,
	                 results->task->noun, "s", list);
}

static json_t *summary_json(const struct codec_results *results, unsigned codec, const char *kind)
{
	const struct codec *compared = results->options->codecs[codec];
	struct codec_summary summary;
	json_t *object;

	codec_summarize(results, codec, kind, &summary);
	object = json_pack("{s:s, s:s, s:o, s:I, s:f, s:f}", results->task->noun, compared->name,
	                   "title", compared->title, "kind", json_text(kind ? kind : ""), "files",
	                   (json_int_t)summary.files, "ms", summary.ms, "noise", summary.noise);
	for (const struct codec_column *column = results->task->columns; column->heading; column++)
		if (object && column->field)
			json_object_set_new(object, column->field,
			                    json_real(codec_column_value(column, &summary)));
	return object;
}

static json_t *summaries_json(const struct codec_results *results)
{
	const char *kinds[PNG_KINDS_MAX + 1];
	size_t count = png_files_kinds(&results->png_files, kinds, PNG_KINDS_MAX);
	json_t *summaries = json_array();

	kinds[count] = NULL;
	for (size_t kind = 0; kind <= count; kind++)
		for (unsigned i = 0; i < results->options->codec_count; i++)
			json_array_append_new(summaries, summary_json(results, i, kinds[kind]));
	return summaries;
}

json_t *codec_json(const struct codec_results *results)
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
