/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "shmflip.h"

enum {
	OPTION_QUICK = 256,
	OPTION_SECONDS,
	OPTION_ROUNDS,
	OPTION_JSON,
	OPTION_PLOT,
	OPTION_HELP,
	OPTION_VERSION,
	OPTION_SIZE,
	OPTION_TRANSPORTS,
	OPTION_TOUCH,
	OPTION_CORES,
	OPTION_RATE,
	OPTION_RECEIVERS,
	OPTION_SLOTS,
	OPTION_PIXELS,
	OPTION_DECODERS,
	OPTION_ENCODERS,
};

static const struct option long_options[] = {
	{ "quick", no_argument, NULL, OPTION_QUICK },
	{ "seconds", required_argument, NULL, OPTION_SECONDS },
	{ "rounds", required_argument, NULL, OPTION_ROUNDS },
	{ "json", required_argument, NULL, OPTION_JSON },
	{ "plot", required_argument, NULL, OPTION_PLOT },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ "version", no_argument, NULL, OPTION_VERSION },
	{ "size", required_argument, NULL, OPTION_SIZE },
	{ "transports", required_argument, NULL, OPTION_TRANSPORTS },
	{ "touch", required_argument, NULL, OPTION_TOUCH },
	{ "cores", required_argument, NULL, OPTION_CORES },
	{ "rate", required_argument, NULL, OPTION_RATE },
	{ "receivers", required_argument, NULL, OPTION_RECEIVERS },
	{ "slots", required_argument, NULL, OPTION_SLOTS },
	{ "pixels", required_argument, NULL, OPTION_PIXELS },
	{ "decoders", required_argument, NULL, OPTION_DECODERS },
	{ "encoders", required_argument, NULL, OPTION_ENCODERS },
	{ 0 },
};

static const char common_help[] =
	"      --quick            only test that it works: one round, few, short\n"
	"      --seconds S        duration of each measurement\n"
	"      --rounds N         rounds to take medians of (default 5)\n"
	"      --json FILE        write all figures as JSON (-: stdout)\n"
	"      --plot FILE.svg|FILE.png  draw figures with gnuplot\n"
	"      --help, --version\n"
	"\n"
	"Exit status: 0 valid, 1 failure, 2 wrong usage, 3 too noisy to be valid\n";

static void __attribute__((noreturn)) print_help(const struct command *const *commands)
{
	puts("Usage: shmflip-bench COMMAND [options]\n"
	     "Compares shmflip with other ways to move frames, and to read and write PNG.\n");
	for (size_t i = 0; commands[i]; i++)
		printf("  %-12s %s\n", commands[i]->name, commands[i]->summary);
	puts("\n"
	     "shmflip-bench COMMAND --help lists the options of a command.\n"
	     "      --help, --version");
	cli_exit_printed();
}

static void __attribute__((noreturn)) print_command_help(const struct command *command)
{
	printf("Usage: shmflip-bench %s [options]%s%s", command->name, command->help, common_help);
	cli_exit_printed();
}

/* ---- Lists: WORD,WORD,... ------------------------------------------------------------------- */

/* Calls add with each word. add increments *count. */
static void for_each_word(struct options *options, const char *option, const char *text,
                          void (*add)(struct options *options, const char *option,
                                      const char *word),
                          unsigned *count)
{
	char *words = strdup(text), *rest = words, *word;

	*count = 0;
	while (rest && (word = strsep(&rest, ",")) != NULL) {
		if (*count == LIST_MAX)
			cli_usage_error("%s takes a list of at most %d words", option, LIST_MAX);
		add(options, option, word);
	}
	free(words);
}

static void add_size(struct options *options, const char *option, const char *word)
{
	struct size *size = &options->sizes[options->size_count++];

	cli_size(option, word, &size->width, &size->height);
}

/* How many bytes a frame has depends on --pixels too, which may follow --size. */
static void check_size(const struct size *size, uint32_t fourcc)
{
	struct shmflip_layout layout;

	shmflip_init(&layout);
	if (shmflip_format_layout(fourcc, size->width, size->height, &layout) ||
	    layout.bytes > UINT32_MAX)
		cli_usage_error("--size takes frames of less than 4 GiB, not %ux%u", size->width,
		                size->height);
	if (layout.bytes < FRAME_BYTES_MIN)
		cli_usage_error("--size takes frames of at least %d bytes, not %ux%u",
		                FRAME_BYTES_MIN, size->width, size->height);
}

