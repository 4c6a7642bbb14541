/* SPDX-License-Identifier: MIT
 *
 * Every pixel format on a real X server: what each presenter shows of a picture that was converted,
 * pixel for pixel, while buffers go from frame to frame; and that it keeps what it has released. */
#include "x_server.h"

#include <SDL.h>
#include <SDL_syswm.h>
#include <stdatomic.h>

#include "conversion.h"
#include "made_frame.h"
#include "pixel_image.h"
#include "present/present.h"

#define WIDTH 33
#define HEIGHT 17
#define BACKGROUND 0x203040

static struct x_server server;
static const struct appearance appearances[] = {
	{ .mode = APPEARANCE_FULL },
	{ .mode = APPEARANCE_AUTO, .map = COLOUR_MAP_TURBO },
	{ .mode = APPEARANCE_GIVEN, .given = { 100, 60000 }, .map = COLOUR_MAP_VIRIDIS },
};

struct fixture {
	const struct presenter *presenter;
	struct presenter_host host;
	void *state;
	xcb_window_t window;
	struct conversion conversion;
	struct pixel_image images[2]; /* what is shown, and the one before */
	struct shmflip_frame frames[2];
	atomic_int released;
};

static void release_frame(void *context, const struct shmflip_frame *frame)
{
	struct fixture *fixture = context;

	conversion_release(&fixture->conversion, frame);
	atomic_fetch_add(&fixture->released, 1);
}

static void on_screen(void *context, int64_t published_ns, int64_t now_ns)
{
	(void)context;
	(void)published_ns;
	(void)now_ns;
}

static void wake(void *context)
{
	(void)context;
}

static xcb_window_t id_of(SDL_Window *window)
{
	SDL_SysWMinfo info;

	SDL_VERSION(&info.version);
	assert_true(SDL_GetWindowWMInfo(window, &info));
	return (xcb_window_t)info.info.x11.window;
}

static void set_up(struct fixture *fixture, const struct presenter *presenter)
{
	*fixture = (struct fixture){ .presenter = presenter };
	fixture->host = (struct presenter_host){
		.release_frame = release_frame,
		.on_screen = on_screen,
		.wake = wake,
		.context = fixture,
	};
	fixture->host.window = SDL_CreateWindow("test", 0, 0, WIDTH, HEIGHT, SDL_WINDOW_BORDERLESS);
	assert_non_null(fixture->host.window);
	conversion_init(&fixture->conversion, &appearances[0]);
	if (presenter->create(&fixture->host, &fixture->state) < 0)
		fail_msg("%s: %s", presenter->name, fixture->host.reason);
	/* SDL makes another window for OpenGL. */
	fixture->window = id_of(fixture->host.window);
}

static void tear_down(struct fixture *fixture)
{
	fixture->presenter->destroy(fixture->state);
	SDL_DestroyWindow(fixture->host.window);
	conversion_finish(&fixture->conversion);
}

static struct scene scene_of(void)
{
	const struct area all = { 0, 0, WIDTH, HEIGHT };

	return (struct scene){ .window = { WIDTH, HEIGHT },
		               .source = all,
		               .target = all,
		               .background = { .colour = BACKGROUND } };
}

/* ---- What is seen --------------------------------------------------------------------------- */

static void expect(const struct pixel_source *source, const struct appearance *appearance,
                   uint32_t pixels[HEIGHT][WIDTH])
{
	struct pixel_converter converter;
	struct appearance fresh = *appearance;
	struct pixel_appearance made = appearance_of_other(&fresh, source);

	pixel_converter_init(&converter, source, &made);
	pixel_convert(&converter, 0, 0, WIDTH, HEIGHT, (uint8_t *)pixels, sizeof(pixels[0]));
}

static void assert_reads(struct fixture *fixture, uint32_t expected[HEIGHT][WIDTH])
{
	uint32_t seen[HEIGHT][WIDTH];

	assert_int_equal(fixture->presenter->read(fixture->state,
	                                          (struct area){ 0, 0, WIDTH, HEIGHT }, seen[0]),
	                 0);
	assert_memory_equal(seen, expected, sizeof(seen));
}

/* Blended pixels may differ by 4 from what this computes: SDL rounds down, and more than once. */
static void assert_pixel(uint32_t seen, uint32_t expected)
{
	uint32_t alpha = expected >> 24;

	for (int shift = 0; shift < 24; shift += 8) {
		uint32_t over = expected >> shift & 255, under = BACKGROUND >> shift & 255;
		int wanted = (int)((over * alpha + under * (255 - alpha) + 127) / 255);

		assert_in_range((int)(seen >> shift & 255) - wanted + 4, alpha == 255 ? 4 : 0,
		                alpha == 255 ? 4 : 8);
	}
}

