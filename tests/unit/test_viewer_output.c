/* SPDX-License-Identifier: MIT
 *
 * viewer/video_output: presenters that fail at the start or in the middle of a stream, and the next
 * ones, which replace them. */
#include "fake_presenters.h"

static void test_first_that_works(void **state)
{
	struct picture picture = picture_of(1);
	struct video_output *output;

	(void)state;
	set_up();
	assert_int_equal(video_output_create(&session, &picture, &output), 0);
	assert_ptr_equal(session.presenter, &first);
	assert_int_equal(video_output_info(output)->sequence, 1);
	video_output_destroy(output);
	assert_int_equal(fakes[0].destroyed, 1);
	assert_int_equal(fakes[1].created, 0);
}

static void test_presenter_that_cannot_start_is_skipped(void **state)
{
	struct picture picture = picture_of(1);
	struct video_output *output;

	(void)state;
	set_up();
	fakes[0].create_error = -ENODEV;
	assert_int_equal(video_output_create(&session, &picture, &output), 0);
	assert_ptr_equal(session.presenter, &second);
	assert_int_equal(fakes[0].destroyed, 0);
	assert_int_equal(fakes[1].last, 1);
	video_output_destroy(output);
}

static void test_presenter_that_cannot_show_the_first_frame_is_skipped(void **state)
{
	struct picture picture = picture_of(1);
	struct video_output *output;

	(void)state;
	set_up();
	fakes[0].show_error = -ENOTSUP;
	assert_int_equal(video_output_create(&session, &picture, &output), 0);
	assert_ptr_equal(session.presenter, &second);
	assert_int_equal(fakes[0].destroyed, 1);
	video_output_destroy(output);
}

static void test_next_presenter_shows_the_same_frame(void **state)
{
	struct picture pictures[] = { picture_of(1), picture_of(2), picture_of(3) };
	struct video_output *output;

	(void)state;
	set_up();
	assert_int_equal(video_output_create(&session, &pictures[0], &output), 0);
	SDL_Window *window = SDL_GetWindowFromID(1);
	fakes[0].show_error = -ENOTSUP;
	assert_int_equal(video_output_show(output, &pictures[1], false), 0);
	assert_ptr_equal(session.presenter, &second);
	assert_int_equal(fakes[0].destroyed, 1);
	assert_int_equal(fakes[1].last, 2);
	assert_int_equal(video_output_info(output)->sequence, 2);
	assert_ptr_equal(SDL_GetWindowFromID(1), window);
	assert_int_equal(video_output_show(output, &pictures[2], false), 0);
	assert_int_equal(fakes[1].last, 3);
	assert_int_equal(session.drawn, 3);
	assert_int_equal(session.copies, 4);
	assert_int_equal(session.copies_of_last, 2);
	video_output_destroy(output);
	assert_int_equal(fakes[0].destroyed, 1);
	assert_int_equal(fakes[1].destroyed, 1);
}

static void test_presenter_of_the_options_is_not_replaced(void **state)
{
	struct picture pictures[] = { picture_of(1), picture_of(2) };
	struct video_output *output;

	(void)state;
	set_up();
	options.presenter = &first;
	assert_int_equal(video_output_create(&session, &pictures[0], &output), 0);
	fakes[0].show_error = -ENOTSUP;
	assert_int_equal(video_output_show(output, &pictures[1], false), -ENOTSUP);
	assert_int_equal(fakes[1].created, 0);
	assert_int_equal(video_output_info(output)->sequence, 1);
	video_output_destroy(output);
}

static void test_no_presenter_works(void **state)
{
	struct picture pictures[] = { picture_of(1), picture_of(2) };
	struct video_output *output = NULL;

	(void)state;
	set_up();
	assert_int_equal(video_output_create(&session, &pictures[0], &output), 0);
	fakes[0].show_error = -EIO;
	fakes[1].create_error = -ENODEV;
	assert_true(video_output_show(output, &pictures[1], false) < 0);
	assert_string_equal(video_output_reason(output), "no luck");
	assert_int_equal(fakes[0].destroyed, 1);
	video_output_destroy(output);
	assert_int_equal(fakes[0].destroyed, 1);
	fakes[0].create_error = -EIO;
	assert_true(video_output_create(&session, &pictures[0], &output) < 0);
}

/* ---- Failures of other functions than show -------------------------------------------------- */

static int fail_check(struct video_output *output)
{
	fakes[0].check_error = -EIO;
	return video_output_check(output);
}

static int fail_release_slot(struct video_output *output)
{
	fakes[0].release_slot_error = -EIO;
	return video_output_release_slot(output);
}

static int fail_repaint(struct video_output *output)
{
	fakes[0].repaint_error = -EIO;
	return video_output_repaint(output);
}

static int (*const failures[])(struct video_output *) = { fail_check, fail_release_slot,
	                                                  fail_repaint };

