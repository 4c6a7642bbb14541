/* SPDX-License-Identifier: MIT */
#include "decode.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "load.h"
#include "report.h"
#include "usage.h"

/* Each is large enough for the largest picture. */
struct pixel_buffers {
	uint8_t *expected; /* from the reference decoder */
	uint8_t *pixels;   /* from the decoder under test */
};

static int allocate_buffers(struct pixel_buffers *buffers, const struct png_files *png_files)
{
	uint64_t most = 0;

	for (size_t i = 0; i < png_files->count; i++)
		if (png_files->files[i].pixel_bytes > most)
			most = png_files->files[i].pixel_bytes;
	most = (most / DECODER_SLACK_BYTES + 2) * DECODER_SLACK_BYTES;
	buffers->expected = aligned_alloc(4096, most);
	buffers->pixels = aligned_alloc(4096, most);
	if (buffers->expected && buffers->pixels)
		return 0;
	cli_error("out of memory");
	return -ENOMEM;
}

static void free_buffers(struct pixel_buffers *buffers)
{
	free(buffers->expected);
	free(buffers->pixels);
}

static bool same_pixels(const struct png_file *file, const struct pixel_buffers *buffers)
{
	for (uint32_t row = 0; row < file->height; row++) {
		size_t at = (size_t)row * file->stride_bytes;

		if (memcmp(buffers->expected + at, buffers->pixels + at, 4 * (size_t)file->width))
			return false;
	}
	return true;
}

/* Decodes for seconds_ns, at least once. *ms: the mean time. */
static int time_decoder(const struct decoder *decoder, void *state, const struct png_file *file,
                        uint8_t *pixels, int64_t seconds_ns, double *ms)
{
	int64_t begin_ns = usage_cpu_ns(), elapsed_ns;
	unsigned count = 0;
	int error;

	do {
		error = decoder->decode(state, file, pixels);
		elapsed_ns = usage_cpu_ns() - begin_ns;
		count++;
	} while (!error && elapsed_ns < seconds_ns);
	*ms = (double)elapsed_ns / 1e6 / count;
	return error;
}

static void run_trial(const struct decode_results *results, const struct decoder *decoder,
                      void *state, const struct png_file *file, const struct pixel_buffers *buffers,
                      struct trial *trial)
{
	if (trial->error || trial->differs)
		return;
	if (trial->count == 0) {
		memset(buffers->pixels, 0x55, file->pixel_bytes);
		trial->error = decoder->decode(state, file, buffers->pixels);
		if (!trial->error && !(decoder->traits & DECODER_STAGE))
			trial->differs = !same_pixels(file, buffers);
		if (trial->error || trial->differs)
			return;
	}
	trial->error = time_decoder(decoder, state, file, buffers->pixels,
	                            results->options->seconds_ns, &trial->ms[trial->count]);
	if (!trial->error)
		trial->count++;
}

/* Decodes the pixels that every decoder has to match. */
static int decode_reference(const struct png_file *file, const struct pixel_buffers *buffers)
{
	const struct decoder *reference = decoders[0];
	void *state = reference->open ? reference->open() : NULL;
	int error = reference->decode(state, file, buffers->expected);

	if (reference->close)
		reference->close(state);
	return error;
}

static void run_trials(struct decode_results *results, unsigned round, size_t number,
                       void *const *states, const struct pixel_buffers *buffers)
{
	const struct options *options = results->options;
	const struct png_file *file = &results->png_files.files[number];
	unsigned count = options->decoder_count;
	struct trial *trials = &results->trials[number * count];
	int error = round == 0 ? decode_reference(file, buffers) : 0;

	for (unsigned i = 0; i < count; i++) {
		unsigned turn = round % 2 ? count - 1 - i : i;

		if (error)
			trials[turn].error = error;
		run_trial(results, options->decoders[turn], states[turn], file, buffers,
		          &trials[turn]);
	}
}

static int run_round(struct decode_results *results, unsigned round, void *const *states,
                     const struct pixel_buffers *buffers)
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
		run_trials(results, round, i, states, buffers);
	}
	load_since(&before, &shares);
	results->disturbed += validity_is_disturbed(&shares);
	return 0;
}

