/* SPDX-License-Identifier: MIT
 *
 * viewer/video_output: pictures that were converted. Their values stay known, and a changed
 * appearance is shown. */
#include "fake_presenters.h"

/* One pixel of depth, which is 7 elsewhere. */
static uint16_t depths[20 * 10];

static struct picture_copy depth_copy(void)
{
	const struct shmflip_frame frame = {
		.fourcc = SHMFLIP_R16,
		.width = 20,
		.height = 10,
		.planes = 1,
		.plane = { { (const uint8_t *)depths, 40, 10 } },
		.value_scale = 0.5F,
	};
	struct picture_copy copy = {
		.info = { .sequence = 9, .width = 20, .height = 10, .opaque = true },
		.bytes = (uint8_t *)depths,
	};

	for (size_t i = 0; i < sizeof(depths) / sizeof(depths[0]); i++)
		depths[i] = 7;
	depths[3 * 20 + 2] = 65535;
	assert_int_equal(pixel_source_init(&copy.source, &frame), 0);
	return copy;
}

static void assert_inspects(struct video_output *output, struct point at, double value,
                            uint32_t colour)
{
	struct pixel_values values;
	uint32_t pixel;

	assert_int_equal(video_output_inspect(output, at, &values, &pixel), 0);
	assert_int_equal(values.count, 1);
	assert_true(values.value[0] == value);
	assert_true(values.measure == value / 2);
	assert_int_equal(pixel, colour);
}

static void test_values_of_a_converted_picture(void **state)
{
	struct video_output *output = set_up_output();
	const struct picture_copy shown = depth_copy();
	struct pixel_values values;
	struct picture_copy copy;
	uint32_t pixel;

	(void)state;
	assert_null(video_output_source(output));
	assert_int_equal(video_output_inspect(output, (struct point){ 2, 3 }, &values, &pixel), 0);
	assert_int_equal(values.count, 0);
	assert_int_equal(pixel, 0xff0000cc);
	assert_int_equal(video_output_show_copy(output, &shown), 0);
	assert_int_equal(session.copies_of_last, 2);
	/* The output needs the caller's copy no longer. */
	memset(depths, 1, sizeof(depths));
	assert_int_equal(video_output_source(output)->format->fourcc, SHMFLIP_R16);
	assert_inspects(output, (struct point){ 2, 3 }, 65535, 0xffffffff);
	assert_inspects(output, (struct point){ 3, 2 }, 7, 0xff000000);
	assert_int_equal(video_output_copy(output, 399, &copy), -EFBIG);
	assert_int_equal(video_output_copy(output, 400, &copy), 0);
	assert_int_equal(copy.bytes[2 * (3 * 20 + 2)], 255);
	picture_copy_finish(&copy);
	video_output_destroy(output);
}

static void test_a_changed_appearance_is_shown(void **state)
{
	struct video_output *output = set_up_output();
	const struct picture_copy shown = depth_copy();

	(void)state;
	/* Nothing to convert. */
	assert_int_equal(video_output_change_appearance(output), 0);
	assert_int_equal(fakes[0].shown, 1);
	video_output_appearance(output)->mode = APPEARANCE_FULL;
	assert_int_equal(video_output_show_copy(output, &shown), 0);
	assert_int_equal(fakes[0].corner, 0xff000000);
	*video_output_appearance(output) =
		(struct appearance){ .mode = APPEARANCE_GIVEN, .given = { 0, 21 } };
	assert_int_equal(video_output_change_appearance(output), 0);
	assert_int_equal(fakes[0].shown, 3);
	assert_int_equal(fakes[0].corner, 0xff555555);
	assert_int_equal(fakes[0].last, 9);
	assert_inspects(output, (struct point){ 0, 0 }, 7, 0xff000000);
	/* So it is by the next presenter. */
	fakes[0].show_error = -EIO;
	video_output_appearance(output)->given.high = 7;
	assert_int_equal(video_output_change_appearance(output), 0);
	assert_ptr_equal(session.presenter, &second);
	assert_int_equal(fakes[1].corner, 0xffffffff);
	video_output_destroy(output);
}

static void test_no_conversion_of_the_next_picture_stays(void **state)
{
	struct video_output *output = set_up_output();
	const struct picture_copy shown = depth_copy();
	struct picture picture = picture_of(8);

	(void)state;
	assert_int_equal(video_output_show_copy(output, &shown), 0);
	assert_int_equal(video_output_show(output, &picture, false), 0);
	assert_null(video_output_source(output));
	assert_int_equal(session.copies_of_last, 0);
	video_output_destroy(output);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values_of_a_converted_picture),
		cmocka_unit_test(test_a_changed_appearance_is_shown),
		cmocka_unit_test(test_no_conversion_of_the_next_picture_stays),
	};

	return cmocka_run_group_tests(tests, start_sdl, stop_sdl);
}
