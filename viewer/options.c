/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "png_encoder.h"
#include "present/present.h"
#include "shmflip.h"

enum {
	OPTION_DIR = 256,
	OPTION_PRESENT,
	OPTION_TIMEOUT,
	OPTION_ONCE,
	OPTION_NEWEST,
	OPTION_EVERY,
	OPTION_SCALE,
	OPTION_BACKGROUND,
	OPTION_RANGE,
	OPTION_COLORMAP,
	OPTION_FULLSCREEN,
	OPTION_NO_ROTATE,
	OPTION_RECORD,
	OPTION_DIGEST,
	OPTION_UNTOUCHED,
	OPTION_STATS,
	OPTION_HELP,
	OPTION_VERSION,
};

static const struct option long_options[] = {
	{ "channel", required_argument, NULL, 'c' },
	{ "dir", required_argument, NULL, OPTION_DIR },
	{ "present", required_argument, NULL, OPTION_PRESENT },
	{ "frames", required_argument, NULL, 'n' },
	{ "timeout", required_argument, NULL, OPTION_TIMEOUT },
	{ "once", no_argument, NULL, OPTION_ONCE },
	{ "newest", no_argument, NULL, OPTION_NEWEST },
	{ "every", no_argument, NULL, OPTION_EVERY },
	{ "scale", required_argument, NULL, OPTION_SCALE },
	{ "background", required_argument, NULL, OPTION_BACKGROUND },
	{ "range", required_argument, NULL, OPTION_RANGE },
	{ "colormap", required_argument, NULL, OPTION_COLORMAP },
	{ "fullscreen", no_argument, NULL, OPTION_FULLSCREEN },
	{ "no-rotate", no_argument, NULL, OPTION_NO_ROTATE },
	{ "record", required_argument, NULL, OPTION_RECORD },
	{ "jobs", required_argument, NULL, 'j' },
	{ "digest", no_argument, NULL, OPTION_DIGEST },
	{ "verify-untouched", no_argument, NULL, OPTION_UNTOUCHED },
	{ "stats", required_argument, NULL, OPTION_STATS },
	{ "quiet", no_argument, NULL, 'q' },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ "version", no_argument, NULL, OPTION_VERSION },
	{ 0 },
};

static const char help_text[] =
	"Usage: shmflip-viewer [options] [NAME]\n"
	"Shows the frames of a channel as a producer publishes them.\n"
	"\n"
	"  -c, --channel NAME     same as NAME: the channel (default: default)\n"
	"      --dir PATH         directory of the channel (default: $SHMFLIP_DIR, else\n"
	"                         $XDG_RUNTIME_DIR/shmflip, else /tmp/shmflip-UID)\n"
	"      --present WAY      auto (the first that works), x11, surface, texture, or\n"
	"                         none: without a window\n"
	"  -n, --frames N         exit after N frames\n"
	"      --timeout SECONDS  exit with status 1 after so long without a producer\n"
	"      --once             exit when the producer ends (status 1 if it died)\n"
	"      --newest, --every  take the newest frame, or each one in order (default:\n"
	"                         by the producer's policy)\n"
	"      --scale HOW        fit (the default), 1:1, or integer: a whole multiple\n"
	"      --background WHAT  checker, or a colour: beside and behind the picture\n"
	"      --range WHAT       black and white of 16 bits and float: auto, full, LO:HI\n"
	"      --colormap MAP     colours of 16-bit gray and float: gray, turbo, viridis\n"
	"      --fullscreen       start in fullscreen\n"
	"      --no-rotate        show pixels as they lie, not turned as the frame says\n"
	"      --record DIR       write each frame taken as PNG, named by its number\n"
	"  -j, --jobs N           encoder threads (default up to 4; 0: one per processor)\n"
	"      --digest           print a line for each frame taken:\n"
	"                         SEQUENCE WIDTH HEIGHT CRC NAME\n"
	"      --verify-untouched make frames unreadable to this process: ways that copy\n"
	"                         no frame still work, the others report an error\n"
	"      --stats FILE       on exit, write statistics as JSON (- is stdout)\n"
	"  -q, --quiet            print errors only\n"
	"      --help, --version\n"
	"\n"
	"Keys: space pause  . step  , back since the pause (32 frames, 256 MiB)  + - zoom\n"
	"1 actual size  0 as at first  arrows move  f F11 fullscreen  Esc back, or quit\n"
	"Tab Shift+Tab other channel  s save frame  i information  h ? F1 help  q quit\n"
	"16 bits and float: r range auto or full  c next colour map\n"
	"Mouse: wheel zoom  drag move  double click fullscreen\n";

static const struct presenter *parse_presenter(const char *text)
{
	const char *words[PRESENTERS_MAX + 2] = { "auto" };

	for (size_t i = 0; presenters[i]; i++)
		words[i + 1] = presenters[i]->name;
	int choice = cli_choice("--present", text, words);
	return choice == 0 ? NULL : presenters[choice - 1];
}

