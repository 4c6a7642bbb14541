/* SPDX-License-Identifier: MIT
 *
 * viewer/viewport: which part of a picture a window shows, how large, and how that moves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <limits.h>
#include <math.h>

#include "viewport.h"

static void assert_area(struct area got, int x, int y, int width, int height)
{
	assert_int_equal(got.x, x);
	assert_int_equal(got.y, y);
	assert_int_equal(got.width, width);
	assert_int_equal(got.height, height);
}

static struct extent square(struct size size)
{
	return geometry_extent(size, 0, 0);
}

static struct placement placed(enum scale scale, struct size picture, struct size window)
{
	struct viewport viewport;

	viewport_init(&viewport, scale);
	return viewport_place(&viewport, square(picture), window);
}

static void assert_fit(struct size picture, struct size window, struct area want)
{
	struct placement got = placed(SCALE_FIT, picture, window);

	assert_area(got.source, 0, 0, picture.width, picture.height);
	assert_area(got.target, want.x, want.y, want.width, want.height);
}

/* ---- Placing ------------------------------------------------------------------------------ */

static void test_equal_sizes_are_not_scaled(void **state)
{
	struct size size = { 1919, 1079 };

	(void)state;
	assert_fit(size, size, (struct area){ 0, 0, 1919, 1079 });
	assert_false(placed(SCALE_FIT, size, size).smooth);
}

static void test_letterbox(void **state)
{
	(void)state;
	assert_fit((struct size){ 640, 480 }, (struct size){ 640, 640 },
	           (struct area){ 0, 80, 640, 480 });
	assert_fit((struct size){ 640, 480 }, (struct size){ 900, 400 },
	           (struct area){ 183, 0, 533, 400 });
	assert_fit((struct size){ 320, 200 }, (struct size){ 640, 400 },
	           (struct area){ 0, 0, 640, 400 });
	assert_fit((struct size){ 200, 400 }, (struct size){ 100, 100 },
	           (struct area){ 25, 0, 50, 100 });
}

static void test_extreme_proportions_keep_one_pixel(void **state)
{
	(void)state;
	assert_fit((struct size){ 100000, 1 }, (struct size){ 100, 100 },
	           (struct area){ 0, 49, 100, 1 });
	assert_fit((struct size){ 1, INT_MAX }, (struct size){ 100, 100 },
	           (struct area){ 49, 0, 1, 100 });
	assert_fit((struct size){ INT_MAX, INT_MAX }, (struct size){ 1, 1 },
	           (struct area){ 0, 0, 1, 1 });
}

static void test_fitted_picture_is_inside_and_touches_two_sides(void **state)
{
	(void)state;
	for (int i = 0; i < 100000; i++) {
		struct size picture = { i * 7919 % 4999 + 1, i * 104 % 4987 + 1 };
		struct size window = { i * 613 % 4973 + 1, i * 3571 % 4969 + 1 };
		struct area area = placed(SCALE_FIT, picture, window).target;

		assert_true(area.x >= 0 && area.y >= 0 && area.width >= 1 && area.height >= 1);
		assert_true(area.x + area.width <= window.width);
		assert_true(area.y + area.height <= window.height);
		assert_true(area.width == window.width || area.height == window.height);
	}
}

static void test_actual_size_shows_the_middle(void **state)
{
	struct placement large =
		placed(SCALE_ACTUAL, (struct size){ 1000, 300 }, (struct size){ 400, 500 });

	(void)state;
	assert_true(large.source.x <= 300 && large.source.x + large.source.width >= 700);
	assert_int_equal(large.target.x, large.source.x - 300);
	assert_int_equal(large.target.width, large.source.width);
	assert_int_equal(large.source.height, 300);
	assert_int_equal(large.target.y, 100);
	assert_false(large.smooth);
}

