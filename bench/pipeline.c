/* SPDX-License-Identifier: MIT */
#include "pipeline.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "decoder/decoder.h"
#include "report.h"
#include "scratch_dir.h"
#include "statistics.h"

enum { FRAMES_MIN = 8, FRAMES_MAX = 5000 };
#define TIMEOUT_NS INT64_C(60000000000)

/* Every contender shows two inputs: one frame, and many. */
struct pipeline_setup {
	struct scratch_dir scratch;
	char producer[PATH_MAX];
	char viewer[PATH_MAX];
	struct pipeline_input one;
	struct pipeline_input many;
};

/* Looks beside this program, as installed, then in the build directory, then leaves it to PATH. */
static void find_program(char *path, const char *directory, const char *name)
{
	char here[PATH_MAX - 64] = "";
	ssize_t length = readlink("/proc/self/exe", here, sizeof(here) - 1);
	char *end = length > 0 ? strrchr(here, '/') : NULL;

	if (end) {
		*end = '\0';
		snprintf(path, PATH_MAX, "%s/%s", here, name);
		if (access(path, X_OK) == 0)
			return;
		snprintf(path, PATH_MAX, "%s/../%s/%s", here, directory, name);
		if (access(path, X_OK) == 0)
			return;
	}
	snprintf(path, PATH_MAX, "%s", name);
}

static int check_sizes(const struct png_files *png_files)
{
	const struct png_file *first = &png_files->files[0];

	for (size_t i = 1; i < png_files->count; i++) {
		const struct png_file *file = &png_files->files[i];

		if (file->width == first->width && file->height == first->height)
			continue;
		cli_error("pipeline needs frames of one size: %s is %ux%u, %s is %ux%u", file->path,
		          file->width, file->height, first->path, first->width, first->height);
		return -EINVAL;
	}
	return 0;
}

/* The time to decode a file, measured on the second run, when memory is mapped and cached. */
static int64_t decoding_ns(const struct png_file *file)
{
	const struct codec *decoder = codec_named(decoders, "shmflip");
	uint8_t *pixels = malloc(file->pixel_bytes + DECODER_SLACK_BYTES);
	void *state = decoder->open();
	int64_t begin_ns = monotonic_now_ns();

	for (int i = 0; i < 2 && pixels && state; i++) {
		begin_ns = monotonic_now_ns();
		decoder->decode(state, file, pixels);
	}
	decoder->close(state);
	free(pixels);
	return monotonic_now_ns() - begin_ns + 1;
}

/* How many frames take about seconds_ns. */
static unsigned frames_for(const struct png_files *png_files, int64_t seconds_ns)
{
	int64_t frames = seconds_ns / decoding_ns(&png_files->files[0]);

	if (frames < FRAMES_MIN)
		return FRAMES_MIN;
	return frames < FRAMES_MAX ? (unsigned)frames : FRAMES_MAX;
}

static int prepare(struct pipeline_setup *setup, struct pipeline_results *results)
{
	const struct options *options = results->options;
	struct png_files png_files;
	int error = png_files_load(&png_files, options->paths, options->path_count);

	if (error)
		return error;
	error = check_sizes(&png_files);
	if (!error)
		error = scratch_dir_make(&setup->scratch, &png_files,
		                         1 + frames_for(&png_files, options->seconds_ns));
	results->width = png_files.files[0].width;
	results->height = png_files.files[0].height;
	results->files = (unsigned)png_files.count;
	results->frames = setup->scratch.frames;
	png_files_free(&png_files);
	find_program(setup->producer, "producer", "shmflip-producer");
	find_program(setup->viewer, "viewer", "shmflip-viewer");
	setup->many = (struct pipeline_input){ .directory = setup->scratch.many,
		                               .channel = setup->scratch.channel,
		                               .frames = setup->scratch.frames,
		                               .width = results->width,
		                               .height = results->height,
		                               .producer = setup->producer,
		                               .viewer = setup->viewer };
	setup->one = setup->many;
	setup->one.directory = setup->scratch.one;
	setup->one.frames = 1;
	return error;
}

static int run_contender(struct pipeline_result *result, const struct pipeline_input *input,
                         int64_t timeout_ns, int64_t *elapsed_ns, int64_t *cpu_ns)
{
	const struct contender *contender = result->contender;
	struct process_group group = { 0 };
	int error = contender->assemble(contender, input, &group);

	if (!error)
		error = process_group_run(&group, timeout_ns, elapsed_ns, cpu_ns, result->detail);
	process_group_finish(&group);
	return error;
}

static unsigned frames_of(const struct contender *contender, const struct pipeline_input *input)
{
	return contender->traits & CONTENDER_LIMIT ? contender->threads * input->frames
	                                           : input->frames;
}

