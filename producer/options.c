/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <getopt.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "shmflip.h"

enum { VIEWERS_MAX = 1000, JOBS_MAX = SHMFLIP_SLOTS_MAX - 1 };

enum {
	OPTION_DIR = 256,
	OPTION_MAX_SIZE,
	OPTION_ON_ERROR,
	OPTION_RAW,
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

static void print_help(void)
{
	puts("Usage: shmflip-producer [options] SOURCE...\n"
	     "Shows PNG frames to every shmflip-viewer of a channel, without copying them.\n"
	     "SOURCE is a PNG file, a directory (its *.png: 2 before 10), a pattern such as\n"
	     "frames/%04d.png, or - for a stream on stdin: PNG, PPM, PGM, PAM, Y4M, or --raw.\n"
	     "\n"
	     "  -c, --channel NAME      channel (default: default)\n"
	     "      --dir PATH          its directory (default: $SHMFLIP_DIR, else\n"
	     "                          $XDG_RUNTIME_DIR/shmflip, else /tmp/shmflip-UID)\n"
	     "  -r, --fps N             frames a second (default 30, or as a Y4M says; 0: as\n"
	     "                          fast as can be)\n"
	     "  -l, --loop[=N]          repeat N times, or without end\n"
	     "  -s, --slots N           2 to 64 (default 2, or 1 and two for each job)\n"
	     "  -j, --jobs N            decoder threads (default 1; 0: one per processor)\n"
	     "  -p, --policy latest|lossless  no slot free: drop the frame (default), or wait\n"
	     "  -w, --wait-viewers N    start when N viewers have attached\n"
	     "      --max-size WxH      capacity of a slot (default: the largest frame; of a\n"
	     "                          stream, the first)\n"
	     "      --on-error skip|stop  a file that is no PNG, or damaged (default: skip)\n"
	     "      --preload           with --loop: decode once, then flip through memory\n"
	     "      --raw WxH[:FORMAT]  bare pixels on stdin, as bgr0 (default), bgra, rgba,\n"
	     "                          rgb24, gray, yuv420p ... (ffmpeg's -f rawvideo)\n"
	     "      --mode OCTAL        who may attach (default 0600), with --group NAME\n"
	     "      --group NAME        the channel's group\n"
	     "      --lease SECONDS     how long a viewer may hold the last slot (0: ever)\n"
	     "      --flatten COLOUR    blend onto #rrggbb or a name (default: keep alpha)\n"
	     "      --stats FILE        on exit, write what happened as JSON (- is stdout)\n"
	     "  -q, --quiet             errors and skipped files only\n"
	     "  -v, --verbose           a line for every frame dropped, too\n"
	     "      --help, --version");
}

/* -l=2 is what people make of -l[=N]. */
static uint64_t loops_from(const char *text)
{
	if (!text)
		return LOOP_FOR_EVER;
	return cli_uint("--loop", text + (*text == '='), 1, 1000000000);
}

static int64_t lease_from(const char *text)
{
	int64_t lease_ns = cli_seconds_ns("--lease", text);

	return lease_ns == 0 ? -1 : (lease_ns + 999999) / 1000000;
}

static void set_max_size(struct options *options, const char *text)
{
	uint32_t stride_bytes;
	uint64_t size;

	cli_size("--max-size", text, &options->max_width, &options->max_height);
	if (shmflip_frame_size(options->max_width, options->max_height, &stride_bytes, &size))
		cli_usage_error("--max-size %s is more than can be addressed", text);
}

static void __attribute__((noreturn)) refuse_format(const char *name)
{
	char names[256] = "";
	size_t used = 0;

	for (size_t i = 0; raw_format_name(i) && used < sizeof(names); i++)
		used += (size_t)snprintf(names + used, sizeof(names) - used, " %s",
		                         raw_format_name(i));
	cli_usage_error("--raw knows no format %s, but%s", name, names);
}

/* WxH, or WxH:FORMAT. */
static void set_raw(struct options *options, char *text)
{
	char *colon = strchr(text, ':');
	const char *name = colon ? colon + 1 : "bgr0", *fault;
	const struct raw_format *format = raw_format_find(name);
	uint32_t width, height;

	if (colon)
		*colon = '\0';
	cli_size("--raw", text, &width, &height);
	if (!format)
		refuse_format(name);
	fault = raw_layout_init(&options->raw, format, width, height);
	if (fault)
		cli_usage_error("--raw %s: %s", text, fault);
}

static void set_rare(struct options *options, int option, char *text)
{
	static const char *const verdicts[] = { "skip", "stop", NULL };

	switch (option) {
	case OPTION_DIR:
		options->dir = text;
		break;
	case OPTION_MAX_SIZE:
		set_max_size(options, text);
		break;
	case OPTION_ON_ERROR:
		options->stop_on_error = cli_choice("--on-error", text, verdicts) == 1;
		break;
	case OPTION_RAW:
		set_raw(options, text);
		break;
	case OPTION_PRELOAD:
		options->preload = true;
		break;
	case OPTION_MODE:
		options->mode = cli_mode("--mode", text);
		if (options->mode & 0111)
			cli_usage_error("--mode takes rights to read, as 0640, not %s", text);
		break;
	case OPTION_GROUP:
		options->group = cli_group("--group", text);
		break;
	case OPTION_LEASE:
		options->lease_ms = lease_from(text);
		break;
	case OPTION_FLATTEN:
		options->background = cli_colour("--flatten", text);
		options->flatten = true;
		break;
	case OPTION_STATS:
		options->stats_path = text;
		break;
	case OPTION_HELP:
		print_help();
		exit(CLI_OK);
	case OPTION_VERSION:
		cli_print_version();
		exit(CLI_OK);
	}
}

static void set(struct options *options, int option, char *text)
{
	static const char *const policies[] = { "latest", "lossless", NULL };

	switch (option) {
	case 'c':
		options->channel = text;
		break;
	case 'r':
		options->fps_milli = cli_fps_milli("--fps", text);
		options->fps_given = true;
		break;
	case 'l':
		options->loops = loops_from(text);
		break;
	case 's':
		options->slots =
			(uint32_t)cli_uint("--slots", text, SHMFLIP_SLOTS_MIN, SHMFLIP_SLOTS_MAX);
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
		options->wait_viewers = (unsigned)cli_uint("--wait-viewers", text, 0, VIEWERS_MAX);
		break;
	case 'q':
	case 'v':
		options->quiet = option == 'q';
		options->verbose = option == 'v';
		break;
	default:
		set_rare(options, option, text);
	}
}

bool options_stream(const struct options *options)
{
	return strcmp(options->sources[0], "-") == 0;
}

static void check_sources(const struct options *options)
{
	if (options->source_count == 0)
		cli_usage_error("missing SOURCE: a PNG file, directory, pattern, or -");
	for (int i = 0; i < options->source_count && options->source_count > 1; i++) {
		if (strcmp(options->sources[i], "-") == 0)
			cli_usage_error("- (stdin) takes no other SOURCE beside it");
	}
	if (options_stream(options) && options->loops)
		cli_usage_error("--loop does not go with a stream, which cannot be started over");
	if (options->preload && !options->loops)
		cli_usage_error("--preload goes with --loop: a single pass needs no frame twice");
	if (!options_stream(options) && options->raw.format)
		cli_usage_error("--raw goes with a stream: - (stdin)");
}

static unsigned processors(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) ? 1 : (unsigned)CPU_COUNT(&set);
}

