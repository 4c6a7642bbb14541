/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "commands.h"
#include "format.h"
#include "matrix_option.h"
#include "png_encoder.h"

/* Options that not every command takes have letters, even if short_options does not list them. */
enum { OPTION_DIR = 256, OPTION_HELP, OPTION_VERSION };

static const char short_options[] = ":c:f:jn:r:w";

static const struct option long_options[] = {
	{ "channel", required_argument, NULL, 'c' },
	{ "dir", required_argument, NULL, OPTION_DIR },
	{ "frames", required_argument, NULL, 'n' },
	{ "format", required_argument, NULL, 'f' },
	{ "fps", required_argument, NULL, 'r' },
	{ "every", no_argument, NULL, 'e' },
	{ "jobs", required_argument, NULL, 'J' },
	{ "timeout", required_argument, NULL, 't' },
	{ "colour", required_argument, NULL, 'C' },
	{ "json", no_argument, NULL, 'j' },
	{ "watch", no_argument, NULL, 'w' },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ "version", no_argument, NULL, OPTION_VERSION },
	{ 0 },
};

static const struct command commands[] = {
	{ "ls", "j", ls_run },
	{ "stat", "cjw", stat_run },
	{ "cat", "cefnrtCJ", cat_run },
	{ "clean", "c", clean_run },
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static const char help_text[] =
	"Usage: shmflip COMMAND [options] [NAME]\n"
	"Lists the channels of shmflip-producer, outputs their frames, and cleans up.\n"
	"\n"
	"  ls                   list channels: alive, stopped, ended or stale, size and\n"
	"                       format of frames, slots, rate, process ids, viewers\n"
	"  stat [NAME]          show all details of one channel\n"
	"  cat [NAME]           write frames to stdout, a pipe or a file: video in real\n"
	"                       time; each frame if the producer's policy is lossless\n"
	"  clean [NAME]         remove files and memory of dead producers: of one channel\n"
	"                       or of all. Never touches a channel that is alive\n"
	"\n"
	"  -c, --channel NAME   same as NAME (default of stat and cat: default)\n"
	"      --dir PATH       directory of the channels (default: $SHMFLIP_DIR, else\n"
	"                       $XDG_RUNTIME_DIR/shmflip, else /tmp/shmflip-UID)\n"
	"  -j, --json           ls, stat: print JSON\n"
	"  -w, --watch          stat: print a line per second, until interrupted\n"
	"  -n, --frames N       cat: exit after N frames\n"
	"  -f, --format FORMAT  cat: y4m (default; ffmpeg and mpv read it. YUV and gray\n"
	"                       stay as they are), raw (all stay as they are), pam or png\n"
	"  -r, --fps N          cat: rate of y4m and raw (default: as announced, else as\n"
	"                       measured). Frames are repeated or passed over to keep it\n"
	"      --every          cat: each frame in order, once, as it comes\n"
	"      --jobs N         cat: threads for png (0: one per processor; default:\n"
	"                       the same, at most 4)\n"
	"      --timeout SECONDS  cat: exit with status 1 if no producer comes\n"
	"      --colour MATRIX  cat: bt601, bt709 or bt2020 of y4m (default: as frames\n"
	"                       say, else bt709 above 576 rows, else bt601)\n"
	"      --help, --version\n"
	"\n"
	"Example: shmflip cat camera | ffmpeg -i - out.mkv\n";

static void __attribute__((noreturn)) print_help(void)
{
	fputs(help_text, stdout);
	cli_exit_printed();
}

static const struct format *format_choice(const char *text)
{
	const char *words[FORMATS + 1] = { NULL };

	for (int i = 0; i < FORMATS; i++)
		words[i] = formats[i].name;
	return &formats[cli_choice("--format", text, words)];
}

static void set_option(struct options *options, int option, const char *value)
{
	switch (option) {
	case 'c':
		options->channel = value;
		break;
	case OPTION_DIR:
		options->dir = value;
		break;
	case 'n':
		options->frames = cli_uint("--frames", value, 1, UINT64_MAX);
		break;
	case 'f':
		options->format = format_choice(value);
		break;
	case 'e':
		options->every = true;
		break;
	case 'r':
		cli_rate("--fps", value, &options->rate_num, &options->rate_den);
		if (options->rate_num == 0)
			cli_usage_error("--fps takes a rate above 0, not '%s'", value);
		break;
	case 'J':
		options->jobs = cli_jobs("--jobs", value, PNG_JOBS_MAX);
		break;
	case 't':
		options->timeout_ns = cli_seconds_ns("--timeout", value);
		break;
	case 'C':
		options->matrix = matrix_option("--colour", value);
		break;
	case 'j':
		options->json = true;
		break;
	case 'w':
		options->watch = true;
		break;
	}
}

const char *options_channel(const struct options *options)
{
	return options->channel ? options->channel : "default";
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	cli_usage_error("unknown command %s: use ls, stat, cat or clean", name);
}

static void parse_words(struct options *options, char **words)
{
	if (!words[0])
		cli_usage_error("missing COMMAND: ls, stat, cat or clean");
	options->command = find_command(words[0]);
	if (!words[1])
		return;
	if (!strchr(options->command->takes, 'c'))
		cli_usage_error("%s takes no channel name", options->command->name);
	if (words[2])
		cli_usage_error("%s takes one channel: unexpected word %s", options->command->name,
		                words[2]);
	if (options->channel)
		cli_usage_error("two channels given, %s and %s: use one", options->channel,
		                words[1]);
	options->channel = words[1];
}

/* given: letters of the options on the command line. */
static void check_options(const struct options *options, const char *given)
{
	const struct command *command = options->command;
	const char *stray = given + strspn(given, command->takes);

	if (*stray)
		cli_usage_error("%s takes no --%s", command->name,
		                cli_option_name(long_options, *stray));
	if (options->matrix && options->format != &formats[FORMAT_Y4M])
		cli_usage_error("--colour is for --format y4m: %s has no matrix",
		                options->format->name);
	if (options->jobs && options->format != &formats[FORMAT_PNG])
		cli_usage_error("--jobs is for --format png: %s is not compressed",
		                options->format->name);
	if (options->rate_num && !options->format->is_video)
		cli_usage_error("--fps is for --format y4m or raw: %s has no rate",
		                options->format->name);
}

void options_parse(int argc, char **argv, struct options *options)
{
	char given[sizeof(long_options) / sizeof(long_options[0])] = "";
	int option;

	*options = (struct options){ .format = &formats[FORMAT_DEFAULT], .timeout_ns = -1 };
	opterr = 0;
	while ((option = getopt_long(argc, argv, short_options, long_options, NULL)) != -1) {
		if (option == OPTION_HELP)
			print_help();
		else if (option == OPTION_VERSION)
			cli_exit_version();
		else if (option == ':' || option == '?')
			cli_refuse_option(long_options, option, argv[optind - 1]);
		else
			set_option(options, option, optarg);
		if (option < OPTION_DIR && !strchr(given, option))
			given[strlen(given)] = (char)option;
	}
	parse_words(options, argv + optind);
	check_options(options, given);
	if (!options->jobs)
		options->jobs = cli_processors(PNG_JOBS_DEFAULT_MAX);
}
