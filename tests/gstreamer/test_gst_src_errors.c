/* SPDX-License-Identifier: MIT
 *
 * What shmflipsrc says of channels that it cannot read. */
#include "source_harness.h"

static void plain_number(struct shmflip_frame *frame)
{
	frame->fourcc = 0x12345678;
}

/* A stream of each format that GStreamer lacks. */
static void formats_without_a_name(void **state)
{
	static const struct {
		uint32_t fourcc;
		void (*change)(struct shmflip_frame *frame);
		const char *word;
	} cases[] = {
		{ SHMFLIP_R32F, NULL, "R  F, which GStreamer lacks" },
		{ SHMFLIP_XBGR16161616, NULL, "XB48, which GStreamer lacks" },
		{ SHMFLIP_R8, plain_number, "0x12345678, which GStreamer lacks" },
	};

	(void)state;
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct shmflip_producer *producer =
			open_producer(SHMFLIP_POLICY_LATEST, 4, cases[i].fourcc, 64, 9);
		GstHarness *harness = create_harness("", TRUE);
		GstBus *bus = watch(harness);

		gst_harness_play(harness);
		publish(producer, 1, cases[i].change);
		expect_message(bus, GST_MESSAGE_ERROR, cases[i].word);
		gst_harness_teardown(harness);
		finish_bus(bus);
		shmflip_producer_close(producer);
	}
}

static void the_next_element_refuses(void **state)
{
	struct shmflip_producer *producer =
		open_producer(SHMFLIP_POLICY_LATEST, 4, SHMFLIP_NV21, 64, 9);
	GstHarness *harness = create_harness("! capsfilter caps=video/x-raw,format=RGB", TRUE);
	GstBus *bus = watch(harness);

	(void)state;
	gst_harness_play(harness);
	publish(producer, 1, NULL);
	expect_message(bus, GST_MESSAGE_ERROR, "NV21");
	gst_harness_teardown(harness);
	finish_bus(bus);
	shmflip_producer_close(producer);
}

static void channels_that_cannot_be(void **state)
{
	static const struct {
		const char *properties, *word;
	} cases[] = {
		{ "channel=a/b", "a/b" },
		{ "channel=\"\"", "channel" },
		{ "dir=/dev/null", "/dev/null" },
	};

	(void)state;
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		GstHarness *harness = create_harness(cases[i].properties, TRUE);
		GstBus *bus = watch(harness);

		assert_int_equal(gst_element_set_state(harness->element, GST_STATE_PLAYING),
		                 GST_STATE_CHANGE_FAILURE);
		expect_message(bus, GST_MESSAGE_ERROR, cases[i].word);
		expect_silence(bus);
		gst_harness_teardown(harness);
		finish_bus(bus);
	}
}

/* A producer of another version of the layout. */
static void another_version(void **state)
{
	struct shmflip_producer *producer =
		open_producer(SHMFLIP_POLICY_LATEST, 4, SHMFLIP_R8, 64, 9);
	GstHarness *harness = create_harness("", TRUE);
	GstBus *bus = watch(harness);
	FILE *file = fopen(in_directory("default"), "r+");

	(void)state;
	assert_non_null(file);
	assert_int_equal(fseek(file, 8, SEEK_SET), 0);
	assert_int_equal(fputc(99, file), 99);
	fclose(file);
	gst_harness_play(harness);
	expect_message(bus, GST_MESSAGE_ERROR, "version");
	gst_harness_teardown(harness);
	finish_bus(bus);
	shmflip_producer_close(producer);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats_without_a_name),
		cmocka_unit_test(the_next_element_refuses),
		cmocka_unit_test(channels_that_cannot_be),
		cmocka_unit_test(another_version),
	};

	init_own_elements(&argc, &argv);
	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
