/* SPDX-License-Identifier: MIT
 *
 * viewer/stage: presenters that fail, at the start or in the middle of a stream, and the ones that
 * then take over. The presenters of this test stand in for those of the program. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <SDL.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "options.h"
#include "present/present.h"
#include "session.h"
#include "video_output.h"

struct fake {
	int created;
	int destroyed;
	int shown;
	int create_result;
	int show_result;
	int keep_result;
	int repaint_result;
	int check_result;
	int read_result;
	int kept;
	uint64_t last;
	uint32_t corner; /* of what was shown last */
	struct shmflip_frame held;
	bool holds;
};

static struct fake fakes[2];

static int create_first(struct presenter_host *host, void **state)
{
	snprintf(host->reason, sizeof(host->reason), "no luck");
	fakes[0].created++;
	*state = &fakes[0];
	return fakes[0].create_result;
}

static int create_second(struct presenter_host *host, void **state)
{
	(void)host;
	fakes[1].created++;
	*state = &fakes[1];
	return fakes[1].create_result;
}

static int show(void *state, const struct shmflip_frame *frame, const struct scene *scene)
{
	struct fake *fake = state;

	assert_int_equal(scene->source.width, frame->info.width);
	if (fake->show_result < 0)
		return fake->show_result;
	fake->shown++;
	fake->last = frame->info.sequence;
	memcpy(&fake->corner, frame->pixels, sizeof(fake->corner));
	fake->held = *frame;
	fake->holds = true;
	return 0;
}

static int release_slot(void *state)
{
	struct fake *fake = state;

	if (fake->keep_result < 0)
		return fake->keep_result;
	fake->kept++;
	fake->holds = false;
	return 0;
}

static int repaint(void *state, const struct scene *scene)
{
	(void)scene;
	return ((struct fake *)state)->repaint_result;
}

static int check(void *state)
{
	return ((struct fake *)state)->check_result;
}

static int read_pixels(void *state, struct area area, uint32_t *pixels)
{
	struct fake *fake = state;

	for (int i = 0; i < area.width * area.height && fake->read_result == 0; i++)
		pixels[i] = 0xff0000cc;
	return fake->read_result;
}

static bool take_back(void *state, struct shmflip_frame *frame)
{
	struct fake *fake = state;
	bool held = fake->holds;

	*frame = fake->held;
	fake->holds = false;
	return held;
}

static unsigned two_copies(void *state)
{
	(void)state;
	return 2;
}

static void destroy(void *state)
{
	struct fake *fake = state;

	fake->destroyed++;
}

static const struct presenter first = {
	.name = "first",
	.needs_window = true,
	.create = create_first,
	.check = check,
	.show = show,
	.release_slot = release_slot,
	.repaint = repaint,
	.read = read_pixels,
	.take_back = take_back,
	.destroy = destroy,
};
static const struct presenter second = {
	.name = "second",
	.needs_window = true,
	.create = create_second,
	.show = show,
	.copies = two_copies,
	.release_slot = release_slot,
	.repaint = repaint,
	.read = read_pixels,
	.take_back = take_back,
	.destroy = destroy,
};

const struct presenter *const presenters[PRESENTERS_MAX + 1] = { &first, &second };

static struct shmflip_frame frame_of(uint64_t sequence)
{
	static uint32_t pixels[20 * 10] = { 0xff0000aa };

	return (struct shmflip_frame){
		.pixels = (const uint8_t *)pixels,
		.info = {
			.sequence = sequence,
			.width = 20,
			.height = 10,
			.stride_bytes = 80,
			.format = SHMFLIP_FORMAT_XRGB8888,
		},
	};
}

static struct options options;
static struct session session;

static void set_up(void)
{
	memset(fakes, 0, sizeof(fakes));
	options = (struct options){ .quiet = true };
	session = (struct session){ .options = &options };
}

static void test_the_first_that_works(void **state)
{
	struct shmflip_frame frame = frame_of(1);
	struct video_output *output;

	(void)state;
	set_up();
	assert_int_equal(video_output_create(&session, &frame, &output), 0);
	assert_ptr_equal(session.presenter, &first);
	assert_int_equal(video_output_info(output)->sequence, 1);
	video_output_destroy(output);
	assert_int_equal(fakes[0].destroyed, 1);
	assert_int_equal(fakes[1].created, 0);
}

