/* SPDX-License-Identifier: MIT
 *
 * viewer/info, viewer/overlay: what panels say, when they are rendered, and where they are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "info.h"
#include "overlay/overlay.h"
#include "overlay/text.h"

static struct picture_info picture = {
	.sequence = 42,
	.width = 640,
	.height = 480,
	.opaque = true,
	.source = "016.png",
};

/* Checks the value beside a name, and that there are as many values as names. */
static void assert_says(const struct info *info, const char *name, const char *want)
{
	char names[INFO_SIZE], values[INFO_SIZE], *rest_of_names, *rest_of_values;

	info_format(info, names, values);
	char *line = strtok_r(names, "\n", &rest_of_names);
	char *value = strtok_r(values, "\n", &rest_of_values);
	while (line && strcmp(line, name) != 0) {
		line = strtok_r(NULL, "\n", &rest_of_names);
		value = strtok_r(NULL, "\n", &rest_of_values);
	}
	assert_non_null(line);
	assert_string_equal(value, want);
	while (line) {
		line = strtok_r(NULL, "\n", &rest_of_names);
		value = strtok_r(NULL, "\n", &rest_of_values);
	}
	assert_null(value);
}

static struct info usual(void)
{
	return (struct info){
		.channel = "demo",
		.picture = &picture,
		.presenter = "surface",
		.copies = 1,
		.zoom = 1,
		.fps = 29.94,
		.announced_fps = 30,
		.shown = 41,
		.repeated = 3,
		.missed = 5,
		.dropped = 7,
		.has_ages = true,
		.age_p50_ns = 1250000,
		.age_p99_ns = 3500000,
		.state = LIVENESS_LIVE,
	};
}

static void test_information(void **state)
{
	struct info info = usual();

	(void)state;
	assert_says(&info, "channel", "demo");
	assert_says(&info, "frame", "42  016.png");
	assert_says(&info, "size", "640 x 480");
	assert_says(&info, "shown by", "surface, 1 copy");
	assert_says(&info, "rate", "29.9 of 30 fps");
	assert_says(&info, "shown", "41 new, 3 repeated");
	assert_says(&info, "not shown", "5 missed, 7 dropped");
	assert_says(&info, "age", "1.25 ms, 99 % below 3.50 ms");
	assert_says(&info, "pixel", "-");
	info.copies = 0;
	info.zoom = 1 / 3.0;
	info.paused = true;
	info.has_ages = false;
	assert_says(&info, "shown by", "surface, no copy");
	info.copies = 2;
	assert_says(&info, "shown by", "surface, 2 copies");
	assert_says(&info, "zoom", "33.33 %");
	assert_says(&info, "rate", "paused");
	assert_says(&info, "age", "-");
	info.state = LIVENESS_DIED;
	info.stale_s = 12;
	assert_says(&info, "rate", "stale 12 s: the producer died");
}

static void test_pixel_under_the_pointer(void **state)
{
	struct info info = usual();

	(void)state;
	info.has_pointer = true;
	info.pointer = (struct point){ 17, 29 };
	assert_says(&info, "pixel", "17, 29");
	info.has_pixel = true;
	info.pixel = 0x80102030;
	assert_says(&info, "pixel", "17, 29:  #102030  16 32 48");
	picture.opaque = false;
	assert_says(&info, "pixel", "17, 29:  #102030  16 32 48  alpha 128");
	assert_says(&info, "size", "640 x 480, with alpha");
	picture.opaque = true;
}

static void test_frame_name_cannot_break_lines(void **state)
{
	struct info info = usual();
	char source[sizeof(picture.source)];

	(void)state;
	memcpy(source, picture.source, sizeof(source));
	memset(picture.source, '\n', sizeof(picture.source) - 1);
	assert_says(&info, "frame", "42  ???????????????????????????????????????");
	assert_says(&info, "size", "640 x 480");
	memcpy(picture.source, source, sizeof(source));
}

