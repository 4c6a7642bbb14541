/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <unistd.h>

#include "cli.h"
#include "commands.h"
#include "frame_writer.h"

#define POLL_MS 100
#define REPORT_WAIT_NS NS_PER_S

struct cat {
	const struct options *options;
	struct shmflip_viewer *viewer;
	struct frame_writer writer;
	int64_t start_ns;
	bool said_producer; /* that it waits for a producer */
	bool said_frame;    /* that it waits for the first frame */
};

static bool is_attached(const struct cat *cat)
{
	return shmflip_viewer_channel(cat->viewer) != NULL;
}

/* Says what the program waits for. */
static void report_wait(struct cat *cat, bool attached, int64_t waited_ns)
{
	const char *channel = options_channel(cat->options);

	if (!attached && !cat->said_producer) {
		cli_error("waiting for a producer on channel %s in %s", channel,
		          cli_channel_directory(cat->options->dir));
		cat->said_producer = true;
	} else if (attached && !cat->said_frame && waited_ns >= REPORT_WAIT_NS) {
		cli_error("waiting for the first frame on channel %s", channel);
		cat->said_frame = true;
	}
}

static int fail_timed_out(const struct cat *cat)
{
	cli_error("no producer on channel %s within %g s: is one running?",
	          options_channel(cat->options), (double)cat->options->timeout_ns / 1e9);
	return -ETIMEDOUT;
}

/* No frame came within POLL_MS. */
static int idle(struct cat *cat)
{
	int64_t now_ns = monotonic_now_ns(), waited_ns = now_ns - cat->start_ns;
	bool attached = is_attached(cat);

	if (out_buffer_reader_is_gone(STDOUT_FILENO))
		return -EPIPE;
	if (!attached && cat->options->timeout_ns >= 0 && waited_ns >= cat->options->timeout_ns)
		return fail_timed_out(cat);
	if (!cat->writer.begun)
		report_wait(cat, attached, waited_ns);
	return frame_writer_idle(&cat->writer, now_ns);
}

/* Wakes up every POLL_MS: the wait notices neither a signal that came just before it nor a
 * closed pipe. */
static int acquire(struct cat *cat, const struct shmflip_frame **frame)
{
	int error = 0;

	while (!error) {
		error = shmflip_viewer_acquire(cat->viewer, frame, POLL_MS);
		if (cli_interrupted()) {
			if (!error)
				shmflip_frame_release(*frame);
			return -EINTR;
		}
		if (!error || error == -ENODATA)
			return error;
		if (error != -EAGAIN && error != -EINTR)
			return cli_library_error(error);
		error = error == -EAGAIN ? idle(cat) : 0;
	}
	return error;
}

static uint32_t policy_of(const struct cat *cat)
{
	const struct shmflip_channel *channel = shmflip_viewer_channel(cat->viewer);

	return channel ? channel->policy : 0;
}

static int copy_frame(struct cat *cat)
{
	const struct shmflip_frame *frame;
	int error = acquire(cat, &frame);

	if (error == -ENODATA) {
		error = frame_writer_idle(&cat->writer, monotonic_now_ns());
		return error ? error : -ENODATA;
	}
	if (error)
		return error;
	error = frame_writer_convert(&cat->writer, frame, policy_of(cat));
	shmflip_frame_release(frame);
	return error ? error : frame_writer_write(&cat->writer);
}

/* A closed pipe, the producer's normal end and an interruption are not failures. */
static int copy_frames(struct cat *cat)
{
	int error = 0;

	while (!error && !frame_writer_is_done(&cat->writer))
		error = copy_frame(cat);
	return error && error != -EPIPE && error != -ENODATA && error != -EINTR ? CLI_FAILED
	                                                                        : CLI_OK;
}

static int open_viewer(const struct options *options, struct shmflip_viewer **viewer)
{
	struct shmflip_viewer_options viewer_options;

	shmflip_init(&viewer_options);
	viewer_options.dir = options->dir;
	viewer_options.channel = options->channel;
	viewer_options.view = options->every ? SHMFLIP_VIEW_EVERY : SHMFLIP_VIEW_AUTO;
	viewer_options.flags = SHMFLIP_VIEWER_PREFAULT | SHMFLIP_VIEWER_ANY_FORMAT;
	return shmflip_viewer_open(&viewer_options, viewer);
}

int cat_run(const struct options *options)
{
	struct cat cat = { .options = options, .start_ns = monotonic_now_ns() };
	int status, error;

	if (isatty(STDOUT_FILENO)) {
		cli_error(
			"will not write frames to a terminal: pipe them to a program or a file, as "
			"in shmflip cat | mpv -");
		return CLI_FAILED;
	}
	error = open_viewer(options, &cat.viewer);
	if (error)
		return command_fail(error);
	status = frame_writer_init(&cat.writer, options) ? CLI_FAILED : copy_frames(&cat);
	shmflip_viewer_close(cat.viewer);
	frame_writer_finish(&cat.writer);
	return status;
}
