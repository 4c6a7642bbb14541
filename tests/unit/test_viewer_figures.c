/* SPDX-License-Identifier: MIT
 *
 * viewer/rate, viewer/title: the figures that the viewer shows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdint.h>

#include "rate.h"
#include "title.h"

#define MS INT64_C(1000000)
#define SECOND (1000 * MS)

static int64_t add_frames(struct rate *rate, int count, int64_t from_ns, int64_t interval_ns)
{
	for (int i = 0; i < count; i++)
		rate_add(rate, from_ns + i * interval_ns);
	return from_ns + (count - 1) * interval_ns;
}

static void test_rate_needs_two_frames(void **state)
{
	struct rate rate = { 0 };

	(void)state;
	assert_true(rate_per_second(&rate, SECOND) == 0);
	rate_add(&rate, SECOND);
	assert_true(rate_per_second(&rate, SECOND) == 0);
	rate_add(&rate, SECOND);
	assert_true(rate_per_second(&rate, SECOND) == 0);
	rate_add(&rate, SECOND + 20 * MS);
	assert_float_equal(rate_per_second(&rate, SECOND + 20 * MS), 100, 0.01);
}

static void test_rate_covers_the_last_frames(void **state)
{
	struct rate rate = { 0 };
	int64_t last_ns = add_frames(&rate, 100, SECOND, 100 * MS);

	(void)state;
	assert_float_equal(rate_per_second(&rate, last_ns + 5 * MS), 10, 0.01);
	last_ns = add_frames(&rate, RATE_FRAMES, last_ns + 20 * MS, 20 * MS);
	assert_float_equal(rate_per_second(&rate, last_ns), 50, 0.01);
}

static void test_rate_starts_anew_after_a_pause(void **state)
{
	struct rate rate = { 0 };
	int64_t last_ns = add_frames(&rate, 10, SECOND, 100 * MS);

	(void)state;
	assert_float_equal(rate_per_second(&rate, last_ns + 2 * SECOND), 10, 0.01);
	assert_true(rate_per_second(&rate, last_ns + 2 * SECOND + 1) == 0);
	last_ns = add_frames(&rate, 3, last_ns + 60 * SECOND, 50 * MS);
	assert_float_equal(rate_per_second(&rate, last_ns), 20, 0.01);
}

static void test_slow_rate_is_not_zero(void **state)
{
	struct rate rate = { 0 };
	int64_t last_ns = add_frames(&rate, 5, 0, 10 * SECOND);

	(void)state;
	assert_float_equal(rate_per_second(&rate, last_ns + 39 * SECOND), 0.1, 0.001);
	assert_true(rate_per_second(&rate, last_ns + 41 * SECOND) == 0);
}

static void assert_title(struct title title, const char *want)
{
	char text[TITLE_SIZE];

	if (title.zoom == 0)
		title.zoom = 1;
	title.channel = "demo";
	title.presenter = "surface";
	title.width = 640;
	title.height = 480;
	title_format(text, &title);
	assert_string_equal(text, want);
}

static void test_title_contains_the_zoom(void **state)
{
	(void)state;
	assert_title((struct title){ .zoom = 1.5, .paused = true, .state = LIVENESS_LIVE },
	             "demo — 640x480 at 150 % — paused — surface");
	assert_title((struct title){ .zoom = 1 / 3.0, .paused = true, .state = LIVENESS_LIVE },
	             "demo — 640x480 at 33.33 % — paused — surface");
}

static void test_titles(void **state)
{
	(void)state;
	assert_title((struct title){ .fps = 29.94, .state = LIVENESS_LIVE },
	             "demo — 640x480 — 29.9 fps — surface");
	assert_title((struct title){ .fps = 29.94, .paused = true, .state = LIVENESS_LIVE },
	             "demo — 640x480 — paused — surface");
	assert_title((struct title){ .stale_s = 12, .state = LIVENESS_DIED },
	             "demo — 640x480 — stale 12 s: the producer died — surface");
	assert_title((struct title){ .stale_s = 0, .paused = true, .state = LIVENESS_ENDED },
	             "demo — 640x480 — stale 0 s: the producer ended — surface");
	assert_title((struct title){ .stale_s = 3, .state = LIVENESS_BROKEN },
	             "demo — 640x480 — stale 3 s: the producer broke — surface");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rate_needs_two_frames),
		cmocka_unit_test(test_rate_covers_the_last_frames),
		cmocka_unit_test(test_rate_starts_anew_after_a_pause),
		cmocka_unit_test(test_slow_rate_is_not_zero),
		cmocka_unit_test(test_titles),
		cmocka_unit_test(test_title_contains_the_zoom),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
