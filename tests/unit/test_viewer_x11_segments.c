/* SPDX-License-Identifier: MIT
 *
 * viewer/present/x11_segment, by present_x11 with a separate server: which segments the server
 * attaches, and how long; and which pictures lie out of its reach (x11_limits). */
#include "x11_fixture.h"

#include "present/x11_segment.h"

/* ---- Attaching ----------------------------------------------------------------------------- */

static void missing_segment_is_refused(void **state)
{
	static const struct shape shape = { 30, 20, 32, false };
	struct fixture *fixture = *state;
	struct picture picture = draw(fixture, 1, &shape, false);
	struct scene scene = plain_scene(fixture, &shape, 0, 0);
	struct shmflip_segment segment = *picture.segment;

	segment.id = 0x7ffffff0;
	picture.segment = &segment;
	assert_int_equal(show(fixture, &picture, &scene), -EACCES);
	assert_non_null(strstr(fixture->host.reason, "may not attach"));
	/* The frame is still the caller's, and the presenter still works. */
	assert_int_equal(fixture->released, 0);
	segment.id = fixture->frames.id;
	assert_int_equal(show(fixture, &picture, &scene), 0);
	destroy_presenter(fixture);
	assert_int_equal(fixture->released, 1);
}

static void other_memory_under_the_same_id_is_refused(void **state)
{
	static const struct shape shape = { 30, 20, 32, false };
	struct fixture *fixture = *state;
	struct picture picture = draw(fixture, 1, &shape, false);
	struct scene scene = plain_scene(fixture, &shape, 0, 0);
	struct shmflip_segment segment = *picture.segment;
	struct frames other;

	picture.segment = &segment;
	make_frames(&other, HEADER_BYTES + SLOT_BYTES);
	segment.id = other.id;
	assert_int_equal(show(fixture, &picture, &scene), -EXDEV);
	assert_non_null(strstr(fixture->host.reason, "IPC namespace"));
	shmdt(other.base);
	make_frames(&other, 16);
	segment.id = other.id;
	assert_int_equal(show(fixture, &picture, &scene), -EXDEV);
	shmdt(other.base);
	assert_int_equal(fixture->released, 0);
}

static void frames_of_the_next_generation_are_shown(void **state)
{
	static const struct shape shape = { 300, 200, 300, false };
	struct fixture *fixture = *state;
	struct scene scene = plain_scene(fixture, &shape, 0, 0);
	struct frames old = fixture->frames;
	struct shmid_ds status;

	for (uint64_t i = 1; i <= 6; i++) {
		struct picture picture = draw(fixture, i, &shape, false);

		assert_int_equal(show(fixture, &picture, &scene), 0);
		assert_plain(fixture, i, &shape, 0, 0);
		if (i % 2 == 0) {
			old = fixture->frames;
			make_frames(&fixture->frames, old.bytes);
			shmdt(old.base);
		}
	}
	/* The server has detached all but the last, and detaches that one now. */
	assert_int_equal(presenter_x11.release_slot(fixture->state), 0);
	assert_reaches(fixture, &fixture->released, 6);
	for (int i = 0; i < 5000 && shmctl(old.id, IPC_STAT, &status) == 0; i++)
		sleep_ms(1);
	assert_int_equal(shmctl(old.id, IPC_STAT, &status), -1);
}

/* How many have attached a segment: this process and the server. */
static unsigned long attached(const struct frames *frames)
{
	struct shmid_ds status;

	assert_int_equal(shmctl(frames->id, IPC_STAT, &status), 0);
	return status.shm_nattch;
}

static void show_one(struct fixture *fixture, uint64_t sequence)
{
	static const struct shape shape = { 300, 200, 300, false };
	struct picture picture = draw(fixture, sequence, &shape, false);
	struct scene scene = plain_scene(fixture, &shape, 0, 0);

	assert_int_equal(show(fixture, &picture, &scene), 0);
	/* The server answers this after all requests before. */
	assert_plain(fixture, sequence, &shape, 0, 0);
}

static void exchange(struct frames *frames, struct frames *other)
{
	struct frames kept = *frames;

	*frames = *other;
	*other = kept;
}

