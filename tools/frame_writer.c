/* SPDX-License-Identifier: MIT */
#include "frame_writer.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"
#include "snapshot.h"

#define FPS_MILLI_DEFAULT 30000
#define MEASURE_NS (650 * NS_PER_MS)
#define MEASURE_POLL_NS (50 * NS_PER_MS)
#define REPORT_STALL_NS NS_PER_S
#define WRITES FRAME_WRITER_WRITES

void frame_writer_init(struct frame_writer *writer, const struct options *options)
{
	*writer = (struct frame_writer){ .options = options };
}

void frame_writer_finish(struct frame_writer *writer)
{
	out_buffer_finish(&writer->last);
	out_buffer_finish(&writer->next);
}

bool frame_writer_is_done(const struct frame_writer *writer)
{
	return writer->options->frames && writer->frames >= writer->options->frames;
}

/* ---- Converting --------------------------------------------------------------------------- */

static int fail_size_changed(const struct frame_writer *writer,
                             const struct shmflip_frame_info *info)
{
	cli_error("frame %llu has %ux%u pixels, but a %s stream that began with %ux%u cannot "
	          "change: use --format pam or png",
	          (unsigned long long)info->sequence, info->width, info->height,
	          writer->options->format->name, writer->width, writer->height);
	return -EMSGSIZE;
}

static void describe_video(struct frame_writer *writer, const struct shmflip_frame_info *info,
                           const struct shmflip_channel_info *channel)
{
	const struct options *options = writer->options;

	writer->width = info->width;
	writer->height = info->height;
	writer->video.matrix = options->matrix ? options->matrix : matrix_of_rows(info->height);
	writer->video.fps_milli = options->fps_milli ? options->fps_milli : channel->fps_milli;
	writer->in_time = options->format->is_video && !options->every &&
	                  channel->policy != SHMFLIP_POLICY_LOSSLESS;
}

int frame_writer_convert(struct frame_writer *writer, const struct shmflip_frame *frame,
                         const struct shmflip_channel_info *channel)
{
	const struct shmflip_frame_info *info = &frame->info;
	const struct format *format = writer->options->format;
	int error;

	writer->taken_ns = monotonic_now_ns();
	if (!writer->width)
		describe_video(writer, info, channel);
	if (format->is_video && (info->width != writer->width || info->height != writer->height))
		return fail_size_changed(writer, info);
	out_buffer_clear(&writer->next);
	error = format->frame(&writer->next, info, frame->pixels, &writer->video);
	if (error)
		cli_error("out of memory for frame %llu", (unsigned long long)info->sequence);
	return error;
}

/* ---- Writing ------------------------------------------------------------------------------ */

static int write_buffer(const struct out_buffer *buffer)
{
	int error = out_buffer_write(buffer, STDOUT_FILENO);

	if (error && error != -EINTR && error != -EPIPE)
		cli_error("cannot write to stdout: %s", strerror(-error));
	return error;
}

static int write_last(struct frame_writer *writer)
{
	int64_t start_ns = monotonic_now_ns();
	int error = write_buffer(&writer->last);

	if (error)
		return error;
	writer->write_ns[writer->frames++ % WRITES] = monotonic_now_ns() - start_ns;
	writer->timeline.frames++;
	return 0;
}

/* Whether the reader needs most of the time for reading. A player reads just as fast as the video
 * plays, so it never makes up for a stall: repeated frames would delay all that follow. */
static bool reader_is_slow(const struct frame_writer *writer)
{
	for (int i = 0; i < WRITES; i++) {
		if (2 * writer->write_ns[i] < timeline_length_ns(&writer->timeline, 1))
			return false;
	}
	return true;
}

static void leave_out(struct frame_writer *writer, int64_t end_ns)
{
	writer->left_out_ns += timeline_skip(&writer->timeline, end_ns);
	if (writer->stall_was_reported || writer->left_out_ns < REPORT_STALL_NS)
		return;
	writer->stall_was_reported = true;
	cli_error("writing to stdout takes more than half of the time at %g frames per second: the "
	          "video leaves out the time that its reader lost (lower the rate with --fps)",
	          writer->video.fps_milli / 1e3);
}