/* One is shown, and each thread that decodes needs one, and one more: so that it goes on while frames that
 * are done wait for an earlier one that takes longer. */
static uint32_t slots_for(unsigned jobs)
{
	uint32_t wanted = jobs == 1 ? 2 : 1 + 2 * jobs;

	return wanted < SHMFLIP_SLOTS_MAX ? wanted : SHMFLIP_SLOTS_MAX;
}

/* Each thread that decodes needs a slot, and one is shown. */
static void settle_jobs_and_slots(struct options *options)
{
	unsigned most = options->slots ? options->slots - 1 : JOBS_MAX;

	if (options->jobs > most)
		cli_usage_error("--jobs %u needs --slots %u or more", options->jobs,
		                options->jobs + 1);
	if (options->jobs == 0)
		options->jobs = processors() < most ? processors() : most;
	options->slots_given = options->slots;
	if (!options->slots)
		options->slots = slots_for(options->jobs);
}

void options_parse(struct options *options, int argc, char **argv)
{
	int option;

	*options = (struct options){ .fps_milli = 30000,
		                     .jobs = 1,
		                     .policy = SHMFLIP_POLICY_LATEST,
		                     .mode = 0600,
		                     .group = (gid_t)-1 };
	opterr = 0;
	while ((option = getopt_long(argc, argv, short_options, long_options, NULL)) != -1) {
		if (option == '?' || option == ':')
			cli_refuse_option(long_options, option, argv[optind - 1]);
		set(options, option, optarg);
	}
	options->sources = argv + optind;
	options->source_count = argc - optind;
	check_sources(options);
	settle_jobs_and_slots(options);
}
