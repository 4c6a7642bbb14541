/* SPDX-License-Identifier: MIT
 *
 * What viewers get from shmflipsink: pixels, times, orientation, streams and their ends. */
#include "gst_support.h"

#include <gst/video/video.h>

#define SINK "shmflipsink name=sink sync=false channel=test policy=lossless wait-viewers=1 "

static const struct shmflip_frame *take(struct shmflip_viewer *viewer)
{
	const struct shmflip_frame *frame;

	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, HANG_S * 1000), 0);
	return frame;
}

static void assert_ends(struct shmflip_viewer *viewer)
{
	const struct shmflip_frame *frame;

	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, HANG_S * 1000), -ENODATA);
}

static struct shmflip_viewer *play(struct run *run, const char *description)
{
	open_pipeline(run, description);
	begin_state(run, GST_STATE_PLAYING);
	return attach_viewer();
}

/* ---- Pixels ---- */

/* The rows of an SMPTE bar chart that GStreamer itself draws, for the same caps. */
static GstSample *draw(const char *caps)
{
	char *description = g_strdup_printf(
		"videotestsrc num-buffers=1 ! %s ! fakesink name=sink enable-last-sample=true",
		caps);
	struct run run;
	GstSample *sample;

	open_pipeline(&run, description);
	run_to_end(&run);
	g_object_get(run.sink, "last-sample", &sample, NULL);
	close_pipeline(&run);
	g_free(description);
	return sample;
}

static void assert_same_pixels(const struct shmflip_frame *frame, GstSample *sample)
{
	struct shmflip_layout layout;
	GstVideoFrame drawn;
	bool is_packed_yuv;
	GstVideoInfo info;

	shmflip_init(&layout);
	assert_int_equal(shmflip_format_layout(frame->fourcc, frame->width, frame->height, &layout),
	                 0);
	assert_true(gst_video_info_from_caps(&info, gst_sample_get_caps(sample)));
	assert_true(
		gst_video_frame_map(&drawn, &info, gst_sample_get_buffer(sample), GST_MAP_READ));
	/* GStreamer leaves their last chroma sample open. */
	is_packed_yuv = GST_VIDEO_INFO_N_PLANES(&info) == 1 && GST_VIDEO_INFO_IS_YUV(&info);
	for (guint i = 0; i < frame->planes; i++)
		for (guint row = 0; row < layout.rows[i]; row++)
			assert_memory_equal(
				frame->plane[i].pixels + (gsize)row * frame->plane[i].stride_bytes,
				(guint8 *)GST_VIDEO_FRAME_PLANE_DATA(&drawn, i) +
					(gsize)row * GST_VIDEO_FRAME_PLANE_STRIDE(&drawn, i),
				is_packed_yuv ? frame->width * 2 : layout.row_bytes[i]);
	gst_video_frame_unmap(&drawn);
}

/* In slots, and copied into them. */
static void pixels_arrive_in_all_formats(void **state)
{
	static const char *const formats[] = {
		"BGRx", "RGB",       "I420",      "NV12",  "NV16",      "Y444",      "YUY2",
		"UYVY", "P010_10LE", "I420_10LE", "GRAY8", "GRAY16_LE", "RGBA64_LE",
	};
	static const char *const ways[] = { "", "identity drop-allocation=true !" };

	(void)state;
	for (guint i = 0; i < 2 * G_N_ELEMENTS(formats); i++) {
		char *caps =
			g_strdup_printf("video/x-raw,format=%s,width=37,height=23", formats[i / 2]);
		char *description = g_strdup_printf("videotestsrc num-buffers=1 ! %s ! %s " SINK,
		                                    caps, ways[i % 2]);
		GstSample *sample = draw(caps);
		const struct shmflip_frame *frame;
		struct shmflip_viewer *viewer;
		struct run run;

		viewer = play(&run, description);
		frame = take(viewer);
		assert_int_equal(frame->width, 37);
		assert_int_equal(frame->height, 23);
		assert_same_pixels(frame, sample);
		assert_ends(viewer);
		assert_int_equal(stat_of(&run, "copied"), i % 2);
		shmflip_frame_release(frame);
		shmflip_viewer_close(viewer);
		close_pipeline(&run);
		gst_sample_unref(sample);
		g_free(description);
		g_free(caps);
	}
}

