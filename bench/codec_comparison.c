/* SPDX-License-Identifier: MIT */
#include "codec_comparison.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "cpu_affinity.h"
#include "load.h"
#include "report.h"
#include "usage.h"

/* ---- Buffers --------------------------------------------------------------------------------- */

static int allocate_work(struct codec_work *work, const struct png_files *png_files)
{
	uint64_t most = 0;

	for (size_t i = 0; i < png_files->count; i++)
		if (png_files->files[i].pixel_bytes > most)
			most = png_files->files[i].pixel_bytes;
	most = (most / DECODER_SLACK_BYTES + 2) * DECODER_SLACK_BYTES;
	*work = (struct codec_work){
		.expected = aligned_alloc(4096, most),
		.pixels = aligned_alloc(4096, most),
	};
	if (work->expected && work->pixels)
		return 0;
	cli_error("out of memory");
	return -ENOMEM;
}

static void free_work(struct codec_work *work)
{
	free(work->expected);
	free(work->pixels);
	free(work->output.bytes);
}

static bool is_opaque(const struct png_file *file, const uint8_t *pixels)
{
	uint8_t all = 255;

	for (uint32_t y = 0; y < file->height; y++)
		for (uint32_t x = 0; x < file->width; x++)
			all &= pixels[(size_t)y * file->stride_bytes + 4 * (size_t)x + 3];
	return all == 255;
}

static int read_picture(const struct png_file *file, struct codec_work *work)
{
	int error = decoders[0]->decode(NULL, file, work->expected);

	work->picture = (struct encoder_picture){
		.pixels = work->expected,
		.width = file->width,
		.height = file->height,
		.stride_bytes = file->stride_bytes,
		.opaque = !error && is_opaque(file, work->expected),
	};
	return error;
}

static bool has_expected_pixels(const struct codec_work *work)
{
	for (uint32_t y = 0; y < work->picture.height; y++) {
		size_t row = (size_t)y * work->picture.stride_bytes;

		if (memcmp(work->expected + row, work->pixels + row,
		           4 * (size_t)work->picture.width))
			return false;
	}
	return true;
}

/* ---- Trials ---------------------------------------------------------------------------------- */

/* Before anything is timed. */
static void check_codec(const struct codec_task *task, const struct codec *codec, void *state,
                        const struct png_file *file, struct codec_work *work,
                        struct codec_trial *trial)
{
	memset(work->pixels, 0x55, file->pixel_bytes);
	trial->error = task->run(codec, state, file, work);
	trial->bytes = work->output.size;
	if (!trial->error && !codec->is_stage)
		trial->differs = task->read_back(file, work) || !has_expected_pixels(work);
}

/* Runs the codec for seconds_ns, at least once. *ms: the mean time. */
static int time_codec(const struct codec_results *results, const struct codec *codec, void *state,
                      const struct png_file *file, struct codec_work *work, double *ms)
{
	int64_t begin_ns = usage_cpu_ns(), elapsed_ns;
	unsigned count = 0;
	int error;

	do {
		error = results->task->run(codec, state, file, work);
		elapsed_ns = usage_cpu_ns() - begin_ns;
		count++;
	} while (!error && elapsed_ns < results->options->seconds_ns);
	*ms = (double)elapsed_ns / 1e6 / count;
	return error;
}

static void run_trial(const struct codec_results *results, const struct codec *codec, void *state,
                      const struct png_file *file, struct codec_work *work,
                      struct codec_trial *trial)
{
	if (trial->count == 0 && !trial->error && !trial->differs)
		check_codec(results->task, codec, state, file, work, trial);
	if (trial->error || trial->differs)
		return;
	trial->error = time_codec(results, codec, state, file, work, &trial->ms[trial->count]);
	if (!trial->error)
		trial->count++;
}

static void run_trials(struct codec_results *results, unsigned round, size_t number,
                       void *const *states, struct codec_work *work)
{
	const struct options *options = results->options;
	const struct png_file *file = &results->png_files.files[number];
	unsigned count = options->codec_count;
	struct codec_trial *trials = &results->trials[number * count];
	int error = read_picture(file, work);

	for (unsigned i = 0; i < count; i++) {
		unsigned turn = round % 2 ? count - 1 - i : i;

		if (error)
			trials[turn].error = error;
		run_trial(results, options->codecs[turn], states[turn], file, work, &trials[turn]);
	}
}