/* Repeats the last frame so often, or leaves out the time until end_ns: that of the frame which the
 * caller writes next, and which must not be too late then. */
static int repeat(struct frame_writer *writer, uint64_t count, int64_t end_ns)
{
	int error = 0;

	for (; count && !error && !frame_writer_is_done(writer); count--) {
		if (reader_is_slow(writer)) {
			leave_out(writer, end_ns);
			break;
		}
		error = cli_interrupted() ? -EINTR : write_last(writer);
	}
	return error;
}

/* ---- The stream --------------------------------------------------------------------------- */

static uint32_t measure_rate(const struct options *options)
{
	int64_t end_ns = monotonic_now_ns() + MEASURE_NS;
	struct snapshot snapshot;
	int error = snapshot_take(&snapshot, options->dir, options_channel(options));

	while (!error && monotonic_now_ns() < end_ns && !cli_interrupted()) {
		nanosleep(&(struct timespec){ .tv_nsec = MEASURE_POLL_NS }, NULL);
		error = snapshot_update(&snapshot, options->dir);
	}
	if (error || snapshot.fps <= 0)
		return 0;
	return snapshot.fps < 1e6 ? (uint32_t)lround(snapshot.fps * 1e3) : 1000000000;
}

static void choose_rate(struct frame_writer *writer)
{
	struct video *video = &writer->video;
	const struct format *format = writer->options->format;
	uint32_t measured = 0;

	if (video->fps_milli || !(writer->in_time || format->begin))
		return;
	if (writer->in_time)
		measured = measure_rate(writer->options);
	video->fps_milli = measured ? measured : FPS_MILLI_DEFAULT;
	cli_error("the producer announces no rate: the video has %g frames per second%s (choose "
	          "with --fps)",
	          video->fps_milli / 1e3, measured ? ", as measured" : "");
}

static int write_header(const struct frame_writer *writer, const struct shmflip_frame_info *info)
{
	struct out_buffer header = { 0 };
	int error = writer->options->format->begin(&header, info, &writer->video);

	if (error)
		cli_error("out of memory for the header");
	else
		error = write_buffer(&header);
	out_buffer_finish(&header);
	return error;
}

static int begin(struct frame_writer *writer, const struct shmflip_frame_info *info)
{
	bool announced = writer->video.fps_milli != 0;
	int error = 0;

	choose_rate(writer);
	/* The time of measuring is no part of the video. */
	timeline_init(&writer->timeline, writer->video.fps_milli,
	              announced ? writer->taken_ns : monotonic_now_ns());
	timeline_place(&writer->timeline, info->published_ns, writer->taken_ns);
	if (writer->options->format->begin)
		error = write_header(writer, info);
	writer->begun = true;
	return error ? error : write_last(writer);
}

int frame_writer_write(struct frame_writer *writer, const struct shmflip_frame_info *info)
{
	struct out_buffer converted = writer->next;
	int64_t time_ns = 0;
	int error = 0;

	if (writer->begun && writer->in_time) {
		time_ns = timeline_place(&writer->timeline, info->published_ns, writer->taken_ns);
		error = repeat(writer, timeline_gap(&writer->timeline, time_ns), time_ns);
	}
	writer->next = writer->last;
	writer->last = converted;
	if (!writer->begun)
		return begin(writer, info);
	if (error || frame_writer_is_done(writer) ||
	    (writer->in_time && timeline_is_ahead(&writer->timeline, time_ns)))
		return error;
	return write_last(writer);
}

int frame_writer_idle(struct frame_writer *writer, int64_t now_ns)
{
	uint64_t count;
	int error;

	if (!writer->begun || !writer->in_time)
		return 0;
	count = timeline_overdue(&writer->timeline, now_ns);
	if (!count)
		return 0;
	error = repeat(writer, count - 1, now_ns);
	return error || frame_writer_is_done(writer) ? error : write_last(writer);
}