static void test_one_that_cannot_start_is_passed_over(void **state)
{
	struct shmflip_frame frame = frame_of(1);
	struct video_output *output;

	(void)state;
	set_up();
	fakes[0].create_result = -ENODEV;
	assert_int_equal(video_output_create(&session, &frame, &output), 0);
	assert_ptr_equal(session.presenter, &second);
	assert_int_equal(fakes[0].destroyed, 0);
	assert_int_equal(fakes[1].last, 1);
	video_output_destroy(output);
}

static void test_one_that_cannot_show_the_first_frame_is_passed_over(void **state)
{
	struct shmflip_frame frame = frame_of(1);
	struct video_output *output;

	(void)state;
	set_up();
	fakes[0].show_result = -ENOTSUP;
	assert_int_equal(video_output_create(&session, &frame, &output), 0);
	assert_ptr_equal(session.presenter, &second);
	assert_int_equal(fakes[0].destroyed, 1);
	video_output_destroy(output);
}

static void test_the_next_takes_over_with_the_same_frame(void **state)
{
	struct shmflip_frame frames[] = { frame_of(1), frame_of(2), frame_of(3) };
	struct video_output *output;

	(void)state;
	set_up();
	assert_int_equal(video_output_create(&session, &frames[0], &output), 0);
	SDL_Window *window = SDL_GetWindowFromID(1);
	fakes[0].show_result = -ENOTSUP;
	assert_int_equal(video_output_show(output, &frames[1]), 0);
	assert_ptr_equal(session.presenter, &second);
	assert_int_equal(fakes[0].destroyed, 1);
	assert_int_equal(fakes[1].last, 2);
	assert_int_equal(video_output_info(output)->sequence, 2);
	assert_ptr_equal(SDL_GetWindowFromID(1), window);
	assert_int_equal(video_output_show(output, &frames[2]), 0);
	assert_int_equal(fakes[1].last, 3);
	assert_int_equal(session.drawn, 3);
	assert_int_equal(session.copies, 4);
	assert_int_equal(session.copies_of_last, 2);
	video_output_destroy(output);
	assert_int_equal(fakes[0].destroyed, 1);
	assert_int_equal(fakes[1].destroyed, 1);
}

static void test_a_chosen_one_is_not_replaced(void **state)
{
	struct shmflip_frame frames[] = { frame_of(1), frame_of(2) };
	struct video_output *output;

	(void)state;
	set_up();
	options.presenter = &first;
	assert_int_equal(video_output_create(&session, &frames[0], &output), 0);
	fakes[0].show_result = -ENOTSUP;
	assert_int_equal(video_output_show(output, &frames[1]), -ENOTSUP);
	assert_int_equal(fakes[1].created, 0);
	assert_int_equal(video_output_info(output)->sequence, 1);
	video_output_destroy(output);
}

static void test_none_works(void **state)
{
	struct shmflip_frame frames[] = { frame_of(1), frame_of(2) };
	struct video_output *output = NULL;

	(void)state;
	set_up();
	assert_int_equal(video_output_create(&session, &frames[0], &output), 0);
	fakes[0].show_result = -EIO;
	fakes[1].create_result = -ENODEV;
	assert_true(video_output_show(output, &frames[1]) < 0);
	assert_string_equal(video_output_reason(output), "no luck");
	assert_int_equal(fakes[0].destroyed, 1);
	video_output_destroy(output);
	assert_int_equal(fakes[0].destroyed, 1);
	fakes[0].create_result = -EIO;
	assert_true(video_output_create(&session, &frames[0], &output) < 0);
}

/* ---- Failures other than of showing ---------------------------------------------------------- */

static int fail_check(struct video_output *output)
{
	fakes[0].check_result = -EIO;
	return video_output_check(output);
}

static int fail_keep(struct video_output *output)
{
	fakes[0].keep_result = -EIO;
	return video_output_release_slot(output);
}

static int fail_repaint(struct video_output *output)
{
	fakes[0].repaint_result = -EIO;
	return video_output_repaint(output);
}

static int (*const failures[])(struct video_output *) = { fail_check, fail_keep, fail_repaint };

#define FAILURES (sizeof(failures) / sizeof(failures[0]))

static struct video_output *set_up_stage(void)
{
	struct shmflip_frame frame = frame_of(7);
	struct video_output *output;

	set_up();
	assert_int_equal(video_output_create(&session, &frame, &output), 0);
	return output;
}

