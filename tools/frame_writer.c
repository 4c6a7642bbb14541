/* SPDX-License-Identifier: MIT */
#include "frame_writer.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"
#include "png_encode.h"
#include "snapshot.h"

#define FPS_DEFAULT 30
#define FPS_MAX 1e6
#define MEASURE_NS (650 * NS_PER_MS)
#define MEASURE_POLL_NS (50 * NS_PER_MS)
#define REPORT_STALL_NS NS_PER_S
#define WRITES FRAME_WRITER_WRITES

int frame_writer_init(struct frame_writer *writer, const struct options *options)
{
	int error = 0;

	*writer = (struct frame_writer){ .options = options };
	if (options->format == &formats[FORMAT_PNG])
		error = png_encoder_create(options->jobs, &writer->encoder);
	if (error)
		cli_error("cannot start %u threads that encode: %s", options->jobs,
		          strerror(-error));
	return error;
}

void frame_writer_finish(struct frame_writer *writer)
{
	out_buffer_finish(&writer->last);
	out_buffer_finish(&writer->next);
	png_encoder_destroy(writer->encoder);
}

bool frame_writer_is_done(const struct frame_writer *writer)
{
	return writer->options->frames && writer->frames >= writer->options->frames;
}

static double fps(const struct video *video)
{
	return (double)video->rate_num / video->rate_den;
}

/* ---- Converting --------------------------------------------------------------------------- */

/* error: of pixel_source_init(). */
static int fail_source(const struct shmflip_frame *frame, int error)
{
	cli_error("frame %llu has the pixel format 0x%08x, %s", (unsigned long long)frame->sequence,
	          frame->fourcc,
	          error == -ENOTSUP ? "which cat does not know"
	                            : "but planes are missing, or too small");
	return -ENOTSUP;
}

static int fail_format(const struct frame_writer *writer, const struct pixel_source *source)
{
	cli_error("%s cannot hold pixels of format %s: use --format raw",
	          writer->options->format->name, shmflip_format_info(source->format->fourcc)->name);
	return -ENOTSUP;
}

static int fail_changed(const struct frame_writer *writer, const struct video *video,
                        const struct shmflip_frame *frame)
{
	cli_error("frame %llu has %ux%u pixels of %s, but a %s stream that began with %ux%u of %s "
	          "cannot change: use --format pam or png",
	          (unsigned long long)frame->sequence, video->width, video->height, video->pixels,
	          writer->options->format->name, writer->video.width, writer->video.height,
	          writer->video.pixels);
	return -EMSGSIZE;
}

static int describe_video(const struct frame_writer *writer, const struct shmflip_frame *frame,
                          struct video *video)
{
	const struct options *options = writer->options;
	const struct shmflip_stream *stream = frame->stream;

	*video = (struct video){
		.encoder = writer->encoder,
		.width = frame->width,
		.height = frame->height,
		.aspect_num = stream->aspect_num,
		.aspect_den = stream->aspect_den,
		.rate_num = options->rate_num ? options->rate_num : stream->rate_num,
		.rate_den = options->rate_num ? options->rate_den : stream->rate_den,
	};
	if (!options->format->describe)
		return 0;
	return options->format->describe(video, frame, options->matrix);
}

static bool is_same(const struct video *video, const struct video *other)
{
	return video->width == other->width && video->height == other->height &&
	       strcmp(video->pixels, other->pixels) == 0;
}

/* Raw pixels do not say what they are. The most common ones need no word. */
static void report_raw(const struct frame_writer *writer)
{
	const struct video *video = &writer->video;

	if (writer->options->format == &formats[FORMAT_RAW] && strcmp(video->pixels, "bgra") != 0)
		cli_error("frames of %ux%u:%s, as --raw of shmflip-producer and -pix_fmt of ffmpeg "
		          "take them",
		          video->width, video->height, video->pixels);
}

