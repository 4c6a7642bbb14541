/* SPDX-License-Identifier: MIT
 *
 * viewer/present: each presenter releases frames in time, and those with a window show the scene.
 * SDL's dummy driver replaces a display. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <SDL.h>
#include <cmocka.h>
#include <string.h>

#include "made_frame.h"
#include "present/present.h"
#include "viewport.h"

#define WIDTH 60
#define HEIGHT 40

struct fixture {
	const struct presenter *presenter;
	struct presenter_host host;
	void *state;
	struct scene scene;
	int released;
	uint64_t last_released;
	int on_screen;
	int64_t last_on_screen; /* when it was published */
};

static void release_frame(void *context, const struct shmflip_frame *frame)
{
	struct fixture *fixture = context;

	fixture->released++;
	fixture->last_released = frame->sequence;
}

static void on_screen(void *context, int64_t published_ns, int64_t now_ns)
{
	struct fixture *fixture = context;

	fixture->on_screen++;
	fixture->last_on_screen = published_ns;
	assert_true(now_ns > 0);
}

/* A scene that fits the picture into the window. */
static void compose(struct fixture *fixture)
{
	struct viewport viewport;

	fixture->scene = (struct scene){ .window = { WIDTH, HEIGHT } };
	if (fixture->host.window)
		SDL_GetWindowSize(fixture->host.window, &fixture->scene.window.width,
		                  &fixture->scene.window.height);
	viewport_init(&viewport, SCALE_FIT);
	struct placement placement =
		viewport_place(&viewport, geometry_extent((struct size){ WIDTH, HEIGHT }, 0, 0),
	                       fixture->scene.window);
	fixture->scene.source = placement.source;
	fixture->scene.target = placement.target;
	fixture->scene.smooth = placement.smooth;
}

static void set_up(struct fixture *fixture, const struct presenter *presenter)
{
	*fixture = (struct fixture){ .presenter = presenter };
	fixture->host.release_frame = release_frame;
	fixture->host.on_screen = on_screen;
	fixture->host.context = fixture;
	if (presenter->needs_window) {
		fixture->host.window = SDL_CreateWindow("test", 0, 0, WIDTH, HEIGHT, 0);
		assert_non_null(fixture->host.window);
	}
	assert_int_equal(presenter->create(&fixture->host, &fixture->state), 0);
	compose(fixture);
}

static void tear_down(struct fixture *fixture)
{
	fixture->presenter->destroy(fixture->state);
	SDL_DestroyWindow(fixture->host.window);
}

/* A gradient that differs between sequence numbers. A frame that is opaque (alpha 255) has 0 in its
 * fourth bytes, which mean nothing. */
static struct picture draw(uint32_t pixels[WIDTH * HEIGHT], uint64_t sequence, uint8_t alpha)
{
	uint8_t fourth = alpha == 255 ? 0 : alpha;

	for (uint32_t i = 0; i < WIDTH * HEIGHT; i++)
		pixels[i] = (uint32_t)fourth << 24 |
		            (i * 0x010305 + (uint32_t)sequence * 77777) % (1 << 24);
	return (struct picture){
		.info = {
			.sequence = sequence,
			.published_ns = (int64_t)sequence,
			.width = WIDTH,
			.height = HEIGHT,
			.opaque = alpha == 255,
		},
		.frame = made_frame(sequence),
		.pixels = (const uint8_t *)pixels,
		.stride_bytes = WIDTH * 4,
	};
}

/* The pixel x, y of the window, as 0xRRGGBB. */
static uint32_t window_pixel(const struct fixture *fixture, int x, int y)
{
	SDL_Renderer *renderer = SDL_GetRenderer(fixture->host.window);
	SDL_Rect spot = { x, y, 1, 1 };
	uint32_t pixel = 0;

	if (renderer) {
		assert_int_equal(SDL_RenderReadPixels(renderer, &spot, SDL_PIXELFORMAT_ARGB8888,
		                                      &pixel, sizeof(pixel)),
		                 0);
	} else {
		SDL_Surface *surface = SDL_GetWindowSurface(fixture->host.window);

		assert_non_null(surface);
		assert_int_equal(surface->format->BytesPerPixel, 4);
		memcpy(&pixel, (uint8_t *)surface->pixels + y * surface->pitch + 4 * x, 4);
	}
	return pixel & 0xffffff;
}

