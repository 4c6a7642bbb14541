/* SPDX-License-Identifier: MIT
 *
 * viewer/present/present_x11 with a separate server: the window shows exactly the frame, of any
 * shape, and no slot is lost when the server refuses a request, or does not answer. */
#include "x11_fixture.h"

/* ---- 1:1 ----------------------------------------------------------------------------------- */

static void every_pixel_is_shown(void **state)
{
	static const struct shape shapes[] = {
		{ 300, 200, 300, false }, { 1, 1, 1, false },      { 1, 1, 16, false },
		{ 299, 199, 301, false }, { 7, 200, 16, false },   { 333, 3, 512, false },
		{ 512, 512, 512, false }, { 101, 57, 101, false },
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		struct picture picture = draw(fixture, i + 1, &shapes[i], false);
		struct scene scene = plain_scene(fixture, &shapes[i], 0, 0);

		assert_int_equal(show(fixture, &picture, &scene), 0);
		assert_plain(fixture, i + 1, &shapes[i], 0, 0);
	}
	assert_reaches(fixture, &fixture->on_screen, 8);
	assert_reaches(fixture, &fixture->released, 7);
	destroy_presenter(fixture);
	assert_int_equal(fixture->released, 8);
	assert_true(fixture->in_order);
}

static void panned_picture_is_shown_exactly(void **state)
{
	const struct shape shape = { 500, 400, 512, false };
	struct fixture *fixture = *state;
	struct picture picture = draw(fixture, 1, &shape, false);
	struct scene scene = plain_scene(fixture, &shape, 0, 0);

	assert_int_equal(show(fixture, &picture, &scene), 0);
	for (int i = 1; i <= 200; i += 33) {
		scene = plain_scene(fixture, &shape, i, 2 * i - 1);
		assert_int_equal(presenter_x11.repaint(fixture->state, &scene), 0);
		assert_plain(fixture, 1, &shape, i, 2 * i - 1);
	}
}

static void picture_outside_the_window_is_not_drawn(void **state)
{
	const struct shape shape = { 100, 80, 112, false };
	struct fixture *fixture = *state;
	struct picture picture = draw(fixture, 1, &shape, false);
	struct scene scene = plain_scene(fixture, &shape, 0, 0);

	for (int i = 0; i < 4; i++) {
		scene.target.x = i == 0 ? -100 : i == 1 ? 300 : 0;
		scene.target.y = i == 2 ? -500 : i == 3 ? 5000 : 0;
		picture = draw(fixture, (uint64_t)i + 1, &shape, false);
		assert_int_equal(show(fixture, &picture, &scene), 0);
		uint32_t *seen = read_window(fixture);
		for (int k = 0; k < 300 * 200; k++)
			assert_int_equal(seen[k], BACKGROUND);
		free(seen);
	}
	assert_reaches(fixture, &fixture->on_screen, 4);
}

static void many_frames_are_released_in_order(void **state)
{
	const struct shape shape = { 300, 200, 304, false };
	struct fixture *fixture = *state;
	struct scene scene = plain_scene(fixture, &shape, 0, 0);

	for (uint64_t i = 1; i <= 300; i++) {
		while (!presenter_x11.ready(fixture->state))
			sleep_ms(1);
		struct picture picture = draw(fixture, i, &shape, false);
		assert_int_equal(show(fixture, &picture, &scene), 0);
	}
	assert_plain(fixture, 300, &shape, 0, 0);
	destroy_presenter(fixture);
	assert_int_equal(fixture->on_screen, 300);
	assert_int_equal(fixture->released, 300);
	assert_true(fixture->in_order);
}

static void picture_needs_no_slot_after_release_slot(void **state)
{
	const struct shape shape = { 300, 200, 300, false };
	struct fixture *fixture = *state;
	struct picture picture = draw(fixture, 1, &shape, false);
	struct scene scene = plain_scene(fixture, &shape, 0, 0);

	assert_int_equal(show(fixture, &picture, &scene), 0);
	assert_int_equal(presenter_x11.release_slot(fixture->state), 0);
	assert_int_equal(presenter_x11.release_slot(fixture->state), 0);
	assert_reaches(fixture, &fixture->released, 1);
	assert_false(presenter_x11.take_back(fixture->state, &picture));
	memset(slot_of(fixture, 1), 0, SLOT_BYTES);
	for (int i = 0; i < 3; i++) {
		scene = plain_scene(fixture, &shape, i, i);
		assert_int_equal(presenter_x11.repaint(fixture->state, &scene), 0);
		assert_plain(fixture, 1, &shape, i, i);
	}
	picture = draw(fixture, 2, &shape, false);
	scene = plain_scene(fixture, &shape, 0, 0);
	assert_int_equal(show(fixture, &picture, &scene), 0);
	assert_plain(fixture, 2, &shape, 0, 0);
	destroy_presenter(fixture);
	assert_int_equal(fixture->released, 2);
}