static void begin_video(struct frame_writer *writer, const struct video *video, uint32_t policy)
{
	const struct options *options = writer->options;

	writer->video = *video;
	writer->in_time =
		options->format->is_video && !options->every && policy != SHMFLIP_POLICY_LOSSLESS;
	report_raw(writer);
}

static int convert(struct frame_writer *writer, const struct shmflip_frame *frame,
                   const struct pixel_source *source)
{
	int error;

	out_buffer_clear(&writer->next);
	error = writer->options->format->frame(&writer->next, source, &writer->video);
	if (error)
		cli_error("out of memory for frame %llu", (unsigned long long)frame->sequence);
	return error;
}

int frame_writer_convert(struct frame_writer *writer, const struct shmflip_frame *frame,
                         uint32_t policy)
{
	struct pixel_source source;
	struct video video;
	int error = pixel_source_init(&source, frame);

	if (error)
		return fail_source(frame, error);
	writer->taken_ns = monotonic_now_ns();
	writer->published_ns = frame->published_ns;
	if (describe_video(writer, frame, &video))
		return fail_format(writer, &source);
	if (!writer->video.width)
		begin_video(writer, &video, policy);
	if (writer->options->format->is_video && !is_same(&video, &writer->video))
		return fail_changed(writer, &video, frame);
	return convert(writer, frame, &source);
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
	          fps(&writer->video));
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

/* In frames per 1000 seconds. 0: not known. */
static uint32_t measure_rate(const struct options *options)
{
	int64_t end_ns = monotonic_now_ns() + MEASURE_NS;
	struct snapshot snapshot;
	int error = snapshot_take(&snapshot, options->dir, options_channel(options));
	double measured;

	while (!error && monotonic_now_ns() < end_ns && !cli_interrupted()) {
		nanosleep(&(struct timespec){ .tv_nsec = MEASURE_POLL_NS }, NULL);
		error = snapshot_update(&snapshot, options->dir);
	}
	measured = error || snapshot.fps <= 0 ? 0 : fmin(snapshot.fps, FPS_MAX);
	snapshot_finish(&snapshot);
	return (uint32_t)lround(measured * 1e3);
}

static void choose_rate(struct frame_writer *writer)
{
	struct video *video = &writer->video;
	const struct format *format = writer->options->format;
	uint32_t measured = 0;

	if (video->rate_num || !(writer->in_time || format->begin))
		return;
	if (writer->in_time)
		measured = measure_rate(writer->options);
	video->rate_num = measured ? measured : FPS_DEFAULT;
	video->rate_den = measured ? 1000 : 1;
	cli_error("the producer announces no rate: the video has %g frames per second%s (choose "
	          "with --fps)",
	          fps(video), measured ? ", as measured" : "");
}

static int write_header(const struct frame_writer *writer)
{
	struct out_buffer header = { 0 };
	int error = writer->options->format->begin(&header, &writer->video);

	if (error)
		cli_error("out of memory for the header");
	else
		error = write_buffer(&header);
	out_buffer_finish(&header);
	return error;
}

static int begin(struct frame_writer *writer)
{
	bool announced = writer->video.rate_num != 0;
	int error = 0;

	choose_rate(writer);
	/* The time of measuring is no part of the video. */
	timeline_init(&writer->timeline, writer->video.rate_num, writer->video.rate_den,
	              announced ? writer->taken_ns : monotonic_now_ns());
	timeline_place(&writer->timeline, writer->published_ns, writer->taken_ns);
	if (writer->options->format->begin)
		error = write_header(writer);
	writer->begun = true;
	return error ? error : write_last(writer);
}

int frame_writer_write(struct frame_writer *writer)
{
	struct out_buffer converted = writer->next;
	int64_t time_ns = 0;
	int error = 0;

	if (writer->begun && writer->in_time) {
		time_ns = timeline_place(&writer->timeline, writer->published_ns, writer->taken_ns);
		error = repeat(writer, timeline_gap(&writer->timeline, time_ns), time_ns);
	}
	writer->next = writer->last;
	writer->last = converted;
	if (!writer->begun)
		return begin(writer);
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
