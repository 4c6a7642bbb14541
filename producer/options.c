/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <fcntl.h>
#include <getopt.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"
#include "help.h"
#include "matrix_option.h"
#include "pixel_format.h"
#include "png_header.h"
#include "shmflip.h"
#include "value_scale.h"

enum { JOBS_MAX = SHMFLIP_SLOTS_MAX - 1 };

enum {
	OPTION_DIR = 256,
	OPTION_MAX_SIZE,
	OPTION_ON_ERROR,
	OPTION_RAW,
	OPTION_REOPEN,
	OPTION_COLOUR,
	OPTION_PIXELS,
	OPTION_VALUE_SCALE,
	OPTION_PRELOAD,
	OPTION_MODE,
	OPTION_GROUP,
	OPTION_LEASE,
	OPTION_FLATTEN,
	OPTION_STATS,
	OPTION_HELP,
	OPTION_VERSION,
};

static const char short_options[] = ":c:r:l::s:j:p:w:qv";

static const struct option long_options[] = {
	{ "channel", required_argument, NULL, 'c' },
	{ "dir", required_argument, NULL, OPTION_DIR },
	{ "fps", required_argument, NULL, 'r' },
	{ "loop", optional_argument, NULL, 'l' },
	{ "slots", required_argument, NULL, 's' },
	{ "jobs", required_argument, NULL, 'j' },
	{ "policy", required_argument, NULL, 'p' },
	{ "wait-viewers", required_argument, NULL, 'w' },
	{ "max-size", required_argument, NULL, OPTION_MAX_SIZE },
	{ "on-error", required_argument, NULL, OPTION_ON_ERROR },
	{ "preload", no_argument, NULL, OPTION_PRELOAD },
	{ "raw", required_argument, NULL, OPTION_RAW },
	{ "reopen", no_argument, NULL, OPTION_REOPEN },
	{ "pixels", required_argument, NULL, OPTION_PIXELS },
	{ "colour", required_argument, NULL, OPTION_COLOUR },
	{ "value-scale", required_argument, NULL, OPTION_VALUE_SCALE },
	{ "mode", required_argument, NULL, OPTION_MODE },
	{ "group", required_argument, NULL, OPTION_GROUP },
	{ "lease", required_argument, NULL, OPTION_LEASE },
	{ "flatten", required_argument, NULL, OPTION_FLATTEN },
	{ "stats", required_argument, NULL, OPTION_STATS },
	{ "quiet", no_argument, NULL, 'q' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ "version", no_argument, NULL, OPTION_VERSION },
	{ NULL, 0, NULL, 0 },
};

/* Accepts -l=2, since people read -l[=N] so. */
static uint64_t parse_loops(const char *text)
{
	if (!text)
		return LOOP_FOREVER;
	return cli_uint("--loop", text + (*text == '='), 1, 1000000000);
}

/* 0: auto. */
static uint32_t parse_slots(const char *text)
{
	if (strcmp(text, "auto") == 0)
		return 0;
	return (uint32_t)cli_uint("--slots", text, SHMFLIP_SLOTS_MIN, SHMFLIP_SLOTS_MAX);
}

static int64_t parse_lease_ms(const char *text)
{
	int64_t lease_ns = cli_seconds_ns("--lease", text);

	return lease_ns == 0 ? -1 : (lease_ns + 999999) / 1000000;
}

static void set_max_size(struct options *options, const char *text)
{
	struct shmflip_layout layout;

	cli_size("--max-size", text, &options->max_width, &options->max_height);
	if (png_layout(options->max_width, options->max_height, &layout))
		cli_usage_error("--max-size %s is more than can be addressed", text);
}

/* Cuts off the text from this character on, and returns what follows it. NULL: it is not there. */
static char *cut(char *text, char separator)
{
	char *found = strchr(text, separator);

	if (found)
		*found++ = '\0';
	return found;
}

/* WxH[:FORMAT][@FPS]. */
static void set_raw(struct options *options, char *text)
{
	const char *fps = cut(text, '@'), *name = cut(text, ':'), *fault;
	const struct raw_format *format;
	uint32_t width, height;

	cli_size("--raw", text, &width, &height);
	format = raw_format_find(name ? name : "bgr0");
	if (!format)
		cli_usage_error("--raw: %s. ffmpeg's names are known, as bgr0, nv12, gray16le",
		                shmflip_error_detail());
	if (fps)
		cli_rate("--raw ...@", fps, &options->raw_rate.num, &options->raw_rate.den);
	fault = raw_layout_init(&options->raw, format, width, height);
	if (fault)
		cli_usage_error("--raw %s: %s", text, fault);
}

