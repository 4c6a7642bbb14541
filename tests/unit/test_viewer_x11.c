/* SPDX-License-Identifier: MIT
 *
 * viewer/present_x11 with a server of its own: what is on the screen is the frame, whatever its shape,
 * and no slot is lost when the server says no, or nothing. */
#include "x11_fixture.h"

/* ---- 1:1 -------------------------------------------------------------------------------------- */

static void every_byte_is_shown(void **state)
{
	static const struct shape shapes[] = {
		{ 300, 200, 300, false }, { 1, 1, 1, false },      { 1, 1, 16, false },
		{ 299, 199, 301, false }, { 7, 200, 16, false },   { 333, 3, 512, false },
		{ 512, 512, 512, false }, { 101, 57, 101, false },
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		struct shmflip_frame frame = draw(fixture, i + 1, &shapes[i], false);
		struct scene scene = plain(fixture, &shapes[i], 0, 0);

		assert_int_equal(show(fixture, &frame, &scene), 0);
		assert_plain(fixture, i + 1, &shapes[i], 0, 0);
	}
	assert_comes_to(fixture, &fixture->on_screen, 8);
	assert_comes_to(fixture, &fixture->given_back, 7);
	end(fixture);
	assert_int_equal(fixture->given_back, 8);
	assert_true(fixture->in_order);
}

static void panned_picture_starts_elsewhere(void **state)
{
	const struct shape shape = { 500, 400, 512, false };
	struct fixture *fixture = *state;
	struct shmflip_frame frame = draw(fixture, 1, &shape, false);
	struct scene scene = plain(fixture, &shape, 0, 0);

	assert_int_equal(show(fixture, &frame, &scene), 0);
	for (int i = 1; i <= 200; i += 33) {
		scene = plain(fixture, &shape, i, 2 * i - 1);
		assert_int_equal(presenter_x11.repaint(fixture->state, &scene), 0);
		assert_plain(fixture, 1, &shape, i, 2 * i - 1);
	}
}

static void picture_beside_the_window_is_nowhere(void **state)
{
	const struct shape shape = { 100, 80, 112, false };
	struct fixture *fixture = *state;
	struct shmflip_frame frame = draw(fixture, 1, &shape, false);
	struct scene scene = plain(fixture, &shape, 0, 0);

	for (int i = 0; i < 4; i++) {
		scene.target.x = i == 0 ? -100 : i == 1 ? 300 : 0;
		scene.target.y = i == 2 ? -500 : i == 3 ? 5000 : 0;
		frame.info.sequence = (uint64_t)i + 1;
		assert_int_equal(show(fixture, &frame, &scene), 0);
		uint32_t *seen = look(fixture);
		for (int k = 0; k < 300 * 200; k++)
			assert_int_equal(seen[k], 0x203040);
		free(seen);
	}
	assert_comes_to(fixture, &fixture->on_screen, 4);
}

static void many_frames_come_back_in_order(void **state)
{
	const struct shape shape = { 300, 200, 304, false };
	struct fixture *fixture = *state;
	struct scene scene = plain(fixture, &shape, 0, 0);

	for (uint64_t i = 1; i <= 300; i++) {
		while (!presenter_x11.ready(fixture->state))
			nap_ms(1);
		struct shmflip_frame frame = draw(fixture, i, &shape, false);
		assert_int_equal(show(fixture, &frame, &scene), 0);
	}
	assert_plain(fixture, 300, &shape, 0, 0);
	end(fixture);
	assert_int_equal(fixture->on_screen, 300);
	assert_int_equal(fixture->given_back, 300);
	assert_true(fixture->in_order);
}

static void kept_picture_needs_no_slot(void **state)
{
	const struct shape shape = { 300, 200, 300, false };
	struct fixture *fixture = *state;
	struct shmflip_frame frame = draw(fixture, 1, &shape, false);
	struct scene scene = plain(fixture, &shape, 0, 0);

	assert_int_equal(show(fixture, &frame, &scene), 0);
	assert_int_equal(presenter_x11.release_slot(fixture->state), 0);
	assert_int_equal(presenter_x11.release_slot(fixture->state), 0);
	assert_comes_to(fixture, &fixture->given_back, 1);
	assert_false(presenter_x11.take_back(fixture->state, &frame));
	memset(slot_of(fixture, 1), 0, SLOT_BYTES);
	for (int i = 0; i < 3; i++) {
		scene = plain(fixture, &shape, i, i);
		assert_int_equal(presenter_x11.repaint(fixture->state, &scene), 0);
		assert_plain(fixture, 1, &shape, i, i);
	}
	/* And on with the next. */
	frame = draw(fixture, 2, &shape, false);
	scene = plain(fixture, &shape, 0, 0);
	assert_int_equal(show(fixture, &frame, &scene), 0);
	assert_plain(fixture, 2, &shape, 0, 0);
	end(fixture);
	assert_int_equal(fixture->given_back, 2);
}

