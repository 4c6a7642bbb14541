/* SPDX-License-Identifier: MIT */
#include "contender.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "shmflip.h"
#include "touch.h"

enum { WAIT_MS = 20000 };

/* ---- Readers: they read every pixel of every frame ------------------------------------------- */

/* volatile, so that the compiler does not drop the sum. */
static void read_pixels(const uint8_t *pixels, uint64_t bytes)
{
	volatile uint64_t sum = touch_sum(pixels, bytes);

	(void)sum;
}

static int read_channel(const void *argument)
{
	const struct pipeline_input *input = argument;
	struct shmflip_viewer_options options;
	const struct shmflip_frame *frame;
	struct shmflip_viewer *viewer;
	unsigned frames = 0;
	int error;

	shmflip_init(&options);
	options.dir = input->channel;
	options.flags = SHMFLIP_VIEWER_PREFAULT;
	error = shmflip_viewer_open(&options, &viewer);
	if (error)
		return 1;
	while ((error = shmflip_viewer_acquire(viewer, &frame, WAIT_MS)) == 0) {
		const struct shmflip_plane *plane = &frame->plane[0];

		read_pixels(plane->pixels, (uint64_t)plane->stride_bytes * plane->rows);
		shmflip_frame_release(frame);
		frames++;
	}
	shmflip_viewer_close(viewer);
	return error == -ENODATA && frames == input->frames ? 0 : 1;
}

static int read_pipe(const void *argument)
{
	const struct pipeline_input *input = argument;
	uint64_t bytes = 4 * (uint64_t)input->width * input->height, got = 0;
	uint8_t *pixels = aligned_alloc(64, (bytes + 63) / 64 * 64);
	unsigned frames = 0;
	ssize_t more;

	while (pixels && (more = read(STDIN_FILENO, pixels + got, bytes - got)) > 0) {
		got += (uint64_t)more;
		if (got < bytes)
			continue;
		read_pixels(pixels, bytes);
		got = 0;
		frames++;
	}
	free(pixels);
	return frames == input->frames ? 0 : 1;
}

/* ---- Contenders ------------------------------------------------------------------------------ */

/* Adds a producer that publishes every frame or fails. */
static struct process *add_producer(const struct pipeline_input *input, unsigned jobs,
                                    struct process_group *group)
{
	struct process *producer = process_group_add(group);

	process_argument(producer, "%s", input->producer);
	process_argument(producer, "--dir");
	process_argument(producer, "%s", input->channel);
	process_argument(producer, "--fps=0");
	process_argument(producer, "--policy=lossless");
	process_argument(producer, "--on-error=stop");
	/* The other programs convert to these too. */
	process_argument(producer, "--pixels=bgra");
	process_argument(producer, "--jobs=%u", jobs);
	process_argument(producer, "--quiet");
	process_argument(producer, "%s", input->directory);
	return producer;
}

static int shmflip_to_reader(const struct contender *contender, const struct pipeline_input *input,
                             struct process_group *group)
{
	struct process *reader;

	process_argument(add_producer(input, contender->threads, group), "--wait-viewers=1");
	reader = process_group_add(group);
	reader->run = read_channel;
	reader->argument = input;
	return 0;
}

static int shmflip_to_nobody(const struct contender *contender, const struct pipeline_input *input,
                             struct process_group *group)
{
	unsigned programs = contender->traits & CONTENDER_LIMIT ? contender->threads : 1;

	for (unsigned i = 0; i < programs; i++)
		process_argument(add_producer(input, contender->threads / programs, group),
		                 "--channel=%u", i);
	return 0;
}

static int shmflip_to_window(const struct contender *contender, const struct pipeline_input *input,
                             struct process_group *group)
{
	struct process *viewer;

	process_argument(add_producer(input, contender->threads, group), "--wait-viewers=1");
	viewer = process_group_add(group);
	process_argument(viewer, "%s", input->viewer);
	process_argument(viewer, "--dir");
	process_argument(viewer, "%s", input->channel);
	process_argument(viewer, "--once");
	process_argument(viewer, "--quiet");
	return 0;
}

static int ffmpeg_to_reader(const struct contender *contender, const struct pipeline_input *input,
                            struct process_group *group)
{
	struct process *ffmpeg = process_group_add(group), *reader;