static void set_pixels(struct pixels *pixels, const char *text)
{
	static const char *const words[] = { "bgra", "auto", "file" };

	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(words[i], text) == 0) {
			pixels->choice = i;
			return;
		}
	}
	if (shmflip_format_find(text, &pixels->fourcc))
		cli_usage_error("--pixels: %s: use bgra, auto, file, or a fourcc, as NV12",
		                shmflip_error_detail());
	pixels->choice = pixel_format_opaque(pixels->fourcc) == SHMFLIP_XRGB8888 ? PIXELS_BGRA
	                                                                         : PIXELS_FORMAT;
}

/* MATRIX[:RANGE]. */
static void set_colour(struct shmflip_colour *colour, char *text)
{
	static const char *const ranges[] = { "limited", "full", NULL };
	const char *range = cut(text, ':');

	colour->matrix = matrix_option("--colour MATRIX[:limited|full]", text)->code;
	if (range)
		colour->range = (uint8_t)(1 + cli_choice("--colour MATRIX:RANGE", range, ranges));
}

static void set_long_option(struct options *options, int option, char *text)
{
	static const char *const actions[] = { "skip", "stop", NULL };

	switch (option) {
	case OPTION_DIR:
		options->dir = text;
		break;
	case OPTION_MAX_SIZE:
		set_max_size(options, text);
		break;
	case OPTION_ON_ERROR:
		options->stop_on_error = cli_choice("--on-error", text, actions) == 1;
		break;
	case OPTION_RAW:
		set_raw(options, text);
		break;
	case OPTION_REOPEN:
		options->reopen = true;
		break;
	case OPTION_COLOUR:
		set_colour(&options->colour, text);
		break;
	case OPTION_VALUE_SCALE:
		value_scale_option(text, &options->value_scale, &options->value_offset);
		break;
	case OPTION_PIXELS:
		set_pixels(&options->pixels, text);
		break;
	case OPTION_PRELOAD:
		options->preload = true;
		break;
	case OPTION_MODE:
		options->mode = cli_mode("--mode", text);
		if (options->mode != 0600 && options->mode != 0640 && options->mode != 0644)
			cli_usage_error("--mode takes 0600, 0640 or 0644, not %s", text);
		break;
	case OPTION_GROUP:
		options->group = cli_group("--group", text);
		options->group_given = true;
		break;
	case OPTION_LEASE:
		options->lease_ms = parse_lease_ms(text);
		break;
	case OPTION_FLATTEN:
		options->background = cli_colour("--flatten", text);
		options->flatten = true;
		break;
	case OPTION_STATS:
		options->stats_path = text;
		break;
	case OPTION_HELP:
		help_print();
	case OPTION_VERSION:
		cli_exit_version();
	}
}

static void set_option(struct options *options, int option, char *text)
{
	static const char *const policies[] = { "latest", "lossless", NULL };

	switch (option) {
	case 'c':
		options->channel = text;
		break;
	case 'r':
		cli_rate("--fps", text, &options->rate.num, &options->rate.den);
		options->rate_given = true;
		break;
	case 'l':
		options->loops = parse_loops(text);
		break;
	case 's':
		options->slots = parse_slots(text);
		break;
	case 'j':
		options->jobs = (unsigned)cli_uint("--jobs", text, 0, JOBS_MAX);
		break;
	case 'p':
		options->policy = cli_choice("--policy", text, policies) == 0
		                          ? SHMFLIP_POLICY_LATEST
		                          : SHMFLIP_POLICY_LOSSLESS;
		break;
	case 'w':
		options->wait_viewers =
			(unsigned)cli_uint("--wait-viewers", text, 0, SHMFLIP_VIEWERS_MAX);
		break;
	case 'q':
	case 'v':
		options->quiet = option == 'q';
		options->verbose = option == 'v';
		break;
	default:
		set_long_option(options, option, text);
	}
}

const char *options_channel(const struct options *options)
{
	return options->channel ? options->channel : "default";
}

