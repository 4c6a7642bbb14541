/* SPDX-License-Identifier: MIT
 *
 * `shmflip-bench encode`: pixels to PNG with each encoder. */
#include "codec_comparison.h"

static int encode(const struct codec *codec, void *state, const struct png_file *file,
                  struct codec_work *work)
{
	(void)file;
	work->output.size = 0;
	return codec->encode(state, &work->picture, &work->output);
}

static int decode_output(const struct png_file *file, struct codec_work *work)
{
	const struct png_file written = {
		.png = work->output.bytes,
		.png_bytes = work->output.size,
		.width = file->width,
		.height = file->height,
		.stride_bytes = file->stride_bytes,
	};

	return decoders[0]->decode(NULL, &written, work->pixels);
}

static void add_fields(json_t *object, const struct codec *codec, const struct codec_trial *trial)
{
	(void)codec;
	json_object_set_new(object, "bytes", json_integer((json_int_t)trial->bytes));
}

static const char *describe_failure(const struct codec_trial *trial)
{
	return trial->differs ? "encodes other pixels than those of"
	                      : "cannot encode the pixels of";
}

#define VALUE(name) offsetof(struct codec_summary, name)

static const struct codec_column columns[] = {
	{ "of libpng's time", "of_libpng", VALUE(of_libpng.median), CODEC_SHARE },
	{ "least", "least", VALUE(of_libpng.min), CODEC_SHARE },
	{ "most", "most", VALUE(of_libpng.max), CODEC_SHARE },
	{ "pixels MB/s", "pixel_bytes_per_second", VALUE(pixels_per_s), CODEC_MEGABYTES },
	{ "size", "size_of_libpng", VALUE(size.median), CODEC_TIMES },
	{ "least", "least_size", VALUE(size.min), CODEC_TIMES },
	{ "most", "most_size", VALUE(size.max), CODEC_TIMES },
	{ 0 },
};

static const char legend[] =
	"\n"
	"Medians over files. ms: processor time per file; +-: noise between rounds; of libpng's\n"
	"time: its time as a share of that, then least and most of any file; size: of its PNG, as\n"
	"a share of the size of libpng's, then least and most.\n";

static const struct codec_task task = {
	.noun = "encoder",
	.absent = "not encoded",
	.cannot = "pictures that it cannot encode",
	.changes = "that it changes",
	.legend = legend,
	.columns = columns,
	.panels = { { "pixels to PNG: time", "share of libpng's", VALUE(of_libpng) },
	            { "pixels to PNG: size", "share of libpng's", VALUE(size) } },
	.panel_count = 2,
	.run = encode,
	.read_back = decode_output,
	.add_fields = add_fields,
	.describe_failure = describe_failure,
};

static int run(const struct options *options)
{
	return codec_compare(&task, options);
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
	.codecs = encoders,
	.seconds_ns = 20000000,
	.run = run,
};