/* Such as those of slots, and of converted pictures. The third replaces the one that was shown
 * longer ago. */
static void two_segments_by_turns_stay_attached(void **state)
{
	struct fixture *fixture = *state;
	struct frames other, third;
	uint64_t sequence = 0;

	make_frames(&other, fixture->frames.bytes);
	make_frames(&third, fixture->frames.bytes);
	show_one(fixture, ++sequence);
	for (int i = 0; i < 2 * X11_SEGMENT_PICTURES; i++) {
		exchange(&fixture->frames, &other);
		show_one(fixture, ++sequence);
		assert_int_equal(attached(&fixture->frames), 2);
		assert_int_equal(attached(&other), 2);
	}
	exchange(&fixture->frames, &third);
	show_one(fixture, ++sequence);
	assert_int_equal(attached(&fixture->frames), 2);
	assert_int_equal(attached(&third), 2);
	assert_int_equal(attached(&other), 1);
	shmdt(other.base);
	shmdt(third.base);
}

/* It may be a former generation's, which takes memory. */
static void a_segment_without_pictures_is_detached(void **state)
{
	struct fixture *fixture = *state;
	uint64_t sequence = 0;
	struct frames other;

	make_frames(&other, fixture->frames.bytes);
	show_one(fixture, ++sequence);
	exchange(&fixture->frames, &other);
	for (int i = 0; i < X11_SEGMENT_PICTURES; i++) {
		show_one(fixture, ++sequence);
		assert_int_equal(attached(&other), 2);
	}
	show_one(fixture, ++sequence);
	assert_int_equal(attached(&other), 1);
	assert_int_equal(attached(&fixture->frames), 2);
	shmdt(other.base);
}

/* ---- Limits -------------------------------------------------------------------------------- */

/* Beyond 4 GiB the server would read other pixels, without an error. */
static void offsets_beyond_4_gib_are_refused(void **state)
{
	static const struct shape shape = { 300, 200, 300, false };
	const uint64_t limit = UINT64_C(1) << 32;
	struct fixture *fixture = *state;
	struct scene scene = plain_scene(fixture, &shape, 0, 0);
	struct picture picture;

	shmdt(fixture->frames.base);
	make_frames(&fixture->frames, limit + SLOT_BYTES); /* only a few pages are used */
	for (uint64_t i = 1; i <= 2; i++) {
		uint64_t offset = limit - 4096 * (2 - i);

		picture = draw(fixture, i, &shape, false);
		memcpy(fixture->frames.base + offset, picture.pixels, 300 * 200 * 4);
		picture.pixels = fixture->frames.base + offset;
		fixture->frames.segments[i].offset_bytes[0] = offset;
		if (i == 1) {
			assert_int_equal(show(fixture, &picture, &scene), 0);
			assert_plain(fixture, 1, &shape, 0, 0);
		} else {
			assert_int_equal(show(fixture, &picture, &scene), -EOVERFLOW);
		}
	}
}

/* Before the buffers for it are filled. */
static void buffers_beyond_4_gib_are_refused(void **state)
{
	const uint8_t luma = 0;
	struct fixture *fixture = *state;
	struct picture picture = { .info = { .width = 16384, .height = 16383 } };

	picture.source.plane[0].pixels = &luma;
	assert_int_equal(presenter_x11.accept(&fixture->host, &picture), 0);
	picture.info.height = 16384;
	assert_int_equal(presenter_x11.accept(&fixture->host, &picture), -EOVERFLOW);
	assert_string_equal(fixture->host.reason,
	                    "a frame of 16384x16384 that must be converted is too large for X");
	/* Frames in slots have other limits. */
	picture.pixels = &luma;
	assert_int_equal(presenter_x11.accept(&fixture->host, &picture), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CHECK(missing_segment_is_refused),
		CHECK(other_memory_under_the_same_id_is_refused),
		CHECK(frames_of_the_next_generation_are_shown),
		CHECK(two_segments_by_turns_stay_attached),
		CHECK(a_segment_without_pictures_is_detached),
		CHECK(offsets_beyond_4_gib_are_refused),
		CHECK(buffers_beyond_4_gib_are_refused),
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