static void read_gives_the_frame(void **state)
{
	struct shape shape = { 33, 17, 48, true };
	struct fixture *fixture = *state;
	uint32_t pixels[33 * 17];

	for (uint64_t i = 1; i <= 4; i++) {
		shape.alpha = i % 2 != 0;
		struct shmflip_frame frame = draw(fixture, i, &shape, false);
		struct scene scene = plain(fixture, &shape, 0, 0);

		assert_int_equal(show(fixture, &frame, &scene), 0);
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

/* ---- What goes wrong ------------------------------------------------------------------------------ */

static void segment_that_is_not_there_is_refused(void **state)
{
	static const struct shape shape = { 30, 20, 32, false };
	struct fixture *fixture = *state;
	struct shmflip_frame frame = draw(fixture, 1, &shape, false);
	struct scene scene = plain(fixture, &shape, 0, 0);

	frame.segment_id = 0x7ffffff0;
	assert_int_equal(show(fixture, &frame, &scene), -EACCES);
	assert_non_null(strstr(fixture->host.reason, "may not attach"));
	/* The frame is the caller's; a good one can follow. */
	assert_int_equal(fixture->given_back, 0);
	frame.segment_id = fixture->frames.id;
	assert_int_equal(show(fixture, &frame, &scene), 0);
	end(fixture);
	assert_int_equal(fixture->given_back, 1);
}

static void other_memory_under_the_same_id_is_refused(void **state)
{
	static const struct shape shape = { 30, 20, 32, false };
	struct fixture *fixture = *state;
	struct shmflip_frame frame = draw(fixture, 1, &shape, false);
	struct scene scene = plain(fixture, &shape, 0, 0);
	struct frames other;

	make_frames(&other, HEADER_BYTES + SLOT_BYTES);
	frame.segment_id = other.id;
	assert_int_equal(show(fixture, &frame, &scene), -EXDEV);
	assert_non_null(strstr(fixture->host.reason, "IPC namespace"));
	shmdt(other.base);
	make_frames(&other, 16);
	frame.segment_id = other.id;
	assert_int_equal(show(fixture, &frame, &scene), -EXDEV);
	shmdt(other.base);
	assert_int_equal(fixture->given_back, 0);
}

static void generations_follow_each_other(void **state)
{
	static const struct shape shape = { 300, 200, 300, false };
	struct fixture *fixture = *state;
	struct scene scene = plain(fixture, &shape, 0, 0);
	struct frames old = fixture->frames;
	struct shmid_ds status;

	for (uint64_t i = 1; i <= 6; i++) {
		struct shmflip_frame frame = draw(fixture, i, &shape, false);

		assert_int_equal(show(fixture, &frame, &scene), 0);
		assert_plain(fixture, i, &shape, 0, 0);
		if (i % 2 == 0) {
			old = fixture->frames;
			make_frames(&fixture->frames, old.bytes);
			shmdt(old.base);
		}
	}
	/* The server has let the old ones go, but for the last. */
	assert_int_equal(presenter_x11.release_slot(fixture->state), 0);
	assert_comes_to(fixture, &fixture->given_back, 6);
	for (int i = 0; i < 5000 && shmctl(old.id, IPC_STAT, &status) == 0; i++)
		nap_ms(1);
	assert_int_equal(shmctl(old.id, IPC_STAT, &status), -1);
}

/* Beyond 4 GiB the server would read from elsewhere, without a word. */
static void offsets_end_at_4_gib(void **state)
{
	static const struct shape shape = { 300, 200, 300, false };
	const uint64_t limit = UINT64_C(1) << 32;
	struct fixture *fixture = *state;
	struct scene scene = plain(fixture, &shape, 0, 0);
	struct shmflip_frame frame;

	shmdt(fixture->frames.base);
	make_frames(&fixture->frames, limit + SLOT_BYTES); /* a few pages of it are touched */
	for (uint64_t i = 1; i <= 2; i++) {
		uint64_t offset = limit - 4096 * (2 - i);

		frame = draw(fixture, i, &shape, false);
		memcpy(fixture->frames.base + offset, frame.pixels, 300 * 200 * 4);
		frame.pixels = fixture->frames.base + offset;
		frame.segment_offset = offset;
		if (i == 1) {
			assert_int_equal(show(fixture, &frame, &scene), 0);
			assert_plain(fixture, 1, &shape, 0, 0);
		} else {
			assert_int_equal(show(fixture, &frame, &scene), -EOVERFLOW);
		}
	}
}

static void sides_end_where_x_does(void **state)
{
	static const struct shape wide = { 32767, 1, 32767, false };
	static const struct shape long_rows = { 10, 1, 65536, false };
	static const struct shape widest = { 32766, 2, 65535, false };
	struct fixture *fixture = *state;
	struct shmflip_frame frame = describe(fixture, 1, &wide);
	struct scene scene = plain(fixture, &wide, 0, 0);

	assert_int_equal(show(fixture, &frame, &scene), -EOVERFLOW);
	frame = describe(fixture, 1, &long_rows);
	assert_int_equal(show(fixture, &frame, &scene), -EOVERFLOW);
	frame = draw(fixture, 1, &widest, false);
	scene = plain(fixture, &widest, 0, 0);
	assert_int_equal(show(fixture, &frame, &scene), 0);
	assert_plain(fixture, 1, &widest, 0, 0);
	scene = plain(fixture, &widest, 32700, 0);
	assert_int_equal(presenter_x11.release_slot(fixture->state), 0);
	assert_int_equal(presenter_x11.repaint(fixture->state, &scene), 0);
	assert_plain(fixture, 1, &widest, 32700, 0);
}

static void slow_server_keeps_its_slots(void **state)
{
	static const struct shape shape = { 300, 200, 300, false };
	struct fixture *fixture = *state;
	struct shmflip_frame frame = draw(fixture, 1, &shape, false);
	struct scene scene = plain(fixture, &shape, 0, 0);

	assert_int_equal(show(fixture, &frame, &scene), 0);
	assert_comes_to(fixture, &fixture->on_screen, 1);
	kill(server.pid, SIGSTOP);
	for (uint64_t i = 2; i <= 3; i++) {
		frame = draw(fixture, i, &shape, false);
		assert_int_equal(show(fixture, &frame, &scene), 0);
	}
	assert_false(presenter_x11.ready(fixture->state));
	nap_ms(50);
	assert_int_equal(count(fixture, &fixture->on_screen), 1);
	assert_int_equal(count(fixture, &fixture->given_back), 1);
	kill(server.pid, SIGCONT);
	assert_comes_to(fixture, &fixture->on_screen, 3);
	assert_comes_to(fixture, &fixture->given_back, 2);
	assert_true(presenter_x11.ready(fixture->state));
}

/* ---- What SDL does not survive, in processes of their own ---- */

static void window_that_is_gone_loses_no_slot(void **state)
{
	static const struct shape shape = { 300, 200, 300, false };
	struct fixture *fixture = *state;
	struct shmflip_frame frame = draw(fixture, 1, &shape, false);
	struct scene scene = plain(fixture, &shape, 0, 0);

	assert_int_equal(show(fixture, &frame, &scene), 0);
	assert_comes_to(fixture, &fixture->on_screen, 1);
	xcb_destroy_window(server.eye, fixture->window);
	free(look_at(&server, fixture->window, 1, 1));
	frame = draw(fixture, 2, &shape, false);
	assert_int_equal(show(fixture, &frame, &scene), 0);
	assert_comes_to(fixture, &fixture->on_screen, 2);
	frame = draw(fixture, 3, &shape, false);
	assert_int_equal(show(fixture, &frame, &scene), -EIO);
	assert_non_null(strstr(fixture->host.reason, "refused"));
	end(fixture);
	assert_int_equal(fixture->given_back, 2);
}

/* Whatever is asked of it after that; and the next presenter can have the frame. */
static void refusal_is_told_once_heard(void **state)
{
	static const struct shape shape = { 300, 200, 300, false };
	struct fixture *fixture = *state;
	struct shmflip_frame frame = draw(fixture, 1, &shape, false), left;
	struct scene scene = plain(fixture, &shape, 0, 0);
	uint32_t pixel;

	assert_int_equal(show(fixture, &frame, &scene), 0);
	assert_comes_to(fixture, &fixture->on_screen, 1);
	assert_int_equal(presenter_x11.check(fixture->state), 0);
	assert_int_equal(fixture->woken, 0);
	xcb_destroy_window(server.eye, fixture->window);
	free(look_at(&server, fixture->window, 1, 1));
	frame = draw(fixture, 2, &shape, false);
	assert_int_equal(show(fixture, &frame, &scene), 0);
	assert_comes_to(fixture, &fixture->woken, 1);
	assert_int_equal(presenter_x11.check(fixture->state), -EIO);
	assert_non_null(strstr(fixture->host.reason, "refused"));
	assert_int_equal(presenter_x11.release_slot(fixture->state), -EIO);
	assert_int_equal(presenter_x11.repaint(fixture->state, &scene), -EIO);
	assert_int_equal(presenter_x11.read(fixture->state, (struct area){ 0, 0, 1, 1 }, &pixel),
	                 -EIO);
	assert_true(presenter_x11.take_back(fixture->state, &left));
	assert_int_equal(left.info.sequence, 2);
	assert_ptr_equal(left.pixels, frame.pixels);
	assert_false(presenter_x11.take_back(fixture->state, &left));
	end(fixture);
	assert_int_equal(fixture->given_back, 1);
}

static void server_that_dies_loses_no_slot(void **state)
{
	static const struct shape shape = { 300, 200, 300, false };
	struct fixture *fixture = *state;
	struct shmflip_frame frame = draw(fixture, 1, &shape, false);
	struct scene scene = plain(fixture, &shape, 0, 0);

	assert_int_equal(show(fixture, &frame, &scene), 0);
	assert_comes_to(fixture, &fixture->on_screen, 1);
	kill(server.pid, SIGSTOP);
	for (uint64_t i = 2; i <= 3; i++) {
		frame = draw(fixture, i, &shape, false);
		assert_int_equal(show(fixture, &frame, &scene), 0);
	}
	assert_int_equal(count(fixture, &fixture->given_back), 1);
	kill(server.pid, SIGKILL);
	assert_comes_to(fixture, &fixture->given_back, 2);
	frame = draw(fixture, 4, &shape, false);
	assert_int_equal(show(fixture, &frame, &scene), -EIO);
	assert_non_null(strstr(fixture->host.reason, "lost the connection"));
	end(fixture);
	assert_int_equal(fixture->given_back, 3);
}

/* ---- All of it ---- */

/* SDL's window is left as it is: there is nothing to close. */
static int run_apart(void *test)
{
	const struct CMUnitTest tests[] = { *(const struct CMUnitTest *)test };
	int failed = !open_display() || cmocka_run_group_tests(tests, NULL, NULL) != 0;

	stop_x_server(&server);
	return failed;
}

int main(void)
{
	struct CMUnitTest apart[] = {
		cmocka_unit_test_setup(window_that_is_gone_loses_no_slot, set_up),
		cmocka_unit_test_setup(refusal_is_told_once_heard, set_up),
		cmocka_unit_test_setup(server_that_dies_loses_no_slot, set_up),
	};
	const struct CMUnitTest tests[] = {
		CHECK(every_byte_is_shown),
		CHECK(panned_picture_starts_elsewhere),
		CHECK(picture_beside_the_window_is_nowhere),
		CHECK(many_frames_come_back_in_order),
		CHECK(kept_picture_needs_no_slot),
		CHECK(read_gives_the_frame),
		CHECK(segment_that_is_not_there_is_refused),
		CHECK(other_memory_under_the_same_id_is_refused),
		CHECK(generations_follow_each_other),
		CHECK(offsets_end_at_4_gib),
		CHECK(sides_end_where_x_does),
		CHECK(slow_server_keeps_its_slots),
	};
	int failed = 0;

	if (!start_x_server(&server)) {
		printf("Xvfb is not installed, or does not start\n");
		return 77;
	}
	stop_x_server(&server);
	for (size_t i = 0; i < sizeof(apart) / sizeof(apart[0]); i++) {
		int status;

		waitpid(start(run_apart, &apart[i]), &status, 0);
		failed += status != 0;
	}
	assert_true(open_display());
	failed += cmocka_run_group_tests(tests, NULL, NULL);
	SDL_Quit();
	stop_x_server(&server);
	return failed;
}