/* Returns 0, or -EINTR if the user interrupted. Other errors go into *result. */
static int measure(const struct options *options, const struct pipeline_setup *setup,
                   struct pipeline_result *result)
{
	int64_t timeout_ns = TIMEOUT_NS + 100 * options->seconds_ns;
	int64_t one_ns, many_ns, one_cpu_ns, many_cpu_ns;
	unsigned more = frames_of(result->contender, &setup->many) -
	                frames_of(result->contender, &setup->one);
	int error = run_contender(result, &setup->one, timeout_ns, &one_ns, &one_cpu_ns);

	if (!error)
		error = run_contender(result, &setup->many, timeout_ns, &many_ns, &many_cpu_ns);
	if (error == -EINTR)
		return error;
	result->error = error;
	if (error)
		return 0;
	if (many_ns <= one_ns) {
		snprintf(result->detail, sizeof(result->detail), "too few frames to measure");
		return 0;
	}
	result->fps[result->count] = more * 1e9 / (double)(many_ns - one_ns);
	result->cpu_ms[result->count] = (double)(many_cpu_ns - one_cpu_ns) / 1e6 / more;
	result->count++;
	return 0;
}

static int run_round(struct pipeline_results *results, const struct pipeline_setup *setup,
                     unsigned round)
{
	struct load_shares shares;
	struct load before;
	int error = 0;

	load_now(&before);
	for (unsigned i = 0; i < results->count && !error; i++) {
		struct pipeline_result *result =
			&results->items[round % 2 ? results->count - 1 - i : i];

		cli_status("round %u of %u: %s", round + 1, results->options->rounds,
		           result->contender->name);
		if (!result->error)
			error = measure(results->options, setup, result);
	}
	load_since(&before, &shares);
	results->disturbed += validity_is_disturbed(&shares);
	return error;
}

static void choose_contenders(struct pipeline_results *results)
{
	bool has_display = getenv("DISPLAY") || getenv("WAYLAND_DISPLAY");

	for (unsigned i = 0; contenders[i] && results->count < CONTENDERS_MAX; i++) {
		struct pipeline_result *result = &results->items[results->count++];

		result->contender = contenders[i];
		if (contenders[i]->traits & CONTENDER_WINDOW && !has_display) {
			result->error = -ENOTSUP;
			snprintf(result->detail, sizeof(result->detail), "no display");
		}
	}
}

/* Failures of shmflip only. If other programs fail or are missing, the table says so. */
static unsigned report_failures(const struct pipeline_results *results)
{
	unsigned failures = 0;

	for (unsigned i = 0; i < results->count; i++) {
		const struct pipeline_result *result = &results->items[i];

		if (!result->error || result->error == -ENOTSUP ||
		    strncmp(result->contender->name, "shmflip", 7) != 0)
			continue;
		cli_error("%s failed: %s", result->contender->name, result->detail);
		failures++;
	}
	return failures;
}

static void judge(struct pipeline_results *results)
{
	double noises[CONTENDERS_MAX];
	struct evidence evidence = { .rounds = results->options->rounds,
		                     .measured = results->options->rounds,
		                     .disturbed = results->disturbed,
		                     .stolen = results->load.stolen };
	struct spread spread;
	size_t count = 0;

	for (unsigned i = 0; i < results->count; i++) {
		const struct pipeline_result *result = &results->items[i];

		statistics_spread_rounds(result->fps, result->count, &spread);
		if (result->count)
			noises[count++] = statistics_noise(&spread);
	}
	statistics_spread(noises, count, &spread);
	evidence.typical_noise = spread.median;
	validity_judge(&evidence, &results->validity);
}

static int write_results(struct pipeline_results *results)
{
	const struct options *options = results->options;
	bool all_well = report_failures(results) == 0;

	judge(results);
	if (report_is_table(options))
		pipeline_print(results, stdout);
	if (options->json_path && report_json(options->json_path, pipeline_json(results)))
		all_well = false;
	if (options->plot_path && pipeline_plot(results))
		all_well = false;
	return all_well ? report_validity(options, &results->validity) : CLI_FAILED;
}

static int run(const struct options *options)
{
	static struct pipeline_results results;
	static struct pipeline_setup setup;
	struct load before;
	int error;

	results.options = options;
	environment_init(&results.environment);
	error = prepare(&setup, &results);
	if (error)
		return CLI_FAILED;
	choose_contenders(&results);
	load_now(&before);
	for (unsigned round = 0; round < options->rounds && !error; round++)
		error = run_round(&results, &setup, round);
	load_since(&before, &results.load);
	cli_status_end();
	scratch_dir_remove(&setup.scratch);
	if (error) {
		cli_error("interrupted: no results");
		return CLI_FAILED;
	}
	return write_results(&results);
}

static const char help[] =
	" FILE|DIR...\n"
	"Shows PNG files of one size with shmflip and other installed programs: ffmpeg\n"
	"through a pipe, mpv, and if there is a display also ffplay.\n"
	"\n";

const struct command command_pipeline = {
	.name = "pipeline",
	.summary = "show PNG files with shmflip and with other programs",
	.help = help,
	.accepts = OPTIONS_PIPELINE,
	.seconds_ns = INT64_C(3000000000),
	.run = run,
};