static bool is_fifo(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISFIFO(status.st_mode);
}

/* Unlike a FIFO, the pipe of a shell ends with its writer: it has no name to open again. O_PATH:
 * a writer must not take this for its reader. */
static bool is_named_fifo(const char *path)
{
	char link[32], target[8] = "";
	int fd = open(path, O_PATH | O_CLOEXEC);
	ssize_t size;

	if (fd < 0)
		return false;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	size = readlink(link, target, sizeof(target));
	close(fd);
	return is_fifo(path) && !(size >= 5 && memcmp(target, "pipe:", 5) == 0);
}

static bool is_stdin(const char *source)
{
	return strcmp(source, "-") == 0;
}

bool options_is_stream(const struct options *options)
{
	return is_stdin(options->sources[0]) || is_fifo(options->sources[0]);
}

static void check_reopen(const struct options *options)
{
	const char *source = options->sources[0];

	if (is_named_fifo(is_stdin(source) ? "/proc/self/fd/0" : source))
		return;
	cli_usage_error("--reopen needs a FIFO, as from mkfifo: %s is none",
	                is_stdin(source) ? "stdin" : source);
}

static void check_sources(const struct options *options)
{
	if (options->source_count == 0)
		cli_usage_error("missing SOURCE: a PNG file, directory, pattern, FIFO, or -");
	for (int i = 0; i < options->source_count && options->source_count > 1; i++) {
		if (is_stdin(options->sources[i]) || is_fifo(options->sources[i]))
			cli_usage_error("- (stdin) or a FIFO must be the only SOURCE");
	}
	if (options->reopen)
		check_reopen(options);
	if (options_is_stream(options) && options->loops)
		cli_usage_error("--loop does not work with a stream: a pipe cannot start over");
	if (options->preload && !options->loops)
		cli_usage_error("--preload needs --loop: a single pass shows no frame twice");
	if (!options_is_stream(options) && options->raw.format)
		cli_usage_error("--raw needs a stream: - (stdin) or a FIFO");
}

static void check_pixels(const struct options *options)
{
	if (options->colour.matrix && (!options_is_stream(options) ||
	                               (options->raw.format && options->raw.format->pixel_bytes)))
		cli_usage_error(
			"--colour is for video in a stream: Y4M, or --raw with yuv420p, nv12 "
			"and other YUV");
	if (options->pixels.choice == PIXELS_FORMAT && !options_is_stream(options) &&
	    !png_has_format(options->pixels.fourcc))
		cli_usage_error("--pixels: no PNG has this format: use R8, R16, BG24, XR24, AR24, "
		                "XB48, AB48, auto, or bgra to convert all");
}

/* One slot is shown, and each decoder thread needs two: while its last frame waits for an earlier,
 * slower one, it decodes the next. */
static uint32_t default_slots(unsigned jobs)
{
	uint32_t slots = jobs == 1 ? 2 : 1 + 2 * jobs;

	return slots < SHMFLIP_SLOTS_MAX ? slots : SHMFLIP_SLOTS_MAX;
}

/* Each decoder thread needs a slot, and one slot is shown. */
static void choose_jobs_and_slots(struct options *options)
{
	unsigned jobs_max = options->slots ? options->slots - 1 : JOBS_MAX;

	if (options->jobs > jobs_max)
		cli_usage_error("--jobs %u needs --slots %u or more", options->jobs,
		                options->jobs + 1);
	if (options->jobs == 0)
		options->jobs = cli_processors(jobs_max);
	options->slots_given = options->slots;
	if (!options->slots)
		options->slots = default_slots(options->jobs);
}

void options_parse(struct options *options, int argc, char **argv)
{
	int option;

	*options = (struct options){
		.rate = { 30, 1 },
		.jobs = 1,
		.policy = SHMFLIP_POLICY_LATEST,
		.mode = 0600,
		.pixels = { .choice = PIXELS_AUTO },
	};
	opterr = 0;
	while ((option = getopt_long(argc, argv, short_options, long_options, NULL)) != -1) {
		if (option == '?' || option == ':')
			cli_refuse_option(long_options, option, argv[optind - 1]);
		set_option(options, option, optarg);
	}
	options->sources = argv + optind;
	options->source_count = argc - optind;
	check_sources(options);
	check_pixels(options);
	choose_jobs_and_slots(options);
}