static void test_whole_multiples_and_fractions(void **state)
{
	struct size small = { 100, 100 }, large = { 1000, 500 };
	struct placement thrice = placed(SCALE_INTEGER, small, (struct size){ 399, 350 });
	struct placement once = placed(SCALE_INTEGER, small, (struct size){ 199, 100 });
	struct placement third = placed(SCALE_INTEGER, large, (struct size){ 499, 499 });

	(void)state;
	assert_area(thrice.target, 49, 25, 300, 300);
	assert_false(thrice.smooth);
	assert_area(once.target, 49, 0, 100, 100);
	assert_area(third.target, 83, 166, 333, 167);
	assert_true(third.smooth);
}

static bool is_in(int value, int begin, int length)
{
	return value >= begin && value < begin + length;
}

/* Where a side of the picture is drawn: as large as the zoom says, up to rounding; and all over the
 * window if it is larger. */
static void assert_drawn(int picture, int source, int source_length, int window, int target,
                         int target_length, double zoom)
{
	double full = floor(picture * zoom + 0.5);

	assert_true(source >= 0 && source_length >= 1 && source + source_length <= picture);
	assert_true(target_length >= 1);
	if (source_length * zoom >= 1)
		assert_true(fabs(target_length - source_length * zoom) <= 1);
	if (full > window)
		assert_true(target <= 0 && target + target_length >= window);
	else
		assert_true(source_length == picture && target == (window - (int)full) / 2);
}

/* At each point of the window, viewport_find() must return the pixel that a presenter draws
 * there. */
static void assert_consistent(const struct viewport *viewport, struct extent picture,
                              struct size window)
{
	struct placement placement = viewport_place(viewport, picture, window);
	struct area source = placement.source, target = placement.target;
	double zoom = viewport_zoom(viewport, picture, window);

	assert_drawn(picture.size.width, source.x, source.width, window.width, target.x,
	             target.width, zoom * picture.across);
	assert_drawn(picture.size.height, source.y, source.height, window.height, target.y,
	             target.height, zoom * picture.down);
	for (int x = 0; x < window.width; x++) {
		struct point found, at = { x, target.y > 0 ? target.y : 0 };
		bool is_found = viewport_find(viewport, picture, window, at, &found);

		assert_int_equal(is_found, is_in(x, target.x, target.width));
		if (!is_found)
			continue;
		double position = (x - target.x + 0.5) * source.width / target.width;
		assert_int_equal(found.x, source.x + (int)floor(position));
	}
}

/* Panning goes on from where the last step has left the picture. */
static void check_steps(enum scale scale, struct extent picture, struct size window)
{
	struct viewport viewport;

	viewport_init(&viewport, scale);
	assert_consistent(&viewport, picture, window);
	for (int i = 0; i < 25; i++) {
		struct point at = { (i * 41) % window.width, 7 };

		viewport_step(&viewport, picture, window, i < 15 ? 1 : -1, at);
		viewport_pan(&viewport, picture, window, (struct point){ i * 13 % 70 - 35, 3 });
		assert_consistent(&viewport, picture, window);
	}
}

static void test_placing_and_finding_agree(void **state)
{
	static const uint32_t aspects[][2] = { { 0, 0 },   { 16, 15 }, { 2, 1 },
		                               { 59, 54 }, { 4, 33 },  { 16, 1 } };

	(void)state;
	for (int scale = SCALE_FIT; scale <= SCALE_INTEGER; scale++) {
		for (int width = 1; width < 1500; width += 61) {
			const uint32_t *aspect = aspects[width / 61 % 6];
			struct size size = { 640, 480 }, window = { width, 400 };

			check_steps((enum scale)scale, square(size), window);
			check_steps((enum scale)scale, geometry_extent(size, aspect[0], aspect[1]),
			            window);
		}
	}
}

/* ---- Pixels that are not square ------------------------------------------------------------ */

