/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "commands.h"
#include "format.h"

#define POLL_MS 100
#define FPS_MILLI_DEFAULT 30000

struct cat {
	const struct options *options;
	struct shmflip_viewer *viewer;
	struct out_buffer output;
	struct video video;
	uint64_t frames; /* written so far */
	uint32_t width;  /* of the first frame */
	uint32_t height;
};

static int begin_stream(struct cat *cat, const struct shmflip_frame_info *info)
{
	const struct format *format = cat->options->format;
	struct shmflip_channel_info channel = { 0 };

	cat->width = info->width;
	cat->height = info->height;
	shmflip_viewer_channel(cat->viewer, &channel);
	cat->video.fps_milli = channel.fps_milli ? channel.fps_milli : FPS_MILLI_DEFAULT;
	cat->video.matrix =
		cat->options->matrix ? cat->options->matrix : matrix_of_rows(info->height);
	return format->begin ? format->begin(&cat->output, info, &cat->video) : 0;
}

static int fail_size_changed(const struct cat *cat, const struct shmflip_frame_info *info)
{
	cli_error("frame %llu has %ux%u pixels, but a %s stream that began with %ux%u cannot "
	          "change: use --format pam or png",
	          (unsigned long long)info->sequence, info->width, info->height,
	          cat->options->format->name, cat->width, cat->height);
	return -EMSGSIZE;
}

/* Appends a frame to the output buffer. */
static int append_frame(struct cat *cat, const struct shmflip_frame *frame)
{
	const struct shmflip_frame_info *info = &frame->info;
	const struct format *format = cat->options->format;
	int error = cat->frames ? 0 : begin_stream(cat, info);

	if (!error && format->one_size &&
	    (info->width != cat->width || info->height != cat->height))
		return fail_size_changed(cat, info);
	if (!error)
		error = format->frame(&cat->output, info, frame->pixels, &cat->video);
	if (error)
		cli_error("not enough memory for frame %llu", (unsigned long long)info->sequence);
	return error;
}

/* Wakes up every POLL_MS: the wait notices neither a signal that came just before it nor a
 * closed pipe. */
static int acquire(const struct cat *cat, struct shmflip_frame *frame)
{
	int error;

	do {
		error = shmflip_viewer_acquire(cat->viewer, frame, POLL_MS);
		if (cli_interrupted()) {
			if (!error)
				shmflip_viewer_release(cat->viewer, frame);
			return -EINTR;
		}
		if (error == -EAGAIN && out_buffer_reader_is_gone(STDOUT_FILENO))
			return -EPIPE;
	} while (error == -EAGAIN || error == -EINTR);
	if (!error || error == -ENODATA)
		return error;
	return cli_library_error();
}

static int flush_output(struct cat *cat)
{
	int error = out_buffer_flush(&cat->output, STDOUT_FILENO);

	if (error && error != -EINTR && error != -EPIPE)
		cli_error("cannot write to stdout: %s", strerror(-error));
	return error;
}

static int copy_frame(struct cat *cat)
{
	struct shmflip_frame frame = { 0 };
	int error = acquire(cat, &frame);

	if (error)
		return error;
	error = append_frame(cat, &frame);
	/* Release before writing: a slow reader must not make the producer drop frames. */
	shmflip_viewer_release(cat->viewer, &frame);
	if (!error)
		error = flush_output(cat);
	if (!error)
		cat->frames++;
	return error;
}

/* A closed pipe, the producer's normal end and an interruption are not failures. */
static int copy_frames(struct cat *cat)
{
	int error = 0;

	while (!error && (cat->options->frames == 0 || cat->frames < cat->options->frames))
		error = copy_frame(cat);
	return error && error != -EPIPE && error != -ENODATA && error != -EINTR ? CLI_FAILED
	                                                                        : CLI_OK;
}

int cat_run(const struct options *options)
{
	const struct shmflip_viewer_options viewer_options = {
		.dir = options->dir,
		.channel = options->channel,
		.prefault = 1,
	};
	struct cat cat = { .options = options };
	int status, error;

	if (isatty(STDOUT_FILENO)) {
		cli_error(
			"will not write frames to a terminal: pipe them to a program or a file, as "
			"in shmflip cat | mpv -");
		return CLI_FAILED;
	}
	error = shmflip_viewer_open(&viewer_options, &cat.viewer);
	if (error)
		return command_fail(error);
	status = copy_frames(&cat);
	shmflip_viewer_destroy(cat.viewer);
	out_buffer_finish(&cat.output);
	return status;
}