static int run_round(struct codec_results *results, unsigned round, void *const *states,
                     struct codec_work *work)
{
	const struct png_files *png_files = &results->png_files;
	struct load_shares shares;
	struct load before;

	load_now(&before);
	for (size_t i = 0; i < png_files->count; i++) {
		if (cli_interrupted()) {
			cli_status_end();
			cli_error("interrupted: no results");
			return -EINTR;
		}
		cli_status("round %u of %u: %s", round + 1, results->options->rounds,
		           png_files->files[i].path);
		run_trials(results, round, i, states, work);
	}
	load_since(&before, &shares);
	results->disturbed += validity_is_disturbed(&shares);
	return 0;
}

static int open_codecs(const struct codec_results *results, void **states)
{
	const struct options *options = results->options;

	for (unsigned i = 0; i < options->codec_count; i++) {
		if (!options->codecs[i]->open)
			continue;
		states[i] = options->codecs[i]->open();
		if (!states[i]) {
			cli_error("cannot open %s %s", results->task->noun,
			          options->codecs[i]->name);
			return -ENOMEM;
		}
	}
	return 0;
}

static void close_codecs(const struct options *options, void *const *states)
{
	for (unsigned i = 0; i < options->codec_count; i++)
		if (states[i])
			options->codecs[i]->close(states[i]);
}

static int run_rounds(struct codec_results *results)
{
	void *states[LIST_MAX] = { 0 };
	struct codec_work work;
	struct load before;
	int error = allocate_work(&work, &results->png_files);

	if (!error)
		error = open_codecs(results, states);
	load_now(&before);
	for (unsigned round = 0; round < results->options->rounds && !error; round++)
		error = run_round(results, round, states, &work);
	load_since(&before, &results->load);
	cli_status_end();
	close_codecs(results->options, states);
	free_work(&work);
	return error;
}

/* ---- Results --------------------------------------------------------------------------------- */

/* Ours must not fail. Failures of other codecs only go into the table. */
static unsigned report_failures(const struct codec_results *results)
{
	const struct options *options = results->options;
	unsigned failures = 0;

	for (size_t i = 0; i < results->png_files.count; i++) {
		for (unsigned turn = 0; turn < options->codec_count; turn++) {
			const struct codec_trial *trial =
				&results->trials[i * options->codec_count + turn];
			const char *name = options->codecs[turn]->name;

			if (strncmp(name, "shmflip", 7) != 0 || !(trial->error || trial->differs))
				continue;
			cli_error("%s %s %s", name, results->task->describe_failure(trial),
			          results->png_files.files[i].path);
			failures++;
		}
	}
	return failures;
}

static void judge(struct codec_results *results)
{
	struct codec_summary summary;
	struct evidence evidence = {
		.rounds = results->options->rounds,
		.measured = results->options->rounds,
		.disturbed = results->disturbed,
		.stolen = results->load.stolen,
	};

	for (unsigned i = 0; i < results->options->codec_count; i++) {
		codec_summarize(results, i, NULL, &summary);
		if (summary.noise > evidence.typical_noise)
			evidence.typical_noise = summary.noise;
	}
	validity_judge(&evidence, &results->validity);
}

static int write_results(struct codec_results *results)
{
	const struct options *options = results->options;
	bool all_well = report_failures(results) == 0;

	judge(results);
	if (report_is_table(options))
		codec_print(results, stdout);
	if (options->json_path && report_json(options->json_path, codec_json(results)))
		all_well = false;
	if (options->plot_path && codec_plot(results))
		all_well = false;
	return all_well ? report_validity(options, &results->validity) : CLI_FAILED;
}

int codec_compare(const struct codec_task *task, const struct options *options)
{
	struct codec_results results = { .task = task, .options = options };
	struct cpu_affinity affinity;
	int status = CLI_FAILED;

	if (png_files_load(&results.png_files, options->paths, options->path_count))
		return CLI_FAILED;
	environment_init(&results.environment);
	cpu_affinity_init(&affinity);
	cpu_bind(affinity.cpus[0]);
	results.trials =
		calloc(results.png_files.count * options->codec_count, sizeof(*results.trials));
	if (!results.trials)
		cli_error("out of memory");
	else if (run_rounds(&results) == 0)
		status = write_results(&results);
	free(results.trials);
	png_files_free(&results.png_files);
	return status;
}
