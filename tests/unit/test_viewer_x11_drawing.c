/* SPDX-License-Identifier: MIT
 *
 * viewer/present/present_x11 where the server draws rather than copies: frames are scaled and
 * blended as computed here, panels lie over them, and stale pictures are marked. */
#include "x11_fixture.h"

#include <math.h>

/* ---- Scaling ------------------------------------------------------------------------------- */

struct colour {
	double channel[3];
};

static double channel_of(uint32_t pixel, int i)
{
	return pixel >> (16 - 8 * i) & 255;
}

static int clamped(int value, int limit)
{
	return value < 0 ? 0 : value >= limit ? limit - 1 : value;
}

static int halved_side(int side, int halvings)
{
	return halvings == 0 ? side : halved_side((side + 1) / 2, halvings - 1);
}

/* A pixel of the picture after so many halvings, each of which takes the mean of four pixels. */
static struct colour halved_pixel(const struct shape *shape, int x, int y, int halvings)
{
	struct colour sum = { { 0 } };

	if (halvings == 0) {
		for (int c = 0; c < 3; c++)
			sum.channel[c] = channel_of(smooth_pixel(x, y, shape), c);
		return sum;
	}
	for (int i = 0; i < 4; i++) {
		struct colour one = halved_pixel(
			shape, clamped(2 * x + i % 2, halved_side(shape->width, halvings - 1)),
			clamped(2 * y + i / 2, halved_side(shape->height, halvings - 1)),
			halvings - 1);

		for (int c = 0; c < 3; c++)
			sum.channel[c] += one.channel[c] / 4;
	}
	return sum;
}

/* The colour at point x, y of the picture, as 0xRRGGBB. */
static uint32_t bilinear(const struct shape *shape, double x, double y, int halvings)
{
	double u = x / (1 << halvings) - 0.5;
	double v = y / (1 << halvings) - 0.5;
	double fu = u - floor(u);
	double fv = v - floor(v);
	int width = halved_side(shape->width, halvings);
	int height = halved_side(shape->height, halvings);
	uint32_t result = 0;
	struct colour corner[4];

	for (int i = 0; i < 4; i++)
		corner[i] = halved_pixel(shape, clamped((int)floor(u) + i % 2, width),
		                         clamped((int)floor(v) + i / 2, height), halvings);
	for (int c = 0; c < 3; c++) {
		double top = corner[0].channel[c] * (1 - fu) + corner[1].channel[c] * fu;
		double bottom = corner[2].channel[c] * (1 - fu) + corner[3].channel[c] * fu;

		result = result << 8 | (uint32_t)(top * (1 - fv) + bottom * fv + 0.5);
	}
	return result;
}

static void assert_scaled(struct fixture *fixture, const struct shape *shape,
                          const struct scene *scene, int halvings, int tolerance)
{
	struct area source = scene->source;
	struct area target = scene->target;
	uint32_t *seen = read_window(fixture);

	for (int y = 0; y < scene->window.height; y++) {
		for (int x = 0; x < scene->window.width; x++) {
			bool inside = x >= target.x && y >= target.y &&
			              x < target.x + target.width && y < target.y + target.height;
			double at_x = source.x + (x + 0.5 - target.x) * source.width / target.width;
			double at_y =
				source.y + (y + 0.5 - target.y) * source.height / target.height;
			uint32_t expected =
				inside ? bilinear(shape, at_x, at_y, halvings) : BACKGROUND;

			assert_about(seen[y * scene->window.width + x], expected, tolerance, x, y);
		}
	}
	free(seen);
}

