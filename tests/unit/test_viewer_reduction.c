/* SPDX-License-Identifier: MIT
 *
 * viewer/present/reduction: what a picture that is too large becomes, and that the presenters which
 * reduce show it. SDL's dummy driver replaces a display. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <SDL.h>
#include <cmocka.h>
#include <stdlib.h>

#include "present/present.h"
#include "present/reduction.h"

#define SIDE_MAX 100

static struct picture picture_of(const uint32_t *pixels, int width, int height, bool alpha)
{
	return (struct picture){
		.info = {
			.width = (uint32_t)width,
			.height = (uint32_t)height,
			.opaque = !alpha,
		},
		.pixels = (const uint8_t *)pixels,
		.stride_bytes = 4 * (uint32_t)width,
	};
}

static struct scene scene_of(struct area source, struct area target)
{
	return (struct scene){
		.window = { 60, 40 },
		.source = source,
		.target = target,
		.smooth = true,
	};
}

static void test_a_side_too_long_needs_it(void **state)
{
	struct picture_info info = { .width = SIDE_MAX, .height = SIDE_MAX };

	(void)state;
	assert_false(reduction_is_needed(&info, SIDE_MAX));
	info.height++;
	assert_true(reduction_is_needed(&info, SIDE_MAX));
	info.height = 1;
	info.width = UINT32_MAX;
	assert_true(reduction_is_needed(&info, SIDE_MAX));
}

static void test_pixels_at_actual_size_stay_as_they_are(void **state)
{
	uint32_t pixels[8 * 200];
	struct picture picture = picture_of(pixels, 8, 200, true);
	struct scene scene = scene_of((struct area){ 2, 120, 5, 40 }, (struct area){ 3, 0, 5, 40 });
	struct reduction reduction;

	(void)state;
	for (uint32_t i = 0; i < 8 * 200; i++)
		pixels[i] = 0x01000000 + i * 0x00010307;
	assert_int_equal(reduction_init(&reduction, &picture, &scene, SIDE_MAX), 0);
	assert_int_equal(reduction.picture.info.width, 5);
	assert_int_equal(reduction.picture.info.height, 40);
	assert_true(area_equals(reduction.scene.source, (struct area){ 0, 0, 5, 40 }));
	assert_true(area_equals(reduction.scene.target, scene.target));
	for (int i = 0; i < 5 * 40; i++)
		assert_int_equal(reduction.pixels[i], pixels[(120 + i / 5) * 8 + 2 + i % 5]);
	reduction_finish(&reduction);
}

/* No row is skipped, and none counts for more. */
static void test_blocks_become_their_mean(void **state)
{
	uint32_t pixels[2 * 1000];
	struct picture picture = picture_of(pixels, 2, 1000, false);
	struct scene scene =
		scene_of((struct area){ 0, 0, 2, 1000 }, (struct area){ 20, 0, 1, 40 });
	struct reduction reduction;

	(void)state;
	for (int i = 0; i < 2 * 1000; i++)
		pixels[i] = i / 2 % 25 == 7 ? 0xfa7d32 : 0;
	assert_int_equal(reduction_init(&reduction, &picture, &scene, SIDE_MAX), 0);
	assert_int_equal(reduction.picture.info.width, 1);
	assert_int_equal(reduction.picture.info.height, 40);
	for (int i = 0; i < 40; i++)
		assert_int_equal(reduction.pixels[i], 0xff0a0502);
	reduction_finish(&reduction);
}

static void test_transparent_pixels_lend_no_colour(void **state)
{
	uint32_t pixels[400];
	struct picture picture = picture_of(pixels, 400, 1, true);
	struct scene scene =
		scene_of((struct area){ 0, 0, 400, 1 }, (struct area){ 0, 20, 100, 1 });
	struct reduction reduction;

	(void)state;
	for (int i = 0; i < 400; i++)
		pixels[i] = i >= 200 ? 0x00ffffff : i % 4 ? 0x00ff0000 : 0xff204060;
	assert_int_equal(reduction_init(&reduction, &picture, &scene, SIDE_MAX), 0);
	assert_int_equal(reduction.pixels[0], 0x40204060);
	assert_int_equal(reduction.pixels[49], 0x40204060);
	assert_int_equal(reduction.pixels[50], 0);
	reduction_finish(&reduction);
}