static void test_pixels_are_as_wide_as_their_aspect(void **state)
{
	struct extent wide = geometry_extent((struct size){ 100, 50 }, 2, 1);
	struct extent high = geometry_extent((struct size){ 100, 50 }, 1, 2);
	struct size window = { 400, 400 };
	struct viewport viewport;
	struct point found;

	(void)state;
	viewport_init(&viewport, SCALE_FIT);
	assert_area(viewport_place(&viewport, wide, window).target, 0, 150, 400, 100);
	assert_area(viewport_place(&viewport, high, window).target, 0, 0, 400, 400);
	assert_true(viewport_zoom(&viewport, wide, window) == 2);
	assert_true(viewport_find(&viewport, wide, window, (struct point){ 7, 151 }, &found));
	assert_int_equal(found.x, 1);
	assert_int_equal(found.y, 0);
	viewport_init(&viewport, SCALE_ACTUAL);
	assert_area(viewport_place(&viewport, wide, window).target, 100, 175, 200, 50);
	assert_area(viewport_place(&viewport, high, window).target, 150, 150, 100, 100);
	assert_true(viewport_place(&viewport, wide, window).smooth);
}

/* 720 x 576 of PAL: the window has its rows, and no row is scaled. */
static void test_rows_are_not_scaled_in_a_window_of_the_pictures_size(void **state)
{
	(void)state;
	for (int width = 1; width < 800; width++) {
		struct extent picture = geometry_extent((struct size){ width, 576 }, 59, 54);
		struct size window = geometry_actual(picture);
		struct viewport viewport;
		struct area target;

		viewport_init(&viewport, (enum scale)(width % 3));
		assert_true(viewport_zoom(&viewport, picture, window) == 1);
		target = viewport_place(&viewport, picture, window).target;
		assert_area(target, 0, 0, window.width, 576);
	}
}

/* ---- Moving ------------------------------------------------------------------------------- */

static void test_zooms_are_round(void **state)
{
	static const double zooms[] = { 1, 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 64 };
	struct size size = { 640, 480 };
	struct viewport viewport;

	(void)state;
	viewport_init(&viewport, SCALE_FIT);
	for (size_t i = 0; i < sizeof(zooms) / sizeof(*zooms); i++) {
		assert_true(viewport_zoom(&viewport, square(size), size) == zooms[i]);
		viewport_step(&viewport, square(size), size, 1, (struct point){ 320, 240 });
	}
	for (size_t i = sizeof(zooms) / sizeof(*zooms) - 1; i-- > 1;) {
		assert_true(viewport_zoom(&viewport, square(size), size) == zooms[i]);
		viewport_step(&viewport, square(size), size, -1, (struct point){ 320, 240 });
	}
	viewport_step(&viewport, square(size), size, -1, (struct point){ 320, 240 });
	assert_true(viewport_zoom(&viewport, square(size), size) == 0.75);
	viewport_step(&viewport, square(size), size, -100, (struct point){ 320, 240 });
	assert_true(viewport_zoom(&viewport, square(size), size) == ZOOM_MIN);
}

static void test_step_from_an_odd_zoom_to_the_next_round_one(void **state)
{
	struct size picture = { 640, 480 }, window = { 500, 500 };
	struct viewport viewport;

	(void)state;
	viewport_init(&viewport, SCALE_FIT);
	viewport_step(&viewport, square(picture), window, 1, (struct point){ 0, 0 });
	assert_true(viewport_zoom(&viewport, square(picture), window) == 1);
	viewport_set_zoom(&viewport, 0);
	viewport_step(&viewport, square(picture), window, -1, (struct point){ 0, 0 });
	assert_true(viewport_zoom(&viewport, square(picture), window) == 0.75);
}

static void test_zooming_keeps_the_pixel_under_the_pointer(void **state)
{
	struct size picture = { 1920, 1080 }, window = { 960, 540 };
	struct point at = { 700, 100 }, before, after;
	struct viewport viewport;

	(void)state;
	viewport_init(&viewport, SCALE_FIT);
	assert_true(viewport_find(&viewport, square(picture), window, at, &before));
	for (int i = 0; i < 10; i++) {
		viewport_step(&viewport, square(picture), window, 1, at);
		assert_true(viewport_find(&viewport, square(picture), window, at, &after));
		assert_in_range(after.x, before.x - 1, before.x + 1);
		assert_in_range(after.y, before.y - 1, before.y + 1);
	}
}