	process_argument(ffmpeg, "ffmpeg");
	process_argument(ffmpeg, "-nostdin");
	process_argument(ffmpeg, "-threads");
	process_argument(ffmpeg, "%u", contender->threads);
	process_argument(ffmpeg, "-i");
	process_argument(ffmpeg, "%s/%%06d.png", input->directory);
	process_argument(ffmpeg, "-f");
	process_argument(ffmpeg, "rawvideo");
	process_argument(ffmpeg, "-pix_fmt");
	process_argument(ffmpeg, "bgra");
	process_argument(ffmpeg, "-");
	reader = process_group_add(group);
	reader->run = read_pipe;
	reader->argument = input;
	return process_group_connect(ffmpeg, reader);
}

static int mpv(const struct contender *contender, const struct pipeline_input *input,
               struct process_group *group)
{
	struct process *player = process_group_add(group);

	process_argument(player, "mpv");
	process_argument(player, "--no-config");
	process_argument(player, "--really-quiet");
	process_argument(player, "--no-audio");
	process_argument(player, "--untimed");
	process_argument(player, "--osc=no");
	process_argument(player, "--vo=%s", contender->traits & CONTENDER_WINDOW ? "x11" : "null");
	process_argument(player, "--mf-fps=1000");
	process_argument(player, "--vd-lavc-threads=%u", contender->threads);
	process_argument(player, "mf://%s/*.png", input->directory);
	return 0;
}

static int ffplay(const struct contender *contender, const struct pipeline_input *input,
                  struct process_group *group)
{
	struct process *player = process_group_add(group);

	process_argument(player, "ffplay");
	process_argument(player, "-autoexit");
	process_argument(player, "-noframedrop");
	process_argument(player, "-threads");
	process_argument(player, "%u", contender->threads);
	process_argument(player, "-framerate");
	process_argument(player, "1000");
	process_argument(player, "%s/%%06d.png", input->directory);
	return 0;
}

static const struct contender shmflip_one = {
	.name = "shmflip",
	.title = "shmflip-producer and a viewer that reads every pixel",
	.threads = 1,
	.assemble = shmflip_to_reader,
};

static const struct contender shmflip_two = {
	.name = "shmflip-2",
	.title = "the same with two jobs",
	.threads = 2,
	.assemble = shmflip_to_reader,
};

static const struct contender shmflip_unseen = {
	.name = "shmflip-unseen",
	.title = "shmflip-producer without a viewer",
	.traits = CONTENDER_UNSEEN,
	.threads = 1,
	.assemble = shmflip_to_nobody,
};

static const struct contender shmflip_unseen_two = {
	.name = "shmflip-unseen-2",
	.title = "the same with two jobs",
	.traits = CONTENDER_UNSEEN,
	.threads = 2,
	.assemble = shmflip_to_nobody,
};

static const struct contender side_by_side = {
	.name = "side-by-side",
	.title = "limit: two of shmflip-unseen at once",
	.traits = CONTENDER_UNSEEN | CONTENDER_LIMIT,
	.threads = 2,
	.assemble = shmflip_to_nobody,
};

static const struct contender ffmpeg_one = {
	.name = "ffmpeg",
	.title = "ffmpeg -f rawvideo and a reader of every pixel",
	.threads = 1,
	.assemble = ffmpeg_to_reader,
};

static const struct contender ffmpeg_two = {
	.name = "ffmpeg-2",
	.title = "the same with two threads",
	.threads = 2,
	.assemble = ffmpeg_to_reader,
};

static const struct contender mpv_one = {
	.name = "mpv",
	.title = "mpv --untimed without video output",
	.traits = CONTENDER_UNSEEN,
	.threads = 1,
	.assemble = mpv,
};

static const struct contender mpv_two = {
	.name = "mpv-2",
	.title = "the same with two threads",
	.traits = CONTENDER_UNSEEN,
	.threads = 2,
	.assemble = mpv,
};

static const struct contender shmflip_window = {
	.name = "shmflip-window",
	.title = "shmflip-producer and shmflip-viewer in a window",
	.traits = CONTENDER_WINDOW,
	.threads = 1,
	.assemble = shmflip_to_window,
};

static const struct contender mpv_window = {
	.name = "mpv-window",
	.title = "mpv --untimed in a window",
	.traits = CONTENDER_WINDOW,
	.threads = 1,
	.assemble = mpv,
};

static const struct contender ffplay_window = {
	.name = "ffplay-window",
	.title = "ffplay -noframedrop in a window",
	.traits = CONTENDER_WINDOW,
	.threads = 1,
	.assemble = ffplay,
};

const struct contender *const contenders[] = {
	&shmflip_one,        &shmflip_two,   &ffmpeg_one, &ffmpeg_two, &shmflip_unseen,
	&shmflip_unseen_two, &side_by_side,  &mpv_one,    &mpv_two,    &shmflip_window,
	&mpv_window,         &ffplay_window, NULL,
};