static void add_every_transport(struct options *options)
{
	for (size_t i = 0; options->transport_count < LIST_MAX && transports[i]; i++)
		options->transports[options->transport_count++] = transports[i];
}

static void add_transport(struct options *options, const char *option, const char *word)
{
	const char *names[LIST_MAX + 2] = { "all" };
	size_t i;

	if (strcmp(word, "all") == 0) {
		options->transport_count = 0;
		add_every_transport(options);
		return;
	}
	for (i = 0; i < LIST_MAX && transports[i]; i++)
		names[i + 1] = transports[i]->name;
	cli_choice(option, word, names);
	options->transports[options->transport_count++] = transport_named(word);
}

static void add_every_codec(struct options *options)
{
	const struct codec *const *codecs = options->command->codecs;

	for (size_t i = 0; options->codec_count < LIST_MAX && codecs[i]; i++)
		options->codecs[options->codec_count++] = codecs[i];
}

/* The reference always comes first. */
static void add_codec(struct options *options, const char *option, const char *word)
{
	const struct codec *const *codecs = options->command->codecs;
	const char *names[LIST_MAX + 2] = { "all" };

	if (strcmp(word, "all") == 0) {
		options->codec_count = 0;
		add_every_codec(options);
		return;
	}
	for (size_t i = 0; i < LIST_MAX && codecs[i]; i++)
		names[i + 1] = codecs[i]->name;
	cli_choice(option, word, names);
	if (options->codec_count == 0)
		options->codecs[options->codec_count++] = codecs[0];
	if (codec_named(codecs, word) != codecs[0])
		options->codecs[options->codec_count++] = codec_named(codecs, word);
}

static void add_touch(struct options *options, const char *option, const char *word)
{
	int touch = cli_choice(option, word, touch_names);

	for (unsigned i = 0; i < options->touch_count; i++)
		if (options->touches[i] == (enum touch)touch)
			return;
	options->touches[options->touch_count++] = (enum touch)touch;
}

static void add_cores(struct options *options, const char *option, const char *word)
{
	unsigned cores = (unsigned)cli_uint(option, word, 1, 2);

	if (options->cores_count == 0 || options->cores[0] != cores)
		options->cores[options->cores_count++ % 2] = cores;
}

static void add_rate(struct options *options, const char *option, const char *word)
{
	options->rates_milli[options->rate_count++] = cli_fps_milli(option, word);
}

static void add_receivers(struct options *options, const char *option, const char *word)
{
	options->receivers[options->receivers_count++] =
		(unsigned)cli_uint(option, word, 1, RECEIVERS_MAX);
}

/* ---- Options --------------------------------------------------------------------------------- */

static void set_plot(struct options *options, const char *path)
{
	const char *end = strrchr(path, '.');

	if (!end || (strcmp(end, ".svg") != 0 && strcmp(end, ".png") != 0))
		cli_usage_error("--plot takes a file named *.svg or *.png, not '%s'", path);
	options->plot_path = path;
}

static void set_common(struct options *options, int option, const char *text)
{
	switch (option) {
	case OPTION_QUICK:
		options->quick = true;
		break;
	case OPTION_SECONDS:
		options->seconds_ns = cli_seconds_ns("--seconds", text);
		if (options->seconds_ns > INT64_C(3600) * 1000000000)
			cli_usage_error("--seconds takes at most 3600, not %s", text);
		break;
	case OPTION_ROUNDS:
		options->rounds = (unsigned)cli_uint("--rounds", text, 1, ROUNDS_MAX);
		break;
	case OPTION_JSON:
		options->json_path = text;
		break;
	case OPTION_PLOT:
		set_plot(options, text);
		break;
	case OPTION_HELP:
		print_command_help(options->command);
	case OPTION_VERSION:
		cli_exit_version();
	}
}