static void assert_shows(const struct fixture *fixture, const uint32_t pixels[WIDTH * HEIGHT])
{
	for (int y = 0; y < HEIGHT; y++) {
		for (int x = 0; x < WIDTH; x++)
			assert_int_equal(window_pixel(fixture, x, y),
			                 pixels[y * WIDTH + x] & 0xffffff);
	}
}

static void assert_about(uint32_t actual, uint32_t expected)
{
	for (int shift = 0; shift < 24; shift += 8) {
		int difference = (int)(actual >> shift & 255) - (int)(expected >> shift & 255);

		assert_true(difference >= -2 && difference <= 2);
	}
}

static uint32_t halved(uint32_t pixel)
{
	return pixel >> 1 & 0x7f7f7f;
}

/* Except x11, which needs a real server: see test_viewer_x11.c. */
static void for_each_with_a_window(void (*test)(const struct presenter *))
{
	static const struct presenter *const with_a_window[] = { &presenter_surface,
		                                                 &presenter_texture };

	for (size_t i = 0; i < sizeof(with_a_window) / sizeof(with_a_window[0]); i++)
		test(with_a_window[i]);
}

static void releases_every_frame_once(const struct presenter *presenter)
{
	uint32_t pixels[3][WIDTH * HEIGHT];
	struct fixture fixture;

	set_up(&fixture, presenter);
	for (uint64_t i = 0; i < 3; i++) {
		struct picture picture = draw(pixels[i], i + 1, 255);

		assert_int_equal(presenter->show(fixture.state, &picture, &fixture.scene), 0);
		assert_true(fixture.released >= (int)i);
		assert_true(fixture.released <= (int)i + 1);
		assert_int_equal(fixture.on_screen, i + 1);
		assert_int_equal(fixture.last_on_screen, i + 1);
	}
	assert_int_equal(presenter->release_slot(fixture.state), 0);
	assert_int_equal(fixture.released, 3);
	assert_int_equal(fixture.last_released, 3);
	assert_int_equal(presenter->release_slot(fixture.state), 0);
	tear_down(&fixture);
	assert_int_equal(fixture.released, 3);
}

static void test_every_frame_is_released_once(void **state)
{
	(void)state;
	for_each_with_a_window(releases_every_frame_once);
	releases_every_frame_once(&presenter_none);
}

static void releases_the_last_frame_when_destroyed(const struct presenter *presenter)
{
	uint32_t pixels[WIDTH * HEIGHT];
	struct picture picture = draw(pixels, 1, 255);
	struct fixture fixture;

	set_up(&fixture, presenter);
	assert_int_equal(presenter->show(fixture.state, &picture, &fixture.scene), 0);
	tear_down(&fixture);
	assert_int_equal(fixture.released, 1);
}

static void test_the_last_frame_is_released_at_the_end(void **state)
{
	(void)state;
	for_each_with_a_window(releases_the_last_frame_when_destroyed);
	releases_the_last_frame_when_destroyed(&presenter_none);
}

static void shows_pixels_as_they_are(const struct presenter *presenter)
{
	uint32_t pixels[2][WIDTH * HEIGHT];
	struct picture first = draw(pixels[0], 1, 255), second = draw(pixels[1], 2, 255);
	struct fixture fixture;

	set_up(&fixture, presenter);
	assert_int_equal(presenter->show(fixture.state, &first, &fixture.scene), 0);
	assert_shows(&fixture, pixels[0]);
	assert_int_equal(presenter->show(fixture.state, &second, &fixture.scene), 0);
	assert_shows(&fixture, pixels[1]);
	tear_down(&fixture);
}

static void test_pixels_are_shown_as_they_are(void **state)
{
	(void)state;
	for_each_with_a_window(shows_pixels_as_they_are);
}