static void test_no_side_is_too_long(void **state)
{
	static const int lengths[] = { 1, 99, 100, 101, 150, 199, 200, 201, 32768, 65535, 100003 };
	uint32_t *pixels = calloc(100003, 4);
	struct reduction reduction;

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		for (int target = 1; target < 1000; target *= 3) {
			struct picture picture = picture_of(pixels, lengths[i], 1, false);
			struct scene scene = scene_of((struct area){ 0, 0, lengths[i], 1 },
			                              (struct area){ 0, 0, target, 1 });

			assert_int_equal(reduction_init(&reduction, &picture, &scene, SIDE_MAX), 0);
			assert_in_range(reduction.picture.info.width, 1, SIDE_MAX);
			assert_int_equal(reduction.pixels[reduction.picture.info.width - 1],
			                 0xff000000);
			reduction_finish(&reduction);
		}
	}
	free(pixels);
}

/* ---- Presenters ---------------------------------------------------------------------------- */

static void release_frame(void *context, const struct shmflip_frame *frame)
{
	(void)context;
	(void)frame;
}

static void on_screen(void *context, int64_t published_ns, int64_t now_ns)
{
	(void)context;
	(void)published_ns;
	(void)now_ns;
}

static uint32_t window_pixel(SDL_Window *window, int x, int y)
{
	SDL_Renderer *renderer = SDL_GetRenderer(window);
	SDL_Rect spot = { x, y, 1, 1 };
	uint32_t pixel = 0;

	if (renderer)
		assert_int_equal(
			SDL_RenderReadPixels(renderer, &spot, SDL_PIXELFORMAT_ARGB8888, &pixel, 4),
			0);
	else
		pixel = ((uint32_t *)SDL_GetWindowSurface(window)->pixels)[y * 60 + x];
	return pixel & 0xffffff;
}

/* Rows of a frame in bands: red, green, blue, each a third. */
static uint32_t band_colour(int along, int length)
{
	static const uint32_t colours[] = { 0xc00000, 0x00c000, 0x0000c0 };

	return colours[(int64_t)along * 3 / length];
}

static void shows_a_huge_frame(const struct presenter *presenter, int width, int height)
{
	uint32_t *pixels = malloc((size_t)4 * (size_t)width * (size_t)height);
	struct presenter_host host = { .release_frame = release_frame, .on_screen = on_screen };
	struct picture picture = picture_of(pixels, width, height, false);
	struct scene scene = width > height ? scene_of((struct area){ 0, 0, width, height },
	                                               (struct area){ 0, 19, 60, 1 })
	                                    : scene_of((struct area){ 0, 0, width, height },
	                                               (struct area){ 29, 0, 1, 40 });
	void *state;

	for (int i = 0; i < width * height; i++)
		pixels[i] = width > height ? band_colour(i % width, width)
		                           : band_colour(i / width, height);
	host.window = SDL_CreateWindow("test", 0, 0, 60, 40, 0);
	assert_int_equal(presenter->create(&host, &state), 0);
	assert_int_equal(presenter->show(state, &picture, &scene), 0);
	for (int again = 0; again < 3; again++) {
		assert_int_equal(window_pixel(host.window, 29, width > height ? 19 : 20), 0x00c000);
		assert_int_equal(
			window_pixel(host.window, width > height ? 2 : 29, width > height ? 19 : 2),
			0xc00000);
		assert_int_equal(window_pixel(host.window, width > height ? 57 : 29,
		                              width > height ? 19 : 37),
		                 0x0000c0);
		assert_int_equal(window_pixel(host.window, 20, 2), 0);
		assert_int_equal(presenter->release_slot(state), 0);
		assert_int_equal(presenter->repaint(state, &scene), 0);
	}
	presenter->destroy(state);
	SDL_DestroyWindow(host.window);
	free(pixels);
}

static void test_presenters_show_what_is_too_large_for_their_libraries(void **state)
{
	static const struct size sizes[] = { { 3, 40000 }, { 40000, 3 }, { 32768, 2 },
		                             { 65535, 1 }, { 1, 65536 }, { 200003, 1 } };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		shows_a_huge_frame(&presenter_surface, sizes[i].width, sizes[i].height);
		shows_a_huge_frame(&presenter_texture, sizes[i].width, sizes[i].height);
	}
}

static int start_sdl(void **state)
{
	(void)state;
	setenv("SDL_VIDEODRIVER", "dummy", 1);
	setenv("SDL_RENDER_DRIVER", "software", 1);
	SDL_SetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION, "0");
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
		cmocka_unit_test(test_a_side_too_long_needs_it),
		cmocka_unit_test(test_pixels_at_actual_size_stay_as_they_are),
		cmocka_unit_test(test_blocks_become_their_mean),
		cmocka_unit_test(test_transparent_pixels_lend_no_colour),
		cmocka_unit_test(test_no_side_is_too_long),
		cmocka_unit_test(test_presenters_show_what_is_too_large_for_their_libraries),
	};

	return cmocka_run_group_tests(tests, start_sdl, stop_sdl);
}
