/* SPDX-License-Identifier: MIT
 *
 * viewer/title: the figures that the viewer shows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdint.h>

#include "title.h"

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
	assert_title((struct title){ .fps = 0, .state = LIVENESS_LIVE },
	             "demo — 640x480 — 0.0 fps — surface");
	assert_title((struct title){ .fps = -1, .state = LIVENESS_LIVE },
	             "demo — 640x480 — surface");
	assert_title((struct title){ .fps = 29.94, .paused = true, .state = LIVENESS_LIVE },
	             "demo — 640x480 — paused — surface");
	assert_title((struct title){ .stale_s = 12, .state = LIVENESS_DIED },
	             "demo — 640x480 — stale 12 s: the producer died — surface");
	assert_title((struct title){ .stale_s = 0, .paused = true, .state = LIVENESS_ENDED },
	             "demo — 640x480 — stale 0 s: the producer ended its stream — surface");
	assert_title((struct title){ .format = "NV12", .fps = -1, .zoom = 2 },
	             "demo — 640x480 NV12 at 200 % — surface");
	assert_title((struct title){ .stale_s = 3, .state = LIVENESS_BROKEN },
	             "demo — 640x480 — stale 3 s: the producer broke — surface");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_titles),
		cmocka_unit_test(test_title_contains_the_zoom),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