/* pango draws nothing of a text that is not UTF-8. */
static void test_frame_name_is_cut_between_characters(void **state)
{
	struct info info = usual();
	char source[sizeof(picture.source)];

	(void)state;
	memcpy(source, picture.source, sizeof(source));
	strcpy(picture.source,
	       "\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251"
	       "\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251"
	       "\303\251\303\251");
	assert_says(&info, "frame",
	            "42  \303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251"
	            "\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251"
	            "\303\251");
	memcpy(picture.source, source, sizeof(source));
}

static void assert_stale(enum liveness_state state, int64_t seconds, const char *want)
{
	char text[INFO_STALE_SIZE];

	info_format_stale(text, state, seconds);
	assert_string_equal(text, want);
}

static void test_stale(void **state)
{
	(void)state;
	assert_stale(LIVENESS_DIED, 0, "stale 0 s: the producer died");
	assert_stale(LIVENESS_ENDED, 119, "stale 119 s: the producer ended its stream");
	assert_stale(LIVENESS_BROKEN, 120, "stale 2 min: the producer broke");
	assert_stale(LIVENESS_REPLACED, 1, "stale 1 s: the producer was replaced");
	assert_stale(LIVENESS_DIED, 7199, "stale 119 min: the producer died");
	assert_stale(LIVENESS_DIED, 86400 * 9, "stale 216 h: the producer died");
}

static void test_keys_and_meanings_match(void **state)
{
	size_t keys = 0, meanings = 0;

	(void)state;
	for (const char *c = info_help_keys; *c; c++)
		keys += *c == '\n';
	for (const char *c = info_help_meanings; *c; c++)
		meanings += *c == '\n';
	assert_int_equal(keys, meanings);
}

/* ---- The overlay -------------------------------------------------------------------------- */

static struct scene scene_with(struct overlay *overlay, int width, int height, double scale)
{
	struct scene scene = { .window = { width, height } };

	overlay_add_to_scene(overlay, scale, &scene);
	return scene;
}

static void test_panel_is_shown_and_hidden(void **state)
{
	struct overlay *overlay = overlay_create();

	(void)state;
	assert_int_equal(scene_with(overlay, 640, 480, 1).panel_count, 0);
	assert_false(overlay_set_text(overlay, OVERLAY_INFO, NULL, NULL));
	assert_true(overlay_set_text(overlay, OVERLAY_INFO, "a\nb", "1\n2"));
	struct scene scene = scene_with(overlay, 640, 480, 1);
	assert_int_equal(scene.panel_count, 1);
	assert_true(scene.panels[0].area.width > 20 && scene.panels[0].area.height > 30);
	assert_true(overlay_set_text(overlay, OVERLAY_INFO, NULL, NULL));
	assert_int_equal(scene_with(overlay, 640, 480, 1).panel_count, 0);
	overlay_destroy(overlay);
}

static void test_panel_is_rendered_only_when_it_changes(void **state)
{
	struct overlay *overlay = overlay_create();

	(void)state;
	overlay_set_text(overlay, OVERLAY_INFO, "a", "1");
	uint64_t revision = scene_with(overlay, 640, 480, 1).panels[0].revision;
	assert_false(overlay_set_text(overlay, OVERLAY_INFO, "a", "1"));
	assert_int_equal(scene_with(overlay, 640, 480, 1).panels[0].revision, revision);
	assert_true(overlay_set_text(overlay, OVERLAY_INFO, "a", "2"));
	uint64_t other = scene_with(overlay, 640, 480, 1).panels[0].revision;
	assert_int_not_equal(other, revision);
	assert_true(overlay_set_text(overlay, OVERLAY_INFO, "a", NULL));
	assert_int_not_equal(scene_with(overlay, 640, 480, 1).panels[0].revision, other);
	overlay_set_text(overlay, OVERLAY_HELP, "a", NULL);
	struct scene scene = scene_with(overlay, 640, 480, 1);
	assert_int_equal(scene.panel_count, 2);
	assert_int_not_equal(scene.panels[0].revision, scene.panels[1].revision);
	overlay_destroy(overlay);
}