static void blends_over_black(const struct presenter *presenter)
{
	uint32_t opaque[WIDTH * HEIGHT], half[WIDTH * HEIGHT];
	struct picture first = draw(opaque, 1, 255), second = draw(half, 2, 128);
	struct fixture fixture;

	set_up(&fixture, presenter);
	assert_int_equal(presenter->show(fixture.state, &first, &fixture.scene), 0);
	assert_int_equal(presenter->show(fixture.state, &second, &fixture.scene), 0);
	for (int i = 0; i < WIDTH * HEIGHT; i += 7)
		assert_about(window_pixel(&fixture, i % WIDTH, i / WIDTH), halved(half[i]));
	assert_int_equal(presenter->show(fixture.state, &first, &fixture.scene), 0);
	assert_shows(&fixture, opaque);
	tear_down(&fixture);
}

static void test_transparency_is_blended_over_black(void **state)
{
	(void)state;
	for_each_with_a_window(blends_over_black);
}

static void repaints_without_the_slot(const struct presenter *presenter)
{
	uint32_t pixels[WIDTH * HEIGHT], slot[WIDTH * HEIGHT];
	struct picture picture = draw(slot, 1, 255);
	struct fixture fixture;

	memcpy(pixels, slot, sizeof(slot));
	set_up(&fixture, presenter);
	assert_int_equal(presenter->show(fixture.state, &picture, &fixture.scene), 0);
	assert_int_equal(presenter->release_slot(fixture.state), 0);
	memset(slot, 0x55, sizeof(slot));
	assert_int_equal(presenter->repaint(fixture.state, &fixture.scene), 0);
	assert_shows(&fixture, pixels);
	tear_down(&fixture);
}

static void test_a_picture_outlives_its_slot(void **state)
{
	(void)state;
	for_each_with_a_window(repaints_without_the_slot);
}

static void marks_a_stale_picture(const struct presenter *presenter)
{
	uint32_t pixels[WIDTH * HEIGHT];
	struct picture picture = draw(pixels, 1, 255);
	const uint32_t bar = STALE_BAR_GREY * 0x010101;
	struct fixture fixture;

	set_up(&fixture, presenter);
	assert_int_equal(presenter->show(fixture.state, &picture, &fixture.scene), 0);
	fixture.scene.stale = true;
	assert_int_equal(presenter->repaint(fixture.state, &fixture.scene), 0);
	for (int x = 0; x < WIDTH; x++) {
		assert_about(window_pixel(&fixture, x, 10), halved(pixels[10 * WIDTH + x]));
		assert_int_equal(window_pixel(&fixture, x, HEIGHT - 1), bar);
		assert_int_equal(window_pixel(&fixture, x, HEIGHT - STALE_BAR_PIXELS), bar);
	}
	assert_int_not_equal(window_pixel(&fixture, 0, HEIGHT - STALE_BAR_PIXELS - 1), bar);
	fixture.scene.stale = false;
	assert_int_equal(presenter->repaint(fixture.state, &fixture.scene), 0);
	assert_shows(&fixture, pixels);
	tear_down(&fixture);
}

static void test_a_stale_picture_is_marked(void **state)
{
	(void)state;
	for_each_with_a_window(marks_a_stale_picture);
}

static void fits_the_window(const struct presenter *presenter)
{
	uint32_t pixels[WIDTH * HEIGHT];
	struct picture picture = draw(pixels, 1, 255);
	struct fixture fixture;

	for (int i = 0; i < WIDTH * HEIGHT; i++)
		pixels[i] = 0x306090;
	set_up(&fixture, presenter);
	assert_int_equal(presenter->show(fixture.state, &picture, &fixture.scene), 0);
	SDL_SetWindowSize(fixture.host.window, 3 * WIDTH, 2 * HEIGHT);
	SDL_PumpEvents();
	compose(&fixture);
	assert_int_equal(presenter->repaint(fixture.state, &fixture.scene), 0);
	assert_int_equal(window_pixel(&fixture, WIDTH / 2 - 1, HEIGHT), 0);
	assert_int_equal(window_pixel(&fixture, WIDTH / 2, 0), 0x306090);
	assert_int_equal(window_pixel(&fixture, WIDTH / 2 + 2 * WIDTH - 1, 2 * HEIGHT - 1),
	                 0x306090);
	assert_int_equal(window_pixel(&fixture, WIDTH / 2 + 2 * WIDTH, HEIGHT), 0);
	tear_down(&fixture);
}

static void test_a_picture_is_fitted_to_the_window(void **state)
{
	(void)state;
	for_each_with_a_window(fits_the_window);
}