/* ---- Descriptions ---- */

static void frames_are_described(void **state)
{
	struct run run;
	struct shmflip_viewer *viewer =
		play(&run, "videotestsrc num-buffers=3 ! "
	                   "video/x-raw,format=I420,width=64,height=48,framerate=30000/1001,"
	                   "pixel-aspect-ratio=4/3,colorimetry=bt709 ! "
	                   "taginject tags=image-orientation=rotate-90 ! "
	                   "shmflipsink name=sink channel=test policy=lossless wait-viewers=1");

	(void)state;
	for (int i = 0; i < 3; i++) {
		const struct shmflip_frame *frame = take(viewer);

		assert_int_equal(frame->sequence, i + 1);
		assert_int_equal(frame->stream->rate_num, 30000);
		assert_int_equal(frame->stream->rate_den, 1001);
		assert_int_equal(frame->stream->aspect_num, 4);
		assert_int_equal(frame->stream->aspect_den, 3);
		assert_int_equal(frame->colour.matrix, 1);
		assert_int_equal(frame->orientation, 6);
		assert_in_range(frame->duration_ns, 33366666, 33366667);
		assert_in_range(frame->presentation_ns, i * INT64_C(33366666),
		                i * INT64_C(33366667) + 1);
		/* The sink waits for the clock: a frame is captured before it is published. */
		assert_true(frame->captured_ns <= frame->published_ns);
		assert_true(frame->captured_ns >
		            frame->published_ns - HANG_S * INT64_C(1000000000));
		shmflip_frame_release(frame);
	}
	assert_ends(viewer);
	shmflip_viewer_close(viewer);
	close_pipeline(&run);
}

static GstPadProbeReturn break_times(GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
	GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER(info);

	(void)pad, (void)data;
	if (GST_BUFFER_PTS(buffer) > 0)
		GST_BUFFER_PTS(buffer) = (GstClockTime)1 << 63;
	else
		GST_BUFFER_DURATION(buffer) = (GstClockTime)1 << 62;
	return GST_PAD_PROBE_OK;
}

/* avdec_mpeg4 sends such times, if its stream has none. */
static void impossible_times_are_not_known(void **state)
{
	struct run run;
	GstPad *pad;
	struct shmflip_viewer *viewer;
	const struct shmflip_frame *frame;

	(void)state;
	open_pipeline(&run, "videotestsrc num-buffers=2 ! " SINK);
	pad = gst_element_get_static_pad(run.sink, "sink");
	gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, break_times, NULL, NULL);
	gst_object_unref(pad);
	begin_state(&run, GST_STATE_PLAYING);
	viewer = attach_viewer();
	frame = take(viewer);
	assert_true(frame->presentation_ns == 0);
	assert_true(frame->duration_ns == SHMFLIP_NO_TIME);
	shmflip_frame_release(frame);
	frame = take(viewer);
	assert_true(frame->presentation_ns == SHMFLIP_NO_TIME);
	assert_true(frame->captured_ns == SHMFLIP_NO_TIME);
	shmflip_frame_release(frame);
	assert_ends(viewer);
	shmflip_viewer_close(viewer);
	close_pipeline(&run);
}

/* ---- Streams ---- */

static void takes_frames_of(struct shmflip_viewer *viewer, guint count, guint width,
                            uint32_t fourcc)
{
	while (count-- > 0) {
		const struct shmflip_frame *frame = take(viewer);

		assert_int_equal(frame->width, width);
		assert_int_equal(frame->fourcc, fourcc);
		shmflip_frame_release(frame);
	}
}

/* No frame is lost, and none is copied: each set of caps has a pool of its own. */
static void size_and_format_change_in_mid_stream(void **state)
{
	struct run run;
	struct shmflip_viewer *viewer = play(
		&run,
		"concat name=c ! " SINK
		"videotestsrc num-buffers=5 ! video/x-raw,format=BGRx,width=64,height=48 ! c. "
		"videotestsrc num-buffers=5 ! video/x-raw,format=BGRx,width=640,height=480 ! c. "
		"videotestsrc num-buffers=5 ! video/x-raw,format=I420,width=32,height=32 ! c.");

	(void)state;
	takes_frames_of(viewer, 5, 64, SHMFLIP_XRGB8888);
	assert_int_equal(shmflip_viewer_wait(viewer, HANG_S * 1000), 0);
	takes_frames_of(viewer, 5, 640, SHMFLIP_XRGB8888);
	takes_frames_of(viewer, 5, 32, SHMFLIP_YUV420);
	assert_ends(viewer);
	shmflip_viewer_close(viewer);
	close_pipeline(&run);
}

