/* SPDX-License-Identifier: MIT
 *
 * `shmflip-bench decode`: PNG to pixels with each decoder. */
#include <errno.h>

#include "codec_comparison.h"

static int decode(const struct codec *codec, void *state, const struct png_file *file,
                  struct codec_work *work)
{
	return codec->decode(state, file, work->pixels);
}

/* The decoder has left them there. */
static int keep_pixels(const struct png_file *file, struct codec_work *work)
{
	(void)file, (void)work;
	return 0;
}

static void add_fields(json_t *object, const struct codec *codec, const struct codec_trial *trial)
{
	(void)trial;
	json_object_set_new(object, "step", json_boolean(codec->is_stage));
}

/* Our fast path takes every ordinary file. */
static const char *describe_failure(const struct codec_trial *trial)
{
	if (trial->differs)
		return "decodes other pixels than libpng from";
	return trial->error == -ENOTSUP ? "has no fast path for" : "cannot decode";
}

#define VALUE(name) offsetof(struct codec_summary, name)

static const struct codec_column columns[] = {
	{ "times libpng", "times_libpng", VALUE(speedup.median), CODEC_TIMES },
	{ "least", "least", VALUE(speedup.min), CODEC_TIMES },
	{ "most", "most", VALUE(speedup.max), CODEC_TIMES },
	{ "pixels MB/s", "pixel_bytes_per_second", VALUE(pixels_per_s), CODEC_MEGABYTES },
	{ "file MB/s", "file_bytes_per_second", VALUE(file_per_s), CODEC_MEGABYTES },
	{ "first", "first", VALUE(first), CODEC_PERCENT_UNLESS_STAGE },
	{ "of libpng", NULL, VALUE(of_libpng.median), CODEC_PERCENT },
	{ "of shmflip", "of_shmflip", VALUE(of_shmflip), CODEC_PERCENT },
	{ 0 },
};

static const char legend[] =
	"\n"
	"Medians over files. ms: processor time per file; +-: noise between rounds; times libpng:\n"
	"how many times as fast, then least and most of any file; first: share of files on which\n"
	"no other was faster; of libpng, of shmflip: its time as a share of theirs. Indented: a\n"
	"single stage of decoding. The rest of the time is unfiltering and reordering bytes.\n";

static const struct codec_task task = {
	.noun = "decoder",
	.absent = "not decoded",
	.cannot = "files that it cannot decode",
	.changes = "that it decodes to other pixels",
	.legend = legend,
	.columns = columns,
	.panels = { { "PNG to pixels", "times as fast as libpng", VALUE(speedup) } },
	.panel_count = 1,
	.run = decode,
	.read_back = keep_pixels,
	.add_fields = add_fields,
	.describe_failure = describe_failure,
};

static int run(const struct options *options)
{
	return codec_compare(&task, options);
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
	.codecs = decoders,
	.seconds_ns = 20000000,
	.run = run,
};