static void test_text_grows_with_the_scale_and_shrinks_with_the_room(void **state)
{
	struct overlay *overlay = overlay_create();

	(void)state;
	overlay_set_text(overlay, OVERLAY_HELP, info_help_keys, info_help_meanings);
	struct area usual_area = scene_with(overlay, 1920, 1080, 1).panels[0].area;
	struct area large = scene_with(overlay, 1920, 1080, 2).panels[0].area;
	struct area small = scene_with(overlay, 250, 160, 1).panels[0].area;
	assert_true(large.width > usual_area.width * 3 / 2);
	assert_true(small.width < usual_area.width && small.width <= 230);
	assert_in_range(usual_area.x, 960 - usual_area.width / 2 - 1, 960 - usual_area.width / 2);
	overlay_destroy(overlay);
}

static bool is_within(struct area area, struct size window)
{
	return area.x >= 0 && area.y >= 0 && area.x + area.width <= window.width &&
	       area.y + area.height <= window.height;
}

static void assert_panels_are_whole(const struct scene *scene)
{
	for (size_t i = 0; i < scene->panel_count; i++) {
		assert_true(is_within(scene->panels[i].area, scene->window));
		for (size_t j = 0; j < i; j++)
			assert_false(area_intersects(scene->panels[i].area, scene->panels[j].area));
	}
}

static void show_everything(struct overlay *overlay)
{
	char names[INFO_SIZE], values[INFO_SIZE];
	struct info info = usual();

	info_format(&info, names, values);
	overlay_set_text(overlay, OVERLAY_INFO, names, values);
	overlay_set_text(overlay, OVERLAY_HELP, info_help_keys, info_help_meanings);
	overlay_set_text(overlay, OVERLAY_STALE, "stale 12 s: the producer died", NULL);
	overlay_set_text(overlay, OVERLAY_NOTICE, "saved as default-00000042.png", NULL);
}

static void test_panels_are_whole_and_apart_in_windows_of_any_size(void **state)
{
	static const struct size windows[] = { { 64, 64 },   { 113, 900 },  { 900, 113 },
		                               { 33, 33 },   { 16, 8 },     { 1, 1 },
		                               { 1, 900 },   { 300, 200 },  { 640, 480 },
		                               { 800, 600 }, { 1920, 1080 } };
	struct overlay *overlay = overlay_create();

	(void)state;
	for (size_t i = 0; i < sizeof(windows) / sizeof(windows[0]); i++) {
		for (int scale = 1; scale <= 4; scale++) {
			show_everything(overlay);
			struct scene scene =
				scene_with(overlay, windows[i].width, windows[i].height, scale);
			assert_panels_are_whole(&scene);
			for (int panel = 0; panel < OVERLAY_PANELS; panel++)
				overlay_set_text(overlay, (enum overlay_panel)panel, NULL, NULL);
		}
	}
	overlay_destroy(overlay);
}

static void test_one_panel_is_shown_in_a_small_window(void **state)
{
	static const struct size windows[] = { { 64, 64 }, { 113, 900 }, { 900, 113 } };

	(void)state;
	for (size_t i = 0; i < sizeof(windows) / sizeof(windows[0]); i++) {
		for (int shown = 0; shown < OVERLAY_PANELS; shown++) {
			struct overlay *overlay = overlay_create();

			show_everything(overlay);
			for (int panel = 0; panel < OVERLAY_PANELS; panel++) {
				if (panel != shown)
					overlay_set_text(overlay, (enum overlay_panel)panel, NULL,
					                 NULL);
			}
			struct scene scene =
				scene_with(overlay, windows[i].width, windows[i].height, 1);
			assert_int_equal(scene.panel_count, 1);
			assert_panels_are_whole(&scene);
			overlay_destroy(overlay);
		}
	}
}