/* ---- Scenes -------------------------------------------------------------------------------- */

static void enlarges_pixels_to_squares(const struct presenter *presenter)
{
	uint32_t pixels[WIDTH * HEIGHT];
	struct picture picture = draw(pixels, 1, 255);
	struct fixture fixture;

	set_up(&fixture, presenter);
	fixture.scene.source = (struct area){ 7, 5, 16, 10 };
	fixture.scene.target = (struct area){ -3, 2, 64, 40 };
	assert_int_equal(presenter->show(fixture.state, &picture, &fixture.scene), 0);
	for (int y = 0; y < HEIGHT; y++) {
		for (int x = 0; x < WIDTH; x++) {
			int from = (5 + (y - 2) / 4) * WIDTH + 7 + (x + 3) / 4;
			uint32_t expected = y < 2 ? 0 : pixels[from] & 0xffffff;

			assert_int_equal(window_pixel(&fixture, x, y), expected);
		}
	}
	tear_down(&fixture);
}

static void test_pixels_are_enlarged_to_squares(void **state)
{
	(void)state;
	for_each_with_a_window(enlarges_pixels_to_squares);
}

static void blends_over_a_background(const struct presenter *presenter)
{
	uint32_t clear[WIDTH * HEIGHT];
	struct picture picture = draw(clear, 1, 0);
	struct fixture fixture;

	set_up(&fixture, presenter);
	fixture.scene.background = (struct background){ .colour = 0x204060 };
	assert_int_equal(presenter->show(fixture.state, &picture, &fixture.scene), 0);
	assert_int_equal(window_pixel(&fixture, 20, 20), 0x204060);
	fixture.scene.background = (struct background){ .checker = true };
	assert_int_equal(presenter->repaint(fixture.state, &fixture.scene), 0);
	for (int x = 0; x < WIDTH; x += 5)
		assert_int_equal(window_pixel(&fixture, x, 20),
		                 x / CHECKER_SQUARE % 2 ? CHECKER_LIGHT : CHECKER_DARK);
	tear_down(&fixture);
}

static void test_transparency_is_blended_over_a_background(void **state)
{
	(void)state;
	for_each_with_a_window(blends_over_a_background);
}

/* Each pixel of the frame is a square of 4 by 4 pixels of the window. */
static void blends_an_enlarged_picture(const struct presenter *presenter)
{
	uint32_t half[WIDTH * HEIGHT];
	struct picture picture = draw(half, 1, 128);
	struct fixture fixture;

	for (int y = 0; y < HEIGHT; y++) {
		for (int x = 0; x < WIDTH; x++)
			half[y * WIDTH + x] = x < 12 ? 0x80ff8040 : 0x000000ff;
	}
	set_up(&fixture, presenter);
	fixture.scene.source = (struct area){ 4, 5, 15, 10 };
	fixture.scene.target = (struct area){ 0, 0, 60, 40 };
	assert_int_equal(presenter->show(fixture.state, &picture, &fixture.scene), 0);
	assert_about(window_pixel(&fixture, 31, 20), 0x804020);
	assert_int_equal(window_pixel(&fixture, 32, 20), 0);
	assert_int_equal(presenter->release_slot(fixture.state), 0);
	fixture.scene.smooth = true;
	assert_int_equal(presenter->repaint(fixture.state, &fixture.scene), 0);
	assert_about(window_pixel(&fixture, 10, 20), 0x804020);
	assert_about(window_pixel(&fixture, 50, 20), 0);
	tear_down(&fixture);
}

static void test_transparency_is_blended_when_enlarged(void **state)
{
	(void)state;
	for_each_with_a_window(blends_an_enlarged_picture);
}

static void test_surface_counts_its_copies(void **state)
{
	uint32_t pixels[WIDTH * HEIGHT];
	struct fixture fixture;

	(void)state;
	set_up(&fixture, &presenter_surface);
	for (int smooth = 0; smooth < 2; smooth++) {
		for (int alpha = 100; alpha <= 255; alpha += 155) {
			struct picture picture = draw(pixels, 1, (uint8_t)alpha);

			fixture.scene.smooth = smooth;
			assert_int_equal(
				presenter_surface.show(fixture.state, &picture, &fixture.scene), 0);
			assert_int_equal(presenter_surface.copies(fixture.state),
			                 smooth && alpha < 255 ? 2 : 1);
		}
	}
	tear_down(&fixture);
}