static void scaling_matches_the_computed_picture(void **state)
{
	static const struct shape shape = { 400, 300, 416, false };
	static const struct {
		struct area source;
		struct area target;
		int halvings;
	} cases[] = {
		{ { 0, 0, 400, 300 }, { 17, 0, 266, 200 }, 0 },
		{ { 0, 0, 400, 300 }, { 50, 25, 200, 150 }, 1 },
		{ { 0, 0, 400, 300 }, { 3, 5, 133, 100 }, 1 },
		{ { 0, 0, 400, 300 }, { 100, 50, 57, 43 }, 2 },
		{ { 0, 0, 400, 300 }, { 100, 50, 8, 6 }, 5 },
		{ { 100, 120, 40, 30 }, { -20, -15, 400, 300 }, 0 },
		{ { 0, 0, 3, 2 }, { 0, 0, 300, 200 }, 0 },
		{ { 390, 290, 10, 10 }, { 0, 0, 200, 200 }, 0 },
	};
	struct fixture *fixture = *state;
	struct picture picture = draw(fixture, 1, &shape, true);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct scene scene = scaled_scene(fixture, cases[i].source, cases[i].target);

		picture.info.sequence = i + 1;
		picture.info.published_ns = (int64_t)i + 1;
		picture.frame = made_frame(i + 1);
		assert_int_equal(show(fixture, &picture, &scene), 0);
		assert_scaled(fixture, &shape, &scene, cases[i].halvings, 3);
	}
}

static void nearest_is_exact(void **state)
{
	static const struct shape shape = { 60, 40, 64, false };
	struct fixture *fixture = *state;
	struct picture picture = draw(fixture, 1, &shape, false);
	struct scene scene = scaled_scene(fixture, (struct area){ 10, 5, 22, 15 },
	                                  (struct area){ -9, -4, 330, 225 });

	scene.smooth = false;
	assert_int_equal(show(fixture, &picture, &scene), 0);
	uint32_t *seen = read_window(fixture);
	for (int y = 0; y < 200; y++) {
		for (int x = 0; x < 300; x++)
			assert_about(seen[y * 300 + x],
			             pixel_of(1, 10 + (x + 9) / 15, 5 + (y + 4) / 15, false) &
			                     0xffffff,
			             0, x, y);
	}
	free(seen);
}

/* ---- Alpha, panels, staleness -------------------------------------------------------------- */

static uint32_t blended(uint32_t pixel, uint32_t under)
{
	double alpha = (pixel >> 24) / 255.0;
	uint32_t result = 0;

	for (int c = 0; c < 3; c++)
		result = result << 8 | (uint32_t)(channel_of(pixel, c) * alpha +
		                                  channel_of(under, c) * (1 - alpha) + 0.5);
	return result;
}

static void alpha_is_blended_over_the_background(void **state)
{
	static const struct shape shape = { 200, 150, 208, true };
	struct fixture *fixture = *state;

	for (uint64_t i = 1; i <= 3; i++) {
		struct picture picture = draw(fixture, i, &shape, false);
		struct scene scene = plain_scene(fixture, &shape, 0, 0);

		scene.background.checker = i % 2 == 0;
		assert_int_equal(show(fixture, &picture, &scene), 0);
		uint32_t *seen = read_window(fixture);
		for (int y = 0; y < 200; y++) {
			for (int x = 0; x < 300; x++) {
				uint32_t under = background_at(scene.background, x, y);
				uint32_t expected =
					x < 200 && y < 150 ? blended(pixel_of(i, x, y, true), under)
							   : under;

				assert_about(seen[y * 300 + x], expected & 0xffffff, 2, x, y);
			}
		}
		free(seen);
	}
}

/* Between a transparent and an opaque pixel, the transparent one's colour does not show. */
static void hidden_colours_stay_hidden_when_scaled(void **state)
{
	static const struct shape shape = { 2, 1, 2, true };
	struct fixture *fixture = *state;
	struct picture picture = draw(fixture, 1, &shape, false);
	struct scene scene =
		scaled_scene(fixture, (struct area){ 0, 0, 2, 1 }, (struct area){ 0, 0, 300, 200 });

	slot_of(fixture, 1)[0] = 0x00ff0000;
	slot_of(fixture, 1)[1] = 0xff0000ff;
	scene.background.colour = 0;
	assert_int_equal(show(fixture, &picture, &scene), 0);
	uint32_t *seen = read_window(fixture);
	for (int x = 0; x < 300; x++)
		assert_int_equal(seen[x] & 0xff0000, 0);
	assert_true(seen[150] & 0xff);
	free(seen);
}