static enum scale parse_scale(const char *text)
{
	static const char *const words[] = {
		[SCALE_FIT] = "fit",
		[SCALE_ACTUAL] = "1:1",
		[SCALE_INTEGER] = "integer",
		NULL,
	};

	return (enum scale)cli_choice("--scale", text, words);
}

static struct background parse_background(const char *text)
{
	if (strcmp(text, "checker") == 0)
		return (struct background){ .checker = true };
	return (struct background){ .colour = cli_colour("--background", text) };
}

static void parse_range(struct appearance *appearance, const char *text)
{
	if (!appearance_parse_range(appearance, text))
		cli_usage_error("--range takes auto, full, or LO:HI with LO below HI, such as "
		                "400:5000, not '%s'",
		                text);
}

static enum colour_map parse_map(const char *text)
{
	const char *words[COLOUR_MAPS + 1] = { NULL };

	memcpy(words, colour_map_names, sizeof(colour_map_names));
	return (enum colour_map)cli_choice("--colormap", text, words);
}

static void set_view(struct options *options, uint32_t view)
{
	if (options->view != SHMFLIP_VIEW_AUTO && options->view != view)
		cli_usage_error("--newest excludes --every: give one of them");
	options->view = view;
}

static void __attribute__((noreturn)) print_help(void)
{
	fputs(help_text, stdout);
	cli_exit_printed();
}

static bool set_flag(struct options *options, int option)
{
	switch (option) {
	case 'q':
		options->quiet = true;
		return true;
	case OPTION_ONCE:
		options->once = true;
		return true;
	case OPTION_NEWEST:
		set_view(options, SHMFLIP_VIEW_NEWEST);
		return true;
	case OPTION_EVERY:
		set_view(options, SHMFLIP_VIEW_EVERY);
		return true;
	case OPTION_FULLSCREEN:
		options->fullscreen = true;
		return true;
	case OPTION_NO_ROTATE:
		options->unturned = true;
		return true;
	case OPTION_DIGEST:
		options->digest = true;
		return true;
	case OPTION_UNTOUCHED:
		options->untouched = true;
		return true;
	}
	return false;
}

static void set_value(struct options *options, int option, const char *value)
{
	switch (option) {
	case 'c':
		options->channel = value;
		break;
	case 'n':
		options->frames = cli_uint("--frames", value, 1, UINT64_MAX);
		break;
	case 'j':
		options->jobs = cli_jobs("--jobs", value, PNG_JOBS_MAX);
		break;
	case OPTION_DIR:
		options->dir = value;
		break;
	case OPTION_PRESENT:
		options->presenter = parse_presenter(value);
		break;
	case OPTION_TIMEOUT:
		options->timeout_ns = cli_seconds_ns("--timeout", value);
		break;
	case OPTION_SCALE:
		options->scale = parse_scale(value);
		break;
	case OPTION_BACKGROUND:
		options->background = parse_background(value);
		break;
	case OPTION_RANGE:
		parse_range(&options->appearance, value);
		break;
	case OPTION_COLORMAP:
		options->appearance.map = parse_map(value);
		break;
	case OPTION_RECORD:
		options->record_dir = value;
		break;
	case OPTION_STATS:
		options->stats_path = value;
		break;
	}
}

static void parse_words(struct options *options, char **words)
{
	if (words[0] && words[1])
		cli_usage_error("takes one channel: unexpected word %s", words[1]);
	if (words[0] && options->channel)
		cli_usage_error("two channels given, %s and %s: use one", options->channel,
		                words[0]);
	if (words[0])
		options->channel = words[0];
	else if (!options->channel)
		options->channel = "default";
}

void options_parse(int argc, char **argv, struct options *options)
{
	int option;

	*options = (struct options){ .timeout_ns = -1 };
	opterr = 0;
	while ((option = getopt_long(argc, argv, ":c:j:n:q", long_options, NULL)) != -1) {
		if (option == OPTION_HELP)
			print_help();
		else if (option == OPTION_VERSION)
			cli_exit_version();
		else if (option == ':' || option == '?')
			cli_refuse_option(long_options, option, argv[optind - 1]);
		else if (!set_flag(options, option))
			set_value(options, option, optarg);
	}
	if (options->untouched && (options->digest || options->record_dir))
		cli_usage_error("--verify-untouched excludes --digest and --record, which read "
		                "pixels: use it without them");
	if (options->jobs && !options->record_dir)
		cli_usage_error("--jobs is for --record: give both, or neither");
	if (!options->jobs)
		options->jobs = cli_processors(PNG_JOBS_DEFAULT_MAX);
	parse_words(options, argv + optind);
}