#define FAILURES (sizeof(failures) / sizeof(failures[0]))

static void test_next_presenter_takes_the_held_frame(void **state)
{
	(void)state;
	for (size_t i = 0; i < FAILURES; i++) {
		struct video_output *output = set_up_output();

		assert_int_equal(failures[i](output), 0);
		assert_ptr_equal(session.presenter, &second);
		assert_int_equal(fakes[0].destroyed, 1);
		assert_int_equal(fakes[1].last, 7);
		assert_int_equal(fakes[1].corner, 0xff0000aa);
		/* Only release_slot() had to release the slot, so only then does the next
		 * presenter. */
		assert_int_equal(fakes[1].kept, failures[i] == fail_release_slot);
		assert_int_equal(session.drawn, 1);
		assert_int_equal(session.repeated, 1);
		assert_int_equal(session.copies_of_last, 2);
		video_output_destroy(output);
	}
}

static void test_next_presenter_shows_a_copy_of_a_released_frame(void **state)
{
	uint32_t pixel;

	(void)state;
	for (size_t i = 0; i < FAILURES; i++) {
		struct video_output *output = set_up_output();

		assert_int_equal(video_output_release_slot(output), 0);
		assert_int_equal(failures[i](output), 0);
		assert_ptr_equal(session.presenter, &second);
		assert_int_equal(fakes[1].last, 7);
		assert_int_equal(fakes[1].corner, 0xff0000cc);
		assert_true(fakes[1].kept > 0);
		assert_false(fakes[1].holds);
		assert_int_equal(video_output_read(output, (struct area){ 0, 0, 1, 1 }, &pixel), 0);
		video_output_destroy(output);
	}
}

static void test_unreadable_picture_becomes_black_and_is_not_read(void **state)
{
	struct picture picture = picture_of(8);
	uint32_t pixel = 1;

	(void)state;
	for (size_t i = 0; i < FAILURES; i++) {
		struct video_output *output = set_up_output();

		assert_int_equal(video_output_release_slot(output), 0);
		fakes[0].read_error = -EIO;
		assert_int_equal(failures[i](output), 0);
		assert_int_equal(fakes[1].last, 7);
		assert_int_equal(fakes[1].corner, 0);
		assert_int_equal(video_output_read(output, (struct area){ 0, 0, 1, 1 }, &pixel),
		                 -ENODATA);
		assert_int_equal(video_output_show(output, &picture, false), 0);
		assert_int_equal(fakes[1].corner, 0xff0000aa);
		assert_int_equal(video_output_read(output, (struct area){ 0, 0, 1, 1 }, &pixel), 0);
		video_output_destroy(output);
	}
}

static void test_no_failure_replaces_the_presenter_of_the_options(void **state)
{
	(void)state;
	for (size_t i = 0; i < FAILURES; i++) {
		struct video_output *output = set_up_output();

		options.presenter = &first;
		assert_int_equal(failures[i](output), -EIO);
		assert_ptr_equal(session.presenter, &first);
		assert_int_equal(fakes[0].destroyed, 0);
		video_output_destroy(output);
	}
}

static void test_no_presenter_resumes(void **state)
{
	(void)state;
	for (size_t i = 0; i < FAILURES; i++) {
		struct video_output *output = set_up_output();

		assert_int_equal(video_output_release_slot(output), 0);
		fakes[1].create_error = -ENODEV;
		assert_int_equal(failures[i](output), -ENODEV);
		assert_string_equal(video_output_reason(output), "no luck");
		video_output_destroy(output);
		output = set_up_output();
		assert_int_equal(video_output_release_slot(output), 0);
		fakes[1].release_slot_error = -ENOMEM;
		assert_int_equal(failures[i](output), -ENOMEM);
		assert_int_equal(fakes[1].destroyed, 1);
		video_output_destroy(output);
		assert_int_equal(fakes[1].destroyed, 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_that_works),
		cmocka_unit_test(test_presenter_that_cannot_start_is_skipped),
		cmocka_unit_test(test_presenter_that_cannot_show_the_first_frame_is_skipped),
		cmocka_unit_test(test_next_presenter_shows_the_same_frame),
		cmocka_unit_test(test_presenter_of_the_options_is_not_replaced),
		cmocka_unit_test(test_no_presenter_works),
		cmocka_unit_test(test_next_presenter_takes_the_held_frame),
		cmocka_unit_test(test_next_presenter_shows_a_copy_of_a_released_frame),
		cmocka_unit_test(test_unreadable_picture_becomes_black_and_is_not_read),
		cmocka_unit_test(test_no_failure_replaces_the_presenter_of_the_options),
		cmocka_unit_test(test_no_presenter_resumes),
	};

	return cmocka_run_group_tests(tests, start_sdl, stop_sdl);
}