static void set_transports(struct options *options, int option, const char *text)
{
	switch (option) {
	case OPTION_SIZE:
		for_each_word(options, "--size", text, add_size, &options->size_count);
		break;
	case OPTION_TRANSPORTS:
		for_each_word(options, "--transports", text, add_transport,
		              &options->transport_count);
		break;
	case OPTION_TOUCH:
		for_each_word(options, "--touch", text, add_touch, &options->touch_count);
		break;
	case OPTION_CORES:
		for_each_word(options, "--cores", text, add_cores, &options->cores_count);
		break;
	case OPTION_RATE:
		for_each_word(options, "--rate", text, add_rate, &options->rate_count);
		break;
	case OPTION_RECEIVERS:
		for_each_word(options, "--receivers", text, add_receivers,
		              &options->receivers_count);
		break;
	case OPTION_SLOTS:
		options->slots =
			(unsigned)cli_uint("--slots", text, SHMFLIP_SLOTS_MIN, SHMFLIP_SLOTS_MAX);
		break;
	case OPTION_PIXELS:
		if (shmflip_format_find(text, &options->fourcc))
			cli_usage_error("--pixels: %s", shmflip_error_detail());
		break;
	}
}

static unsigned group_of(int option)
{
	if (option == OPTION_ENCODERS)
		return OPTIONS_ENCODE;
	return option == OPTION_DECODERS ? OPTIONS_DECODE : OPTIONS_TRANSPORTS;
}

static void set(struct options *options, int option, const char *text)
{
	unsigned group = group_of(option);

	if (option < OPTION_SIZE) {
		set_common(options, option, text);
		return;
	}
	if (!(options->command->accepts & group))
		cli_usage_error("%s takes no --%s", options->command->name,
		                cli_option_name(long_options, option));
	if (option == OPTION_DECODERS)
		for_each_word(options, "--decoders", text, add_codec, &options->codec_count);
	else if (option == OPTION_ENCODERS)
		for_each_word(options, "--encoders", text, add_codec, &options->codec_count);
	else
		set_transports(options, option, text);
}

static const struct command *command_named(const char *name, const struct command *const *commands)
{
	for (size_t i = 0; commands[i]; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	cli_usage_error("unknown command %s", name);
}

/* Sets every option that was not given. Those of a quick run are small. */
static void set_defaults(struct options *options)
{
	bool quick = options->quick;

	if (!options->rounds)
		options->rounds = quick ? 1 : 5;
	if (options->seconds_ns < 0)
		options->seconds_ns = quick ? 20000000 : options->command->seconds_ns;
	if (options->command->codecs && !options->codec_count)
		add_every_codec(options);
	if (!options->size_count)
		set_transports(options, OPTION_SIZE,
		               quick ? "640x480" : "640x480,1920x1080,3840x2160");
	if (!options->transport_count)
		add_every_transport(options);
	if (!options->touch_count)
		set_transports(options, OPTION_TOUCH,
		               quick ? "none,write+read" : "none,read,write+read");
	if (!options->cores_count)
		set_transports(options, OPTION_CORES, "2");
	if (!options->rate_count)
		set_transports(options, OPTION_RATE, "0");
	if (!options->receivers_count)
		set_transports(options, OPTION_RECEIVERS, "1");
	if (!options->slots)
		options->slots = SHMFLIP_SLOTS_MIN;
	if (!options->fourcc)
		options->fourcc = SHMFLIP_XRGB8888;
}

static void set_paths(struct options *options, int count, char **words)
{
	bool needs_paths =
		options->command->accepts & (OPTIONS_DECODE | OPTIONS_ENCODE | OPTIONS_PIPELINE);

	if (!needs_paths && count > 0)
		cli_usage_error("unexpected word %s: %s takes no files", words[0],
		                options->command->name);
	if (needs_paths && count == 0)
		cli_usage_error("%s needs PNG files or directories of them",
		                options->command->name);
	options->paths = words;
	options->path_count = (unsigned)count;
}

void options_parse(struct options *options, int argc, char **argv,
                   const struct command *const *commands)
{
	int option;

	*options = (struct options){ .argc = argc, .argv = argv, .seconds_ns = -1 };
	if (argc < 2)
		cli_usage_error("missing COMMAND");
	if (strcmp(argv[1], "--help") == 0)
		print_help(commands);
	if (strcmp(argv[1], "--version") == 0)
		cli_exit_version();
	options->command = command_named(argv[1], commands);
	opterr = 0;
	optind = 2;
	while ((option = getopt_long(argc, argv, ":", long_options, NULL)) != -1) {
		if (option == '?' || option == ':')
			cli_refuse_option(long_options, option, argv[optind - 1]);
		set(options, option, optarg);
	}
	set_paths(options, argc - optind, argv + optind);
	set_defaults(options);
	for (unsigned i = 0; i < options->size_count; i++)
		check_size(&options->sizes[i], options->fourcc);
}