/* Beside each other where there is room, else the help alone. */
static void test_help_does_not_lie_over_information(void **state)
{
	struct overlay *overlay = overlay_create();

	(void)state;
	show_everything(overlay);
	overlay_set_text(overlay, OVERLAY_STALE, NULL, NULL);
	overlay_set_text(overlay, OVERLAY_NOTICE, NULL, NULL);
	struct scene large = scene_with(overlay, 800, 600, 1);
	assert_int_equal(large.panel_count, 2);
	assert_panels_are_whole(&large);
	struct scene small = scene_with(overlay, 350, 250, 1);
	assert_int_equal(small.panel_count, 1);
	overlay_set_text(overlay, OVERLAY_INFO, NULL, NULL);
	struct scene help = scene_with(overlay, 350, 250, 1);
	assert_int_equal(help.panels[0].revision, small.panels[0].revision);
	overlay_destroy(overlay);
}

static void test_narrow_windows_have_wrapped_text(void **state)
{
	struct text_image wide, narrow;

	(void)state;
	assert_int_equal(text_render("channel\nframe", "default\n12  000.png", 14,
	                             (struct size){ 640, 480 }, &wide),
	                 0);
	assert_int_equal(text_render("channel\nframe", "default\n12  000.png", 14,
	                             (struct size){ 60, 480 }, &narrow),
	                 0);
	assert_true(narrow.size.width <= 60);
	/* As many lines of the least legible font would not be that high. */
	assert_true(narrow.size.height > 3 * 8);
	free(wide.pixels);
	free(narrow.pixels);
}

static void test_text_images_are_opaque_and_contain_text(void **state)
{
	struct text_image image;
	int dark = 0, light = 0;

	(void)state;
	assert_int_equal(text_render("stale", NULL, 14, (struct size){ 640, 480 }, &image), 0);
	for (int i = 0; i < image.size.width * image.size.height; i++) {
		assert_int_equal(image.pixels[i] >> 24, 255);
		dark += (image.pixels[i] & 255) < 40;
		light += (image.pixels[i] & 255) > 200;
	}
	assert_true(light > 20);
	assert_true(dark > 5 * light);
	free(image.pixels);
}

static void test_invalid_and_empty_text(void **state)
{
	struct text_image image;

	(void)state;
	assert_int_equal(text_render("\xff\xfe\x80", "\xc3", 14, (struct size){ 640, 480 }, &image),
	                 0);
	free(image.pixels);
	assert_int_equal(text_render("a", "b", 14, (struct size){ -5, 0 }, &image), -ENOSPC);
	assert_int_equal(text_render("", "", 14, (struct size){ 640, 480 }, &image), 0);
	free(image.pixels);
	text_finish();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_information),
		cmocka_unit_test(test_pixel_under_the_pointer),
		cmocka_unit_test(test_frame_name_cannot_break_lines),
		cmocka_unit_test(test_frame_name_is_cut_between_characters),
		cmocka_unit_test(test_stale),
		cmocka_unit_test(test_keys_and_meanings_match),
		cmocka_unit_test(test_panel_is_shown_and_hidden),
		cmocka_unit_test(test_panel_is_rendered_only_when_it_changes),
		cmocka_unit_test(test_text_grows_with_the_scale_and_shrinks_with_the_room),
		cmocka_unit_test(test_panels_are_whole_and_apart_in_windows_of_any_size),
		cmocka_unit_test(test_one_panel_is_shown_in_a_small_window),
		cmocka_unit_test(test_help_does_not_lie_over_information),
		cmocka_unit_test(test_narrow_windows_have_wrapped_text),
		cmocka_unit_test(test_text_images_are_opaque_and_contain_text),
		cmocka_unit_test(test_invalid_and_empty_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
