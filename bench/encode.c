/* SPDX-License-Identifier: MIT */
#include "encode.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "cpu_affinity.h"
#include "load.h"
#include "report.h"
#include "usage.h"

/* Each is large enough for the largest picture. */
struct encode_buffers {
	uint8_t *pixels;              /* what is encoded */
	uint8_t *back;                /* what libpng reads from it */
	struct encoder_output output; /* of the encoder under test */
};

static int allocate_buffers(struct encode_buffers *buffers, const struct png_files *png_files)
{
	uint64_t most = 0;

	for (size_t i = 0; i < png_files->count; i++)
		if (png_files->files[i].pixel_bytes > most)
			most = png_files->files[i].pixel_bytes;
	*buffers = (struct encode_buffers){
		.pixels = malloc(most + DECODER_SLACK_BYTES),
		.back = malloc(most + DECODER_SLACK_BYTES),
	};
	if (buffers->pixels && buffers->back)
		return 0;
	cli_error("out of memory");
	return -ENOMEM;
}

static void free_buffers(struct encode_buffers *buffers)
{
	free(buffers->pixels);
	free(buffers->back);
	free(buffers->output.bytes);
}

static bool is_opaque(const struct png_file *file, const uint8_t *pixels)
{
	uint8_t all = 255;

	for (uint32_t y = 0; y < file->height; y++)
		for (uint32_t x = 0; x < file->width; x++)
			all &= pixels[(size_t)y * file->stride_bytes + 4 * (size_t)x + 3];
	return all == 255;
}

static int read_picture(const struct png_file *file, struct encode_buffers *buffers,
                        struct encoder_picture *picture)
{
	int error = decoders[0]->decode(NULL, file, buffers->pixels);

	*picture = (struct encoder_picture){
		.pixels = buffers->pixels,
		.width = file->width,
		.height = file->height,
		.stride_bytes = file->stride_bytes,
		.opaque = !error && is_opaque(file, buffers->pixels),
	};
	return error;
}

/* Whether libpng reads the picture back from the PNG. */
static bool is_same(const struct encoder_picture *picture, struct encode_buffers *buffers)
{
	const struct png_file file = {
		.png = buffers->output.bytes,
		.png_bytes = buffers->output.size,
		.width = picture->width,
		.height = picture->height,
		.stride_bytes = picture->stride_bytes,
	};

	if (decoders[0]->decode(NULL, &file, buffers->back))
		return false;
	for (uint32_t y = 0; y < picture->height; y++) {
		size_t row = (size_t)y * picture->stride_bytes;

		if (memcmp(picture->pixels + row, buffers->back + row, 4 * (size_t)picture->width))
			return false;
	}
	return true;
}

/* Encodes for seconds_ns, at least once. *ms: the mean time. */
static int time_encoder(const struct encoder *encoder, void *state,
                        const struct encoder_picture *picture, struct encoder_output *output,
                        int64_t seconds_ns, double *ms)
{
	int64_t begin_ns = usage_cpu_ns(), elapsed_ns;
	unsigned count = 0;
	int error;

	do {
		output->size = 0;
		error = encoder->encode(state, picture, output);
		elapsed_ns = usage_cpu_ns() - begin_ns;
		count++;
	} while (!error && elapsed_ns < seconds_ns);
	*ms = (double)elapsed_ns / 1e6 / count;
	return error;
}

static void run_trial(const struct encode_results *results, const struct encoder *encoder,
                      void *state, const struct encoder_picture *picture,
                      struct encode_buffers *buffers, struct encode_trial *trial)
{
	if (trial->error || trial->differs)
		return;
	if (trial->count == 0) {
		buffers->output.size = 0;
		trial->error = encoder->encode(state, picture, &buffers->output);
		trial->bytes = buffers->output.size;
		trial->differs = !trial->error && !is_same(picture, buffers);
		if (trial->error || trial->differs)
			return;
	}
	trial->error = time_encoder(encoder, state, picture, &buffers->output,
	                            results->options->seconds_ns, &trial->ms[trial->count]);
	if (!trial->error)
		trial->count++;
}