static struct panel panel_at(int x, int y, const uint32_t *pixels, uint64_t revision)
{
	return (struct panel){ { x, y, 40, 30 }, pixels, revision };
}

static void assert_panels(struct fixture *fixture, uint64_t sequence, const struct shape *shape,
                          const struct scene *scene)
{
	uint32_t *seen = read_window(fixture);

	for (int y = 0; y < 200; y++) {
		for (int x = 0; x < 300; x++) {
			uint32_t expected = pixel_of(sequence, x, y, shape->alpha) & 0xffffff;

			for (size_t i = 0; i < scene->panel_count; i++) {
				struct area area = scene->panels[i].area;
				int at_x = x - area.x;
				int at_y = y - area.y;

				if (at_x >= 0 && at_y >= 0 && at_x < 40 && at_y < 30)
					expected = scene->panels[i].pixels[at_y * 40 + at_x] &
					           0xffffff;
			}
			assert_about(seen[y * 300 + x], expected, 0, x, y);
		}
	}
	free(seen);
}

static void panels_lie_over_frames(void **state)
{
	static const struct shape shape = { 300, 200, 300, false };
	struct fixture *fixture = *state;
	struct scene scene = plain_scene(fixture, &shape, 0, 0);
	uint32_t pixels[3][40 * 30];

	for (uint32_t i = 0; i < 3 * 40 * 30; i++)
		pixels[i / 1200][i % 1200] = 0xff000000 | i * 41;
	for (uint64_t i = 1; i <= 8; i++) {
		struct picture picture = draw(fixture, i, &shape, false);

		/* None; one; three, of which two overlap and one extends beyond the window; the
		 * first two with other pixels; the third too; none. */
		scene.panel_count = i < 2 || i > 7 ? 0 : i < 4 ? 1 : 3;
		scene.panels[0] = panel_at(10, 20, pixels[i > 4], i > 4 ? 2 : 1);
		scene.panels[1] = panel_at(30, 40, pixels[i > 4 ? 2 : 1], i > 4 ? 3 : 2);
		scene.panels[2] = panel_at(280, -10, pixels[i > 5], i > 5 ? 2 : 1);
		assert_int_equal(show(fixture, &picture, &scene), 0);
		assert_panels(fixture, i, &shape, &scene);
		assert_int_equal(presenter_x11.repaint(fixture->state, &scene), 0);
		assert_panels(fixture, i, &shape, &scene);
	}
}

static void stale_mark_ends_with_the_next_frame(void **state)
{
	static const struct shape shape = { 300, 200, 300, false };
	struct fixture *fixture = *state;
	struct picture picture = draw(fixture, 1, &shape, false);
	struct scene scene = plain_scene(fixture, &shape, 0, 0);

	assert_int_equal(show(fixture, &picture, &scene), 0);
	assert_int_equal(presenter_x11.release_slot(fixture->state), 0);
	scene.stale = true;
	assert_int_equal(presenter_x11.repaint(fixture->state, &scene), 0);
	uint32_t *seen = read_window(fixture);
	for (int i = 0; i < 300 * 200; i++) {
		uint32_t pixel = pixel_of(1, i % 300, i / 300, false);
		uint32_t expected = i / 300 < 200 - STALE_BAR_PIXELS ? pixel >> 1 & 0x7f7f7f
		                                                     : STALE_BAR_GREY * 0x010101;

		assert_about(seen[i], expected, 2, i % 300, i / 300);
	}
	free(seen);
	scene.stale = false;
	picture = draw(fixture, 2, &shape, false);
	assert_int_equal(show(fixture, &picture, &scene), 0);
	assert_plain(fixture, 2, &shape, 0, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CHECK(scaling_matches_the_computed_picture),
		CHECK(nearest_is_exact),
		CHECK(alpha_is_blended_over_the_background),
		CHECK(hidden_colours_stay_hidden_when_scaled),
		CHECK(panels_lie_over_frames),
		CHECK(stale_mark_ends_with_the_next_frame),
	};

	if (!open_display()) {
		printf("Xvfb is not installed, or does not start\n");
		return 77;
	}
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	SDL_Quit();
	stop_x_server(&server);
	return failed;
}