static void draws_panels_over_the_picture(const struct presenter *presenter)
{
	uint32_t pixels[WIDTH * HEIGHT], first[6] = { 0 }, second[6] = { 0 };
	struct picture picture = draw(pixels, 1, 255);
	struct fixture fixture;

	for (int i = 0; i < 6; i++) {
		first[i] = 0xff000001 + (uint32_t)i;
		second[i] = 0xff123450 + (uint32_t)i;
	}
	set_up(&fixture, presenter);
	fixture.scene.panel_count = 2;
	fixture.scene.panels[0] = (struct panel){ { 10, 20, 3, 2 }, first, 1 };
	fixture.scene.panels[1] = (struct panel){ { -1, 38, 2, 3 }, second, 2 };
	assert_int_equal(presenter->show(fixture.state, &picture, &fixture.scene), 0);
	assert_int_equal(window_pixel(&fixture, 10, 20), 0x000001);
	assert_int_equal(window_pixel(&fixture, 12, 21), 0x000006);
	assert_int_equal(window_pixel(&fixture, 13, 21), pixels[21 * WIDTH + 13] & 0xffffff);
	assert_int_equal(window_pixel(&fixture, 0, 39), 0x123453);
	fixture.scene.panels[0] = (struct panel){ { 11, 20, 3, 2 }, second, 3 };
	assert_int_equal(presenter->repaint(fixture.state, &fixture.scene), 0);
	assert_int_equal(window_pixel(&fixture, 10, 20), pixels[20 * WIDTH + 10] & 0xffffff);
	assert_int_equal(window_pixel(&fixture, 11, 20), 0x123450);
	fixture.scene.panel_count = 0;
	assert_int_equal(presenter->repaint(fixture.state, &fixture.scene), 0);
	assert_shows(&fixture, pixels);
	tear_down(&fixture);
}

static void test_panels_are_drawn_over_the_picture(void **state)
{
	(void)state;
	for_each_with_a_window(draws_panels_over_the_picture);
}

static void reads_the_picture(const struct presenter *presenter)
{
	uint32_t pixels[WIDTH * HEIGHT], read[6];
	struct fixture fixture;

	set_up(&fixture, presenter);
	for (int released = 0; released < 2; released++) {
		for (int alpha = 100; alpha <= 255; alpha += 155) {
			struct picture picture = draw(pixels, 1, (uint8_t)alpha);

			assert_int_equal(presenter->show(fixture.state, &picture, &fixture.scene),
			                 0);
			if (released)
				assert_int_equal(presenter->release_slot(fixture.state), 0);
			assert_int_equal(
				presenter->read(fixture.state, (struct area){ 57, 38, 3, 2 }, read),
				0);
			for (int i = 0; i < 6; i++)
				assert_int_equal(read[i],
				                 pixels[(38 + i / 3) * WIDTH + 57 + i % 3] |
				                         picture_alpha_floor(&picture.info));
		}
	}
	tear_down(&fixture);
}

static void test_a_picture_is_read_as_it_is(void **state)
{
	(void)state;
	for_each_with_a_window(reads_the_picture);
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
		cmocka_unit_test(test_every_frame_is_released_once),
		cmocka_unit_test(test_the_last_frame_is_released_at_the_end),
		cmocka_unit_test(test_pixels_are_shown_as_they_are),
		cmocka_unit_test(test_transparency_is_blended_over_black),
		cmocka_unit_test(test_a_picture_outlives_its_slot),
		cmocka_unit_test(test_a_stale_picture_is_marked),
		cmocka_unit_test(test_a_picture_is_fitted_to_the_window),
		cmocka_unit_test(test_pixels_are_enlarged_to_squares),
		cmocka_unit_test(test_transparency_is_blended_over_a_background),
		cmocka_unit_test(test_transparency_is_blended_when_enlarged),
		cmocka_unit_test(test_surface_counts_its_copies),
		cmocka_unit_test(test_panels_are_drawn_over_the_picture),
		cmocka_unit_test(test_a_picture_is_read_as_it_is),
	};

	return cmocka_run_group_tests(tests, start_sdl, stop_sdl);
}
