/* SPDX-License-Identifier: MIT
 *
 * viewer/video_output: presenters that fail at the start or in the middle of a stream, and the next
 * ones, which replace them. The fake presenters of this test replace those of the program. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <SDL.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "options.h"
#include "picture_copy.h"
#include "present/present.h"
#include "session.h"
#include "video_output.h"

struct fake {
	int created;
	int destroyed;
	int shown;
	int create_error;
	int show_error;
	int release_slot_error;
	int repaint_error;
	int check_error;
	int read_error;
	int kept;
	uint64_t last;   /* sequence number of the last frame shown */
	uint32_t corner; /* its first pixel */
	struct picture held;
	bool holds;
};

static struct fake fakes[2];

static int create_first(struct presenter_host *host, void **state)
{
	snprintf(host->reason, sizeof(host->reason), "no luck");
	fakes[0].created++;
	*state = &fakes[0];
	return fakes[0].create_error;
}

static int create_second(struct presenter_host *host, void **state)
{
	(void)host;
	fakes[1].created++;
	*state = &fakes[1];
	return fakes[1].create_error;
}

static int show(void *state, const struct picture *picture, const struct scene *scene)
{
	struct fake *fake = state;

	assert_int_equal(scene->source.width, picture->info.width);
	if (fake->show_error)
		return fake->show_error;
	fake->shown++;
	fake->last = picture->info.sequence;
	memcpy(&fake->corner, picture->pixels, sizeof(fake->corner));
	fake->held = *picture;
	fake->holds = true;
	return 0;
}

static int release_slot(void *state)
{
	struct fake *fake = state;

	if (fake->release_slot_error)
		return fake->release_slot_error;
	fake->kept++;
	fake->holds = false;
	return 0;
}

static int repaint(void *state, const struct scene *scene)
{
	(void)scene;
	return ((struct fake *)state)->repaint_error;
}

static int check(void *state)
{
	return ((struct fake *)state)->check_error;
}

static int read_pixels(void *state, struct area area, uint32_t *pixels)
{
	struct fake *fake = state;

	for (int i = 0; i < area.width * area.height && !fake->read_error; i++)
		pixels[i] = 0xff0000cc;
	return fake->read_error;
}

static bool take_back(void *state, struct picture *picture)
{
	struct fake *fake = state;
	bool held = fake->holds;

	*picture = fake->held;
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

static struct picture picture_of(uint64_t sequence)
{
	static const uint32_t pixels[20 * 10] = { 0xff0000aa };
	const struct picture_info info = {
		.sequence = sequence,
		.width = 20,
		.height = 10,
		.opaque = true,
	};

	return picture_of_copy(&info, pixels);
}

static struct options options;
static struct session session;

static void set_up(void)
{
	memset(fakes, 0, sizeof(fakes));
	options = (struct options){ .quiet = true };
	session = (struct session){ .options = &options };
}

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

/* ---- Failures of other functions than show
 * ---------------------------------------------------- */

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

static struct video_output *set_up_output(void)
{
	struct picture picture = picture_of(7);
	struct video_output *output;

	set_up();
	assert_int_equal(video_output_create(&session, &picture, &output), 0);
	return output;
}

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

/* ---- Pictures that were converted ----------------------------------------------------------- */

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

static void test_a_changed_look_is_shown(void **state)
{
	struct video_output *output = set_up_output();
	const struct picture_copy shown = depth_copy();

	(void)state;
	/* Nothing to convert. */
	assert_int_equal(video_output_change_look(output), 0);
	assert_int_equal(fakes[0].shown, 1);
	video_output_look(output)->mode = LOOK_FULL;
	assert_int_equal(video_output_show_copy(output, &shown), 0);
	assert_int_equal(fakes[0].corner, 0xff000000);
	*video_output_look(output) = (struct look){ .mode = LOOK_GIVEN, .given = { 0, 21 } };
	assert_int_equal(video_output_change_look(output), 0);
	assert_int_equal(fakes[0].shown, 3);
	assert_int_equal(fakes[0].corner, 0xff555555);
	assert_int_equal(fakes[0].last, 9);
	assert_inspects(output, (struct point){ 0, 0 }, 7, 0xff000000);
	/* So it is by the next presenter. */
	fakes[0].show_error = -EIO;
	video_output_look(output)->given.high = 7;
	assert_int_equal(video_output_change_look(output), 0);
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
		cmocka_unit_test(test_values_of_a_converted_picture),
		cmocka_unit_test(test_a_changed_look_is_shown),
		cmocka_unit_test(test_no_conversion_of_the_next_picture_stays),
	};

	return cmocka_run_group_tests(tests, start_sdl, stop_sdl);
}