static void assert_window(struct fixture *fixture, uint32_t expected[HEIGHT][WIDTH])
{
	uint32_t *seen = read_drawable(&server, fixture->window, WIDTH, HEIGHT);

	for (int y = 0; y < HEIGHT; y++) {
		for (int x = 0; x < WIDTH; x++)
			assert_pixel(seen[y * WIDTH + x], expected[y][x]);
	}
	free(seen);
}

/* ---- The tests ------------------------------------------------------------------------------ */

static void show(struct fixture *fixture, int number, uint32_t fourcc,
                 const struct appearance *appearance)
{
	struct shmflip_frame *frame = &fixture->frames[number];
	struct pixel_image *image = &fixture->images[number];
	const struct scene scene = scene_of();
	struct picture picture;

	image_init(image, fourcc, WIDTH, HEIGHT, 16);
	*frame = image->frame;
	frame->source = "";
	fixture->conversion.appearance = *appearance;
	assert_int_equal(picture_of_frame(&picture, frame, true), 0);
	assert_int_equal(conversion_apply(&fixture->conversion, &picture), 0);
	if (fixture->presenter->show(fixture->state, &picture, &scene) < 0)
		fail_msg("%s: %s", fixture->presenter->name, fixture->host.reason);
}

static void assert_shown(struct fixture *fixture, int number, const struct appearance *appearance)
{
	uint32_t expected[HEIGHT][WIDTH];
	struct pixel_source source;

	image_source(&fixture->images[number], &source);
	expect(&source, appearance, expected);
	assert_reads(fixture, expected);
	assert_window(fixture, expected);
}

/* The x11 presenter's thread releases a frame once the server has read it. */
static void wait_for_released(struct fixture *fixture, int count)
{
	for (int tries = 0; atomic_load(&fixture->released) < count; tries++) {
		assert_in_range(tries, 0, 30000);
		SDL_Delay(1);
	}
}

/* Each format follows another one, whose buffer is free only once the server has read it. */
static void shows_every_format(const struct presenter *presenter,
                               const struct appearance *appearance)
{
	const struct pixel_format *format;
	struct fixture fixture;
	int shown = 0;

	set_up(&fixture, presenter);
	for (unsigned i = 0; (format = pixel_format_get(i)); i++) {
		/* These need frames of a producer: see the tests of the session. */
		if (format->order == ORDER_BGRA)
			continue;
		/* The frame before the last, whose memory this one gets. */
		wait_for_released(&fixture, shown - 1);
		show(&fixture, shown & 1, format->fourcc, appearance);
		assert_shown(&fixture, shown & 1, appearance);
		if (shown++ > 0)
			image_finish(&fixture.images[shown & 1]);
	}
	assert_int_equal(shown, 21);
	/* The picture stays when its frame and its buffer are released. */
	assert_int_equal(presenter->release_slot(fixture.state), 0);
	assert_int_equal(atomic_load(&fixture.released), shown);
	const struct scene scene = scene_of();
	assert_int_equal(presenter->repaint(fixture.state, &scene), 0);
	assert_shown(&fixture, (shown - 1) & 1, appearance);
	image_finish(&fixture.images[(shown - 1) & 1]);
	tear_down(&fixture);
}

static void show_on(const struct presenter *presenter)
{
	for (size_t i = 0; i < sizeof(appearances) / sizeof(appearances[0]); i++)
		shows_every_format(presenter, &appearances[i]);
}

static void test_x11(void **state)
{
	(void)state;
	show_on(&presenter_x11);
}

static void test_surface(void **state)
{
	(void)state;
	show_on(&presenter_surface);
}

static void test_texture(void **state)
{
	(void)state;
	show_on(&presenter_texture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_x11),
		cmocka_unit_test(test_surface),
		cmocka_unit_test(test_texture),
	};

	/* Graphics drivers have threads and leaks of their own. */
	setenv("SDL_RENDER_DRIVER", "software", 1);
	if (!start_x_server(&server) || SDL_Init(SDL_INIT_VIDEO) != 0) {
		printf("Xvfb is not installed, or does not start\n");
		return 77;
	}
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	/* SDL_Quit() unloads libraries, whose leaks leaks.supp could no longer name. */
	stop_x_server(&server);
	return failed;
}
