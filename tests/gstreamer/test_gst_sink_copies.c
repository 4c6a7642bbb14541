/* SPDX-License-Identifier: MIT
 *
 * Which upstreams of shmflipsink write into slots, so that no frame is copied, and which cannot. */
#include "gst_support.h"

#define FRAMES 300
#define SINK "shmflipsink name=sink sync=false channel=test"
/* GStreamer 1.22's jpegdec reads beyond its rows where a stride has padding, which AddressSanitizer
 * refuses. */
#define SMALL "video/x-raw,width=256,height=96,framerate=30/1"

static const char *const without_a_copy[] = {
	"",
	"videoconvert ! video/x-raw,format=BGRx !",
	"videoconvert !", /* passes through */
	"videoscale ! video/x-raw,width=320,height=180 !",
	"queue !",
	"compositor !",
	"videocrop left=8 top=8 !",
	"videoflip method=horizontal-flip !",
	"textoverlay text=x !",
	"videobalance saturation=0.5 !",
	"jpegenc ! jpegdec !",
	"pngenc snapshot=false compression-level=1 ! pngdec !",
	"vp8enc deadline=1 ! vp8dec !",
};

static void decides_where(const char *elements, const char *properties, guint frames,
                          struct run *run)
{
	char *description = g_strdup_printf("videotestsrc num-buffers=%u ! %s ! %s " SINK " %s",
	                                    frames, SMALL, elements, properties);

	open_pipeline(run, description);
	run_to_end(run);
	g_free(description);
}

/* On a busy machine, the sink's thread may not run for as long as a pool is patient. So a frame may
 * be copied in some runs. */
#define RUNS 5

static bool copies_nothing(const char *elements)
{
	struct run run;
	bool good;

	decides_where(elements, "", FRAMES, &run);
	print_message("%-60s %u of %u in slots, %u copied\n", elements, run.in_slots, run.buffers,
	              (guint)stat_of(&run, "copied"));
	assert_int_equal(run.buffers, FRAMES);
	assert_int_equal(stat_of(&run, "published"), FRAMES);
	assert_int_equal(stat_of(&run, "dropped"), 0);
	good = run.in_slots == FRAMES && stat_of(&run, "copied") == 0 &&
	       stat_of(&run, "fallbacks") == 0;
	close_pipeline(&run);
	return good;
}

static void upstreams_write_into_slots(void **state)
{
	(void)state;
	for (guint i = 0; i < G_N_ELEMENTS(without_a_copy); i++) {
		int runs = 0;

		while (!copies_nothing(without_a_copy[i]))
			if (++runs == RUNS)
				fail_msg("%s makes copies", without_a_copy[i]);
	}
}

/* These drop the pool, or send a frame twice. */
static void others_are_copied(void **state)
{
	static const char *const upstreams[] = {
		"tee !",
		"identity drop-allocation=true !",
		"videorate ! video/x-raw,framerate=60/1 !",
	};

	(void)state;
	for (guint i = 0; i < G_N_ELEMENTS(upstreams); i++) {
		struct run run;

		decides_where(upstreams[i], "policy=lossless", 30, &run);
		print_message("%-60s %u of %u in slots, %u copied\n", upstreams[i], run.in_slots,
		              run.buffers, (guint)stat_of(&run, "copied"));
		assert_true(stat_of(&run, "copied") > 0);
		assert_int_equal(stat_of(&run, "published"), run.buffers);
		close_pipeline(&run);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		WITH_DIRECTORY(upstreams_write_into_slots),
		WITH_DIRECTORY(others_are_copied),
	};

	init_own_elements(&argc, &argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