static void read_returns_the_frame(void **state)
{
	struct shape shape = { 33, 17, 48, true };
	struct fixture *fixture = *state;
	uint32_t pixels[33 * 17];

	for (uint64_t i = 1; i <= 4; i++) {
		shape.alpha = i % 2 != 0;
		struct picture picture = draw(fixture, i, &shape, false);
		struct scene scene = plain_scene(fixture, &shape, 0, 0);

		assert_int_equal(show(fixture, &picture, &scene), 0);
		if (i > 2)
			assert_int_equal(presenter_x11.release_slot(fixture->state), 0);
		assert_int_equal(
			presenter_x11.read(fixture->state, (struct area){ 1, 2, 32, 15 }, pixels),
			0);
		for (int y = 0; y < 15; y++) {
			for (int x = 0; x < 32; x++)
				assert_int_equal(pixels[y * 32 + x],
				                 pixel_of(i, x + 1, y + 2, shape.alpha));
		}
	}
}

/* ---- Failures ------------------------------------------------------------------------------ */

static void sides_beyond_those_of_x_are_refused(void **state)
{
	static const struct shape wide = { 32767, 1, 32767, false };
	static const struct shape long_rows = { 10, 1, 65536, false };
	static const struct shape widest = { 32766, 2, 65535, false };
	struct fixture *fixture = *state;
	struct picture picture = describe(fixture, 1, &wide);
	struct scene scene = plain_scene(fixture, &wide, 0, 0);

	assert_int_equal(show(fixture, &picture, &scene), -EOVERFLOW);
	picture = describe(fixture, 1, &long_rows);
	assert_int_equal(show(fixture, &picture, &scene), -EOVERFLOW);
	picture = draw(fixture, 1, &widest, false);
	scene = plain_scene(fixture, &widest, 0, 0);
	assert_int_equal(show(fixture, &picture, &scene), 0);
	assert_plain(fixture, 1, &widest, 0, 0);
	scene = plain_scene(fixture, &widest, 32700, 0);
	assert_int_equal(presenter_x11.release_slot(fixture->state), 0);
	assert_int_equal(presenter_x11.repaint(fixture->state, &scene), 0);
	assert_plain(fixture, 1, &widest, 32700, 0);
}

static void frames_are_held_while_the_server_is_slow(void **state)
{
	static const struct shape shape = { 300, 200, 300, false };
	struct fixture *fixture = *state;
	struct picture picture = draw(fixture, 1, &shape, false);
	struct scene scene = plain_scene(fixture, &shape, 0, 0);

	assert_int_equal(show(fixture, &picture, &scene), 0);
	assert_reaches(fixture, &fixture->on_screen, 1);
	kill(server.pid, SIGSTOP);
	for (uint64_t i = 2; i <= 3; i++) {
		picture = draw(fixture, i, &shape, false);
		assert_int_equal(show(fixture, &picture, &scene), 0);
	}
	assert_false(presenter_x11.ready(fixture->state));
	sleep_ms(50);
	assert_int_equal(count(fixture, &fixture->on_screen), 1);
	assert_int_equal(count(fixture, &fixture->released), 1);
	kill(server.pid, SIGCONT);
	assert_reaches(fixture, &fixture->on_screen, 3);
	assert_reaches(fixture, &fixture->released, 2);
	assert_true(presenter_x11.ready(fixture->state));
}

/* ---- Failures that end SDL: each in a separate process ------------------------------------- */

/* The server refuses it, but not before show() has returned. */
static struct picture show_unseen_by_the_server(struct fixture *fixture, const struct shape *shape,
                                                const struct scene *scene)
{
	struct picture picture = draw(fixture, 2, shape, false);

	kill(server.pid, SIGSTOP);
	assert_int_equal(show(fixture, &picture, scene), 0);
	kill(server.pid, SIGCONT);
	return picture;
}

static void no_slot_is_lost_with_the_window(void **state)
{
	static const struct shape shape = { 300, 200, 300, false };
	struct fixture *fixture = *state;
	struct picture picture = draw(fixture, 1, &shape, false);
	struct scene scene = plain_scene(fixture, &shape, 0, 0);

	assert_int_equal(show(fixture, &picture, &scene), 0);
	assert_reaches(fixture, &fixture->on_screen, 1);
	xcb_destroy_window(server.observer, fixture->window);
	free(read_drawable(&server, fixture->window, 1, 1));
	show_unseen_by_the_server(fixture, &shape, &scene);
	assert_reaches(fixture, &fixture->on_screen, 2);
	picture = draw(fixture, 3, &shape, false);
	assert_int_equal(show(fixture, &picture, &scene), -EIO);
	assert_non_null(strstr(fixture->host.reason, "refused"));
	destroy_presenter(fixture);
	assert_int_equal(fixture->released, 2);
}