static int open_decoders(const struct options *options, void **states)
{
	for (unsigned i = 0; i < options->decoder_count; i++) {
		if (!options->decoders[i]->open)
			continue;
		states[i] = options->decoders[i]->open();
		if (!states[i]) {
			cli_error("cannot open decoder %s", options->decoders[i]->name);
			return -ENOMEM;
		}
	}
	return 0;
}

static void close_decoders(const struct options *options, void *const *states)
{
	for (unsigned i = 0; i < options->decoder_count; i++)
		if (states[i])
			options->decoders[i]->close(states[i]);
}

static int run_rounds(struct decode_results *results)
{
	void *states[LIST_MAX] = { 0 };
	struct pixel_buffers buffers;
	struct load before;
	int error = allocate_buffers(&buffers, &results->png_files);

	if (!error)
		error = open_decoders(results->options, states);
	load_now(&before);
	for (unsigned round = 0; round < results->options->rounds && !error; round++)
		error = run_round(results, round, states, &buffers);
	load_since(&before, &results->load);
	cli_status_end();
	close_decoders(results->options, states);
	free_buffers(&buffers);
	return error;
}

/* Our fast path takes every ordinary file. */
static const char *describe_failure(const struct trial *trial)
{
	if (trial->differs)
		return "decodes other pixels than libpng from";
	return trial->error == -ENOTSUP ? "has no fast path for" : "cannot decode";
}

/* Ours must match libpng. Failures of other decoders only go into the table. */
static unsigned report_failures(const struct decode_results *results)
{
	const struct options *options = results->options;
	unsigned failures = 0;

	for (size_t i = 0; i < results->png_files.count; i++) {
		for (unsigned turn = 0; turn < options->decoder_count; turn++) {
			const struct trial *trial =
				&results->trials[i * options->decoder_count + turn];
			const char *name = options->decoders[turn]->name;

			if (strncmp(name, "shmflip", 7) != 0 || !(trial->error || trial->differs))
				continue;
			cli_error("%s %s %s", name, describe_failure(trial),
			          results->png_files.files[i].path);
			failures++;
		}
	}
	return failures;
}

static void judge(struct decode_results *results)
{
	struct decode_summary summary;
	struct evidence evidence = {
		.rounds = results->options->rounds,
		.measured = results->options->rounds,
		.disturbed = results->disturbed,
		.stolen = results->load.stolen,
	};

	for (unsigned i = 0; i < results->options->decoder_count; i++) {
		decode_summarize(results, results->options->decoders[i], NULL, &summary);
		if (summary.noise > evidence.typical_noise)
			evidence.typical_noise = summary.noise;
	}
	validity_judge(&evidence, &results->validity);
}

static int write_results(struct decode_results *results)
{
	const struct options *options = results->options;
	bool all_well = report_failures(results) == 0;

	judge(results);
	if (report_is_table(options))
		decode_print(results, stdout);
	if (options->json_path && report_json(options->json_path, decode_json(results)))
		all_well = false;
	if (options->plot_path && decode_plot(results))
		all_well = false;
	return all_well ? report_validity(options, &results->validity) : CLI_FAILED;
}

static int run(const struct options *options)
{
	struct decode_results results = { .options = options };
	struct cpu_affinity affinity;
	int status = CLI_FAILED;

	if (png_files_load(&results.png_files, options->paths, options->path_count))
		return CLI_FAILED;
	environment_init(&results.environment);
	cpu_affinity_init(&affinity);
	cpu_bind(affinity.cpus[0]);
	results.trials =
		calloc(results.png_files.count * options->decoder_count, sizeof(*results.trials));
	if (!results.trials)
		cli_error("out of memory");
	else if (run_rounds(&results) == 0)
		status = write_results(&results);
	free(results.trials);
	png_files_free(&results.png_files);
	return status;
}

static const char help[] =
	" FILE|DIR...\n"
	"Decodes PNG files, and those in and below directories, with each decoder, on one\n"
	"thread. Results are grouped by the name of the directory that holds the file.\n"
	"\n"
	"      --decoders LIST|all  (default all)\n";

const struct command command_decode = {
	.name = "decode",
	.summary = "decode PNG files with each decoder",
	.help = help,
	.accepts = OPTIONS_DECODE,
	.seconds_ns = 20000000,
	.run = run,
};
