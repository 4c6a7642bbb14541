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
#include "present.h"
#include "stage.h"
#include "view.h"

struct fake {
	int created;
	int destroyed;
	int shown;
	int create_result;
	int show_result;
	uint64_t last;
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
	return 0;
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
	.show = show,
	.destroy = destroy,
};
static const struct presenter second = {
	.name = "second",
	.needs_window = true,
	.create = create_second,
	.show = show,
	.copies = two_copies,
	.destroy = destroy,
};

const struct presenter *const presenters[PRESENTERS_MAX + 1] = { &first, &second };

static struct shmflip_frame frame_of(uint64_t sequence)
{
	static uint32_t pixels[20 * 10];

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
static struct view view;

static void set_up(void)
{
	memset(fakes, 0, sizeof(fakes));
	options = (struct options){ .quiet = true };
	view = (struct view){ .options = &options };
}

static void test_the_first_that_works(void **state)
{
	struct shmflip_frame frame = frame_of(1);
	struct stage *stage;

	(void)state;
	set_up();
	assert_int_equal(stage_create(&view, &frame, &stage), 0);
	assert_ptr_equal(view.presenter, &first);
	assert_int_equal(stage_info(stage)->sequence, 1);
	stage_destroy(stage);
	assert_int_equal(fakes[0].destroyed, 1);
	assert_int_equal(fakes[1].created, 0);
}

static void test_one_that_cannot_start_is_passed_over(void **state)
{
	struct shmflip_frame frame = frame_of(1);
	struct stage *stage;

	(void)state;
	set_up();
	fakes[0].create_result = -ENODEV;
	assert_int_equal(stage_create(&view, &frame, &stage), 0);
	assert_ptr_equal(view.presenter, &second);
	assert_int_equal(fakes[0].destroyed, 0);
	assert_int_equal(fakes[1].last, 1);
	stage_destroy(stage);
}

static void test_one_that_cannot_show_the_first_frame_is_passed_over(void **state)
{
	struct shmflip_frame frame = frame_of(1);
	struct stage *stage;

	(void)state;
	set_up();
	fakes[0].show_result = -ENOTSUP;
	assert_int_equal(stage_create(&view, &frame, &stage), 0);
	assert_ptr_equal(view.presenter, &second);
	assert_int_equal(fakes[0].destroyed, 1);
	stage_destroy(stage);
}

static void test_the_next_takes_over_with_the_same_frame(void **state)
{
	struct shmflip_frame frames[] = { frame_of(1), frame_of(2), frame_of(3) };
	struct stage *stage;

	(void)state;
	set_up();
	assert_int_equal(stage_create(&view, &frames[0], &stage), 0);
	SDL_Window *window = SDL_GetWindowFromID(1);
	fakes[0].show_result = -ENOTSUP;
	assert_int_equal(stage_show(stage, &frames[1]), 0);
	assert_ptr_equal(view.presenter, &second);
	assert_int_equal(fakes[0].destroyed, 1);
	assert_int_equal(fakes[1].last, 2);
	assert_int_equal(stage_info(stage)->sequence, 2);
	assert_ptr_equal(SDL_GetWindowFromID(1), window);
	assert_int_equal(stage_show(stage, &frames[2]), 0);
	assert_int_equal(fakes[1].last, 3);
	assert_int_equal(view.drawn, 3);
	assert_int_equal(view.copies, 4);
	assert_int_equal(view.copies_of_last, 2);
	stage_destroy(stage);
	assert_int_equal(fakes[0].destroyed, 1);
	assert_int_equal(fakes[1].destroyed, 1);
}

static void test_a_chosen_one_is_not_replaced(void **state)
{
	struct shmflip_frame frames[] = { frame_of(1), frame_of(2) };
	struct stage *stage;

	(void)state;
	set_up();
	options.presenter = &first;
	assert_int_equal(stage_create(&view, &frames[0], &stage), 0);
	fakes[0].show_result = -ENOTSUP;
	assert_int_equal(stage_show(stage, &frames[1]), -ENOTSUP);
	assert_int_equal(fakes[1].created, 0);
	assert_int_equal(stage_info(stage)->sequence, 1);
	stage_destroy(stage);
}

static void test_none_works(void **state)
{
	struct shmflip_frame frames[] = { frame_of(1), frame_of(2) };
	struct stage *stage = NULL;

	(void)state;
	set_up();
	assert_int_equal(stage_create(&view, &frames[0], &stage), 0);
	fakes[0].show_result = -EIO;
	fakes[1].create_result = -ENODEV;
	assert_true(stage_show(stage, &frames[1]) < 0);
	assert_int_equal(fakes[0].destroyed, 0);
	stage_destroy(stage);
	assert_int_equal(fakes[0].destroyed, 1);
	fakes[0].create_result = -EIO;
	assert_true(stage_create(&view, &frames[0], &stage) < 0);
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
	};

	return cmocka_run_group_tests(tests, start_sdl, stop_sdl);
}