static void test_the_next_takes_over_what_is_held(void **state)
{
	(void)state;
	for (size_t i = 0; i < FAILURES; i++) {
		struct video_output *output = set_up_stage();

		assert_int_equal(failures[i](output), 0);
		assert_ptr_equal(session.presenter, &second);
		assert_int_equal(fakes[0].destroyed, 1);
		assert_int_equal(fakes[1].last, 7);
		assert_int_equal(fakes[1].corner, 0xff0000aa);
		/* Whoever was to let the slot go has done so. */
		assert_int_equal(fakes[1].kept, failures[i] == fail_keep);
		assert_int_equal(session.drawn, 1);
		assert_int_equal(session.repeated, 1);
		assert_int_equal(session.copies_of_last, 2);
		video_output_destroy(output);
	}
}

static void test_the_next_shows_a_copy_of_what_was_given_back(void **state)
{
	uint32_t pixel;

	(void)state;
	for (size_t i = 0; i < FAILURES; i++) {
		struct video_output *output = set_up_stage();

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

static void test_a_lost_picture_is_black_and_is_not_read(void **state)
{
	struct shmflip_frame frame = frame_of(8);
	uint32_t pixel = 1;

	(void)state;
	for (size_t i = 0; i < FAILURES; i++) {
		struct video_output *output = set_up_stage();

		assert_int_equal(video_output_release_slot(output), 0);
		fakes[0].read_result = -EIO;
		assert_int_equal(failures[i](output), 0);
		assert_int_equal(fakes[1].last, 7);
		assert_int_equal(fakes[1].corner, 0);
		assert_int_equal(video_output_read(output, (struct area){ 0, 0, 1, 1 }, &pixel),
		                 -ENODATA);
		assert_int_equal(video_output_show(output, &frame), 0);
		assert_int_equal(fakes[1].corner, 0xff0000aa);
		assert_int_equal(video_output_read(output, (struct area){ 0, 0, 1, 1 }, &pixel), 0);
		video_output_destroy(output);
	}
}

static void test_no_failure_replaces_a_chosen_one(void **state)
{
	(void)state;
	for (size_t i = 0; i < FAILURES; i++) {
		struct video_output *output = set_up_stage();

		options.presenter = &first;
		assert_int_equal(failures[i](output), -EIO);
		assert_ptr_equal(session.presenter, &first);
		assert_int_equal(fakes[0].destroyed, 0);
		video_output_destroy(output);
	}
}

static void test_none_goes_on(void **state)
{
	(void)state;
	for (size_t i = 0; i < FAILURES; i++) {
		struct video_output *output = set_up_stage();

		assert_int_equal(video_output_release_slot(output), 0);
		fakes[1].create_result = -ENODEV;
		assert_int_equal(failures[i](output), -ENODEV);
		assert_string_equal(video_output_reason(output), "no luck");
		video_output_destroy(output);
		output = set_up_stage();
		assert_int_equal(video_output_release_slot(output), 0);
		fakes[1].keep_result = -ENOMEM;
		assert_int_equal(failures[i](output), -ENOMEM);
		assert_int_equal(fakes[1].destroyed, 1);
		video_output_destroy(output);
		assert_int_equal(fakes[1].destroyed, 1);
	}
}

static int start_sdl(void **state)
{
	(void)state;
	setenv("SDL_VIDEODRIVER", "dummy", 1);
	return SDL_Init(SDL_INIT_VIDEO);
}

static int stop_sdl(void **state)
{
	(void)state;
	SDL_Quit();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_first_that_works),
		cmocka_unit_test(test_one_that_cannot_start_is_passed_over),
		cmocka_unit_test(test_one_that_cannot_show_the_first_frame_is_passed_over),
		cmocka_unit_test(test_the_next_takes_over_with_the_same_frame),
		cmocka_unit_test(test_a_chosen_one_is_not_replaced),
		cmocka_unit_test(test_none_works),
		cmocka_unit_test(test_the_next_takes_over_what_is_held),
		cmocka_unit_test(test_the_next_shows_a_copy_of_what_was_given_back),
		cmocka_unit_test(test_a_lost_picture_is_black_and_is_not_read),
		cmocka_unit_test(test_no_failure_replaces_a_chosen_one),
		cmocka_unit_test(test_none_goes_on),
	};

	return cmocka_run_group_tests(tests, start_sdl, stop_sdl);
}