/* Every function fails from then on, and the next presenter can have the frame. */
static void refused_request_wakes_and_fails(void **state)
{
	static const struct shape shape = { 300, 200, 300, false };
	struct fixture *fixture = *state;
	struct picture picture = draw(fixture, 1, &shape, false), returned;
	struct scene scene = plain_scene(fixture, &shape, 0, 0);
	uint32_t pixel;

	assert_int_equal(show(fixture, &picture, &scene), 0);
	assert_reaches(fixture, &fixture->on_screen, 1);
	assert_int_equal(presenter_x11.check(fixture->state), 0);
	assert_int_equal(fixture->woken, 0);
	xcb_destroy_window(server.observer, fixture->window);
	free(read_drawable(&server, fixture->window, 1, 1));
	picture = show_unseen_by_the_server(fixture, &shape, &scene);
	assert_reaches(fixture, &fixture->woken, 1);
	assert_int_equal(presenter_x11.check(fixture->state), -EIO);
	assert_non_null(strstr(fixture->host.reason, "refused"));
	assert_int_equal(presenter_x11.release_slot(fixture->state), -EIO);
	assert_int_equal(presenter_x11.repaint(fixture->state, &scene), -EIO);
	assert_int_equal(presenter_x11.read(fixture->state, (struct area){ 0, 0, 1, 1 }, &pixel),
	                 -EIO);
	assert_true(presenter_x11.take_back(fixture->state, &returned));
	assert_int_equal(returned.info.sequence, 2);
	assert_ptr_equal(returned.pixels, picture.pixels);
	assert_ptr_equal(returned.frame, picture.frame);
	assert_false(presenter_x11.take_back(fixture->state, &returned));
	destroy_presenter(fixture);
	assert_int_equal(fixture->released, 1);
}

static void no_slot_is_lost_with_the_server(void **state)
{
	static const struct shape shape = { 300, 200, 300, false };
	struct fixture *fixture = *state;
	struct picture picture = draw(fixture, 1, &shape, false);
	struct scene scene = plain_scene(fixture, &shape, 0, 0);

	assert_int_equal(show(fixture, &picture, &scene), 0);
	assert_reaches(fixture, &fixture->on_screen, 1);
	kill(server.pid, SIGSTOP);
	for (uint64_t i = 2; i <= 3; i++) {
		picture = draw(fixture, i, &shape, false);
		assert_int_equal(show(fixture, &picture, &scene), 0);
	}
	assert_int_equal(count(fixture, &fixture->released), 1);
	kill(server.pid, SIGKILL);
	assert_reaches(fixture, &fixture->released, 2);
	picture = draw(fixture, 4, &shape, false);
	assert_int_equal(show(fixture, &picture, &scene), -EIO);
	assert_non_null(strstr(fixture->host.reason, "lost the connection"));
	destroy_presenter(fixture);
	assert_int_equal(fixture->released, 3);
}

/* ---- All tests ----------------------------------------------------------------------------- */

/* Does not close SDL's window, because the window or its server no longer exists. */
static int run_separately(void *test)
{
	const struct CMUnitTest tests[] = { *(const struct CMUnitTest *)test };
	int failed = !open_display() || cmocka_run_group_tests(tests, NULL, NULL) != 0;

	stop_x_server(&server);
	return failed;
}

int main(void)
{
	struct CMUnitTest separate[] = {
		cmocka_unit_test_setup(no_slot_is_lost_with_the_window, set_up),
		cmocka_unit_test_setup(refused_request_wakes_and_fails, set_up),
		cmocka_unit_test_setup(no_slot_is_lost_with_the_server, set_up),
	};
	const struct CMUnitTest tests[] = {
		CHECK(every_pixel_is_shown),
		CHECK(panned_picture_is_shown_exactly),
		CHECK(picture_outside_the_window_is_not_drawn),
		CHECK(many_frames_are_released_in_order),
		CHECK(picture_needs_no_slot_after_release_slot),
		CHECK(read_returns_the_frame),
		CHECK(sides_beyond_those_of_x_are_refused),
		CHECK(frames_are_held_while_the_server_is_slow),
	};
	int failed = 0;

	if (!start_x_server(&server)) {
		printf("Xvfb is not installed, or does not start\n");
		return 77;
	}
	stop_x_server(&server);
	for (size_t i = 0; i < sizeof(separate) / sizeof(separate[0]); i++) {
		int status;

		waitpid(start(run_separately, &separate[i]), &status, 0);
		failed += status != 0;
	}
	assert_true(open_display());
	failed += cmocka_run_group_tests(tests, NULL, NULL);
	SDL_Quit();
	stop_x_server(&server);
	return failed;
}