static void run_trials(struct encode_results *results, unsigned round, size_t number,
                       void *const *states, struct encode_buffers *buffers)
{
	const struct options *options = results->options;
	unsigned count = options->encoder_count;
	struct encode_trial *trials = &results->trials[number * count];
	struct encoder_picture picture;
	int error = read_picture(&results->png_files.files[number], buffers, &picture);

	for (unsigned i = 0; i < count; i++) {
		unsigned turn = round % 2 ? count - 1 - i : i;

		if (error)
			trials[turn].error = error;
		run_trial(results, options->encoders[turn], states[turn], &picture, buffers,
		          &trials[turn]);
	}
}

static int run_round(struct encode_results *results, unsigned round, void *const *states,
                     struct encode_buffers *buffers)
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

static int open_encoders(const struct options *options, void **states)
{
	for (unsigned i = 0; i < options->encoder_count; i++) {
		if (!options->encoders[i]->open)
			continue;
		states[i] = options->encoders[i]->open();
		if (!states[i]) {
			cli_error("cannot open encoder %s", options->encoders[i]->name);
			return -ENOMEM;
		}
	}
	return 0;
}

static void close_encoders(const struct options *options, void *const *states)
{
	for (unsigned i = 0; i < options->encoder_count; i++)
		if (states[i])
			options->encoders[i]->close(states[i]);
}

static int run_rounds(struct encode_results *results)
{
	void *states[LIST_MAX] = { 0 };
	struct encode_buffers buffers;
	struct load before;
	int error = allocate_buffers(&buffers, &results->png_files);

	if (!error)
		error = open_encoders(results->options, states);
	load_now(&before);
	for (unsigned round = 0; round < results->options->rounds && !error; round++)
		error = run_round(results, round, states, &buffers);
	load_since(&before, &results->load);
	cli_status_end();
	close_encoders(results->options, states);
	free_buffers(&buffers);
	return error;
}

/* Ours must encode every picture. Failures of other encoders only go into the table. */
static unsigned report_failures(const struct encode_results *results)
{
	const struct encoder *ours = encoder_named("shmflip");
	const struct options *options = results->options;
	unsigned failures = 0;

	for (size_t i = 0; i < results->png_files.count; i++) {
		for (unsigned turn = 0; turn < options->encoder_count; turn++) {
			const struct encode_trial *trial =
				&results->trials[i * options->encoder_count + turn];

			if (options->encoders[turn] != ours || !(trial->error || trial->differs))
				continue;
			cli_error("shmflip %s %s",
			          trial->differs ? "encodes other pixels than those of"
			                         : "cannot encode the pixels of",
			          results->png_files.files[i].path);
			failures++;
		}
	}
	return failures;
}

static void judge(struct encode_results *results)
{
	struct encode_summary summary;
	struct evidence evidence = {
		.rounds = results->options->rounds,
		.measured = results->options->rounds,
		.disturbed = results->disturbed,
		.stolen = results->load.stolen,
	};

	for (unsigned i = 0; i < results->options->encoder_count; i++) {
		encode_summarize(results, results->options->encoders[i], NULL, &summary);
		if (summary.noise > evidence.typical_noise)
			evidence.typical_noise = summary.noise;
	}
	validity_judge(&evidence, &results->validity);
}

static int write_results(struct encode_results *results)
{
	const struct options *options = results->options;
	bool all_well = report_failures(results) == 0;

	judge(results);
	if (report_is_table(options))
		encode_print(results, stdout);
	if (options->json_path && report_json(options->json_path, encode_json(results)))
		all_well = false;
	if (options->plot_path && encode_plot(results))
		all_well = false;
	return all_well ? report_validity(options, &results->validity) : CLI_FAILED;
}

static int run(const struct options *options)
{
	struct encode_results results = { .options = options };
	struct cpu_affinity affinity;
	int status = CLI_FAILED;

	if (png_files_load(&results.png_files, options->paths, options->path_count))
		return CLI_FAILED;
	environment_init(&results.environment);
	cpu_affinity_init(&affinity);
	cpu_bind(affinity.cpus[0]);
	results.trials =
		calloc(results.png_files.count * options->encoder_count, sizeof(*results.trials));
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
	"Encodes the pictures of PNG files, and of those in and below directories, with\n"
	"each encoder, on one thread. Results are grouped by the name of the directory.\n"
	"\n"
	"      --encoders LIST|all  (default all)\n";

const struct command command_encode = {
	.name = "encode",
	.summary = "encode pictures as PNG with each encoder",
	.help = help,
	.accepts = OPTIONS_ENCODE,
	.seconds_ns = 20000000,
	.run = run,
};
