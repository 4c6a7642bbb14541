/* SPDX-License-Identifier: MIT
 *
 * What time the source's buffers have. */
#include "support.h"

#include "timing.h"

enum { MS = 1000000 };

static struct shmflip_stream stream;

static struct shmflip_frame published(int64_t published_ns, int64_t presentation_ns)
{
	return (struct shmflip_frame){ .published_ns = published_ns,
		                       .presentation_ns = presentation_ns,
		                       .duration_ns = SHMFLIP_NO_TIME,
		                       .stream = &stream };
}

static struct gst_shmflip_timing timing;

/* The PTS of a frame that arrives at a time of CLOCK_MONOTONIC. Running time 0 was at 1000 ms. */
static int64_t pts_ms(int64_t published_ms, int64_t presentation_ms, int64_t now_ms)
{
	struct shmflip_frame frame = published(
		published_ms * MS, presentation_ms < 0 ? SHMFLIP_NO_TIME : presentation_ms * MS);
	GstClockTime pts = gst_shmflip_timing_pts(&timing, &frame,
	                                          (GstClockTime)(now_ms - 1000) * MS, now_ms * MS);

	assert_int_equal(pts % MS, 0);
	return (int64_t)pts / MS;
}

static void published_times(void **state)
{
	(void)state;
	gst_shmflip_timing_init(&timing, TRUE, FALSE);
	/* Before the pipeline ran. */
	assert_int_equal(pts_ms(900, 5, 1010), 10);
	assert_int_equal(pts_ms(1020, 5, 1025), 20);
	/* A backlog has its own times. */
	assert_int_equal(pts_ms(1040, 5, 1100), 40);
	assert_int_equal(pts_ms(1060, 5, 1100), 60);
	/* Published after now: another machine's clock, or nonsense. */
	assert_int_equal(pts_ms(9999, 5, 1110), 110);
	/* Never back: this one was published while the pipeline was paused. */
	assert_int_equal(pts_ms(1080, 5, 1120), 120);
	assert_int_equal(pts_ms(1130, 5, 1135), 130);
}

static void presentation_times(void **state)
{
	(void)state;
	gst_shmflip_timing_init(&timing, TRUE, TRUE);
	assert_int_equal(pts_ms(1020, 500, 1025), 20);
	/* The producer's pace, whenever the frame comes. */
	assert_int_equal(pts_ms(1090, 540, 1095), 60);
	assert_int_equal(pts_ms(1110, 580, 1115), 100);
	/* Not known. */
	assert_int_equal(pts_ms(1140, -1, 1145), 140);
	/* The next stream begins anew. */
	assert_int_equal(pts_ms(1200, 0, 1205), 200);
	assert_int_equal(pts_ms(1230, 40, 1235), 240);
	/* So does another producer. */
	gst_shmflip_timing_change_producer(&timing);
	assert_int_equal(pts_ms(1300, 77, 1305), 300);
	/* Its offset never leads back. */
	gst_shmflip_timing_change_producer(&timing);
	assert_int_equal(pts_ms(1290, 10, 1310), 300);
	assert_int_equal(pts_ms(1320, 50, 1325), 340);
}

/* As far apart as the library allows. */
static void impossible_presentation_times(void **state)
{
	static const int64_t presentation_ns[] = { -(INT64_C(1) << 62), 0, (INT64_C(1) << 62) - 1,
		                                   0 };

	(void)state;
	gst_shmflip_timing_init(&timing, TRUE, TRUE);
	for (int i = 0; i < 4; i++) {
		struct shmflip_frame frame =
			published((1020 + i) * INT64_C(1000000), presentation_ns[i]);

		assert_int_equal(gst_shmflip_timing_pts(&timing, &frame, 25 * MS, 1025 * MS),
		                 (20 + i) * MS);
	}
}

static void without_a_clock(void **state)
{
	struct shmflip_frame first = published(1000 * MS, SHMFLIP_NO_TIME);
	struct shmflip_frame second = published(1040 * MS, SHMFLIP_NO_TIME);

	(void)state;
	gst_shmflip_timing_init(&timing, TRUE, FALSE);
	assert_true(gst_shmflip_timing_pts(&timing, &first, GST_CLOCK_TIME_NONE, 2000 * MS) ==
	            GST_CLOCK_TIME_NONE);
	/* A source that is not live needs none. */
	gst_shmflip_timing_init(&timing, FALSE, FALSE);
	assert_int_equal(gst_shmflip_timing_pts(&timing, &first, GST_CLOCK_TIME_NONE, 2000LL * MS),
	                 0);
	assert_int_equal(gst_shmflip_timing_pts(&timing, &second, 7, 2000LL * MS), 40 * MS);
}

static void durations(void **state)
{
	struct shmflip_frame frame = published(0, 0);

	(void)state;
	assert_true(gst_shmflip_timing_duration(&frame) == GST_CLOCK_TIME_NONE);
	stream.rate_num = 25;
	assert_int_equal(gst_shmflip_timing_duration(&frame), 40 * MS);
	stream.rate_num = 30000;
	stream.rate_den = 1001;
	assert_int_equal(gst_shmflip_timing_duration(&frame), 33366666);
	frame.duration_ns = 5;
	assert_int_equal(gst_shmflip_timing_duration(&frame), 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_times),
		cmocka_unit_test(presentation_times),
		cmocka_unit_test(impossible_presentation_times),
		cmocka_unit_test(without_a_clock),
		cmocka_unit_test(durations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
