/* SPDX-License-Identifier: MIT */
#include "contender.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "shmflip.h"
#include "touch.h"

enum { WAIT_MS = 20000 };

/* ---- Readers: they look at every pixel of every frame ------------------------------------------ */

/* Keeps the compiler from leaving the work out. */
static void look_at(const uint8_t *pixels, uint64_t bytes)
{
	volatile uint64_t sum = touch_sum(pixels, bytes);

	(void)sum;
}

static int read_channel(const void *argument)
{
	const struct show *show = argument;
	const struct shmflip_viewer_options options = { .dir = show->channel, .prefault = 1 };
	struct shmflip_viewer *viewer;
	struct shmflip_frame frame;
	unsigned frames = 0;
	int error = shmflip_viewer_open(&options, &viewer);

	if (error)
		return 1;
	while ((error = shmflip_viewer_acquire(viewer, &frame, WAIT_MS)) == 0) {
		look_at(frame.pixels, (uint64_t)frame.info.stride_bytes * frame.info.height);
		shmflip_viewer_release(viewer, &frame);
		frames++;
	}
	shmflip_viewer_destroy(viewer);
	return error == -ENODATA && frames == show->frames ? 0 : 1;
}

static int read_pipe(const void *argument)
{
	const struct show *show = argument;
	uint64_t bytes = 4 * (uint64_t)show->width * show->height, got = 0;
	uint8_t *pixels = aligned_alloc(64, (bytes + 63) / 64 * 64);
	unsigned frames = 0;
	ssize_t more;

	while (pixels && (more = read(STDIN_FILENO, pixels + got, bytes - got)) > 0) {
		got += (uint64_t)more;
		if (got < bytes)
			continue;
		look_at(pixels, bytes);
		got = 0;
		frames++;
	}
	free(pixels);
	return frames == show->frames ? 0 : 1;
}

/* ---- Contenders -------------------------------------------------------------------------------- */

/* One that publishes every frame, or fails. */
static struct member *add_producer(const struct show *show, unsigned jobs, struct team *team)
{
	struct member *producer = team_add(team);

	member_word(producer, "%s", show->producer);
	member_word(producer, "--dir");
	member_word(producer, "%s", show->channel);
	member_word(producer, "--fps=0");
	member_word(producer, "--policy=lossless");
	member_word(producer, "--on-error=stop");
	member_word(producer, "--jobs=%u", jobs);
	member_word(producer, "--quiet");
	member_word(producer, "%s", show->folder);
	return producer;
}

static int shmflip_to_reader(const struct contender *contender, const struct show *show,
                             struct team *team)
{
	struct member *reader;

	member_word(add_producer(show, contender->threads, team), "--wait-viewers=1");
	reader = team_add(team);
	reader->run = read_channel;
	reader->argument = show;
	return 0;
}

static int shmflip_to_nobody(const struct contender *contender, const struct show *show,
                             struct team *team)
{
	unsigned programs = contender->traits & CONTENDER_LIMIT ? contender->threads : 1;

	for (unsigned i = 0; i < programs; i++)
		member_word(add_producer(show, contender->threads / programs, team), "--channel=%u",
		            i);
	return 0;
}

static int shmflip_to_window(const struct contender *contender, const struct show *show,
                             struct team *team)
{
	struct member *viewer;

	member_word(add_producer(show, contender->threads, team), "--wait-viewers=1");
	viewer = team_add(team);
	member_word(viewer, "%s", show->viewer);
	member_word(viewer, "--dir");
	member_word(viewer, "%s", show->channel);
	member_word(viewer, "--once");
	member_word(viewer, "--quiet");
	return 0;
}

static int ffmpeg_to_reader(const struct contender *contender, const struct show *show,
                            struct team *team)
{
	struct member *ffmpeg = team_add(team), *reader;

	member_word(ffmpeg, "ffmpeg");
	member_word(ffmpeg, "-nostdin");
	member_word(ffmpeg, "-threads");
	member_word(ffmpeg, "%u", contender->threads);
	member_word(ffmpeg, "-i");
	member_word(ffmpeg, "%s/%%06d.png", show->folder);
	member_word(ffmpeg, "-f");
	member_word(ffmpeg, "rawvideo");
	member_word(ffmpeg, "-pix_fmt");
	member_word(ffmpeg, "bgra");
	member_word(ffmpeg, "-");
	reader = team_add(team);
	reader->run = read_pipe;
	reader->argument = show;
	return team_connect(ffmpeg, reader);
}

static int mpv(const struct contender *contender, const struct show *show, struct team *team)
{
	struct member *player = team_add(team);

	member_word(player, "mpv");
	member_word(player, "--no-config");
	member_word(player, "--really-quiet");
	member_word(player, "--no-audio");
	member_word(player, "--untimed");
	member_word(player, "--osc=no");
	member_word(player, "--vo=%s", contender->traits & CONTENDER_WINDOW ? "x11" : "null");
	member_word(player, "--mf-fps=1000");
	member_word(player, "--vd-lavc-threads=%u", contender->threads);
	member_word(player, "mf://%s/*.png", show->folder);
	return 0;
}

static int ffplay(const struct contender *contender, const struct show *show, struct team *team)
{
	struct member *player = team_add(team);

	member_word(player, "ffplay");
	member_word(player, "-autoexit");
	member_word(player, "-noframedrop");
	member_word(player, "-threads");
	member_word(player, "%u", contender->threads);
	member_word(player, "-framerate");
	member_word(player, "1000");
	member_word(player, "%s/%%06d.png", show->folder);
	return 0;
}

static const struct contender shmflip_one = {
	.name = "shmflip",
	.title = "shmflip-producer, and a viewer that reads every pixel",
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
	.title = "shmflip-producer, and nobody looks",
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
	.title = "ffmpeg -f rawvideo, and a reader that reads every pixel",
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
	.title = "mpv --untimed, where nobody looks",
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