static void seek_to_three_frames(struct run *run)
{
	assert_true(gst_element_seek(run->pipeline, 1, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH,
	                             GST_SEEK_TYPE_SET, 0, GST_SEEK_TYPE_SET, 100 * GST_MSECOND));
}

/* A lossless producer takes no slot of a new size before viewers that are attached have come to it.
 * The one here takes no frame in PAUSED. */
static void await_size(void)
{
	const struct shmflip_status *status;
	bool found = false;

	for (int64_t ms = 0; !found && ms < HANG_S * 1000; ms++) {
		if (shmflip_channel_status(NULL, "test", &status) == 0) {
			found = status->channel->stream && status->channel->stream->width;
			shmflip_status_free(status);
		}
		sleep_ms(1);
	}
	assert_true(found);
}

static void the_end_of_a_stream_keeps_the_channel(void **state)
{
	const struct shmflip_status *status;
	struct shmflip_viewer *viewer;
	struct run run;

	(void)state;
	open_pipeline(&run, "videotestsrc ! "
	                    "video/x-raw,format=BGRx,width=64,height=48,framerate=30/1 ! " SINK);
	begin_state(&run, GST_STATE_PAUSED);
	await_size();
	viewer = attach_viewer();
	set_state(&run, GST_STATE_PAUSED);
	seek_to_three_frames(&run);
	begin_state(&run, GST_STATE_PLAYING);
	for (int i = 0; i < 2; i++) {
		takes_frames_of(viewer, 3, 64, SHMFLIP_XRGB8888);
		assert_ends(viewer);
		assert_ends_well(&run);
		assert_int_equal(shmflip_channel_status(NULL, "test", &status), 0);
		assert_int_equal(status->state, SHMFLIP_ENDED);
		shmflip_status_free(status);
		seek_to_three_frames(&run);
	}
	shmflip_viewer_close(viewer);
	close_pipeline(&run);
}

/* The library moves to new memory. What was lent before that is copied. */
static void deleted_files_cost_no_frame(void **state)
{
	struct run run;
	struct shmflip_viewer *viewer = play(
		&run, "videotestsrc num-buffers=60 is-live=true ! "
		      "video/x-raw,format=BGRx,width=64,height=48,framerate=60/1 ! queue ! " SINK);

	(void)state;
	takes_frames_of(viewer, 10, 64, SHMFLIP_XRGB8888);
	assert_int_equal(unlink(in_directory("test.lock")), 0);
	takes_frames_of(viewer, 50, 64, SHMFLIP_XRGB8888);
	assert_ends(viewer);
	assert_int_equal(stat_of(&run, "published"), 60);
	shmflip_viewer_close(viewer);
	close_pipeline(&run);
}

/* ---- Signals ---- */

static void no_signal_handler_is_installed(void **state)
{
	struct run run;
	struct sigaction before[65], after;

	(void)state;
	for (int number = 1; number < 65; number++)
		sigaction(number, NULL, &before[number]);
	open_pipeline(&run, "videotestsrc num-buffers=9 ! shmflipsink name=sink channel=test");
	run_to_end(&run);
	close_pipeline(&run);
	for (int number = 1; number < 65; number++)
		if (sigaction(number, NULL, &after) == 0)
			assert_ptr_equal(before[number].sa_handler, after.sa_handler);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		WITH_DIRECTORY(pixels_arrive_in_all_formats),
		WITH_DIRECTORY(frames_are_described),
		WITH_DIRECTORY(impossible_times_are_not_known),
		WITH_DIRECTORY(size_and_format_change_in_mid_stream),
		WITH_DIRECTORY(the_end_of_a_stream_keeps_the_channel),
		WITH_DIRECTORY(deleted_files_cost_no_frame),
		WITH_DIRECTORY(no_signal_handler_is_installed),
	};

	init_own_elements(&argc, &argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