static void test_panning_stops_at_the_edges(void **state)
{
	struct size picture = { 1000, 100 }, window = { 400, 400 };
	struct point found;
	struct viewport viewport;

	(void)state;
	viewport_init(&viewport, SCALE_ACTUAL);
	viewport_pan(&viewport, square(picture), window, (struct point){ 10000, 10000 });
	assert_true(viewport_find(&viewport, square(picture), window, (struct point){ 0, 150 },
	                          &found));
	assert_int_equal(found.x, 0);
	assert_int_equal(found.y, 0);
	/* It moves back at once: the part of the pan beyond the edge does not count. */
	viewport_pan(&viewport, square(picture), window, (struct point){ -7, 0 });
	assert_true(viewport_find(&viewport, square(picture), window, (struct point){ 0, 150 },
	                          &found));
	assert_int_equal(found.x, 7);
	viewport_pan(&viewport, square(picture), window, (struct point){ -10000, 0 });
	assert_true(viewport_find(&viewport, square(picture), window, (struct point){ 399, 150 },
	                          &found));
	assert_int_equal(found.x, 999);
}

static void test_larger_window_shows_nothing_beyond_an_edge(void **state)
{
	struct size picture = { 1000, 1000 }, window = { 400, 400 }, larger = { 900, 900 };
	struct point found;
	struct viewport viewport;

	(void)state;
	viewport_init(&viewport, SCALE_ACTUAL);
	viewport_pan(&viewport, square(picture), window, (struct point){ 10000, -10000 });
	assert_true(viewport_find(&viewport, square(picture), larger, (struct point){ 0, 899 },
	                          &found));
	assert_int_equal(found.x, 0);
	assert_int_equal(found.y, 999);
}

static void test_pans_add_up(void **state)
{
	struct size picture = { 3840, 2160 }, window = { 641, 479 };
	struct point at = { 320, 240 }, before, after;
	struct viewport viewport;

	(void)state;
	viewport_init(&viewport, SCALE_ACTUAL);
	assert_true(viewport_find(&viewport, square(picture), window, at, &before));
	for (int i = 0; i < 100; i++)
		viewport_pan(&viewport, square(picture), window, (struct point){ 1, -1 });
	assert_true(viewport_find(&viewport, square(picture), window, at, &after));
	assert_int_equal(after.x, before.x - 100);
	assert_int_equal(after.y, before.y + 100);
}

static void test_nothing_is_found_beside_the_picture(void **state)
{
	struct size picture = { 100, 100 }, window = { 300, 200 };
	struct point found = { -7, -7 };
	struct viewport viewport;

	(void)state;
	viewport_init(&viewport, SCALE_ACTUAL);
	assert_false(viewport_find(&viewport, square(picture), window, (struct point){ 99, 60 },
	                           &found));
	assert_false(viewport_find(&viewport, square(picture), window, (struct point){ 150, 150 },
	                           &found));
	assert_int_equal(found.x, -7);
	assert_true(viewport_find(&viewport, square(picture), window, (struct point){ 199, 149 },
	                          &found));
	assert_int_equal(found.x, 99);
	assert_int_equal(found.y, 99);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_equal_sizes_are_not_scaled),
		cmocka_unit_test(test_letterbox),
		cmocka_unit_test(test_extreme_proportions_keep_one_pixel),
		cmocka_unit_test(test_fitted_picture_is_inside_and_touches_two_sides),
		cmocka_unit_test(test_actual_size_shows_the_middle),
		cmocka_unit_test(test_whole_multiples_and_fractions),
		cmocka_unit_test(test_placing_and_finding_agree),
		cmocka_unit_test(test_pixels_are_as_wide_as_their_aspect),
		cmocka_unit_test(test_rows_are_not_scaled_in_a_window_of_the_pictures_size),
		cmocka_unit_test(test_zooms_are_round),
		cmocka_unit_test(test_step_from_an_odd_zoom_to_the_next_round_one),
		cmocka_unit_test(test_zooming_keeps_the_pixel_under_the_pointer),
		cmocka_unit_test(test_panning_stops_at_the_edges),
		cmocka_unit_test(test_larger_window_shows_nothing_beyond_an_edge),
		cmocka_unit_test(test_pans_add_up),
		cmocka_unit_test(test_nothing_is_found_beside_the_picture),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
