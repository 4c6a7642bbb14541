/* SPDX-License-Identifier: MIT
 *
 * viewer/session with real producers in this process: what becomes of frames, streams and channels,
 * and that the fourth byte of XRGB8888 means nothing to the viewer. */
#include "support.h"

#include <SDL.h>
#include <png.h>

#include "digest.h"
#include "options.h"
#include "present/present.h"
#include "screenshot.h"
#include "session.h"
#include "session_producer.h"
#include "video_output.h"

#define COLOUR 0x306090
#define BT2020 9 /* in H.273 */
#define WITH_DIRECTORY(test) cmocka_unit_test_setup_teardown(test, make_directory, remove_directory)

struct fixture {
	struct options options;
	struct session session;
	struct shmflip_producer *producer;
};

static struct shmflip_producer *open_producer(const char *channel)
{
	struct shmflip_stream stream;
	struct shmflip_producer_options options;
	struct shmflip_producer *producer;

	shmflip_init(&stream);
	stream.width = 8;
	stream.height = 4;
	stream.slots = 4;
	stream.rate_num = 30000;
	stream.rate_den = 1001;
	shmflip_init(&options);
	options.channel = channel;
	assert_int_equal(shmflip_producer_open(&options, &stream, &producer), 0);
	return producer;
}

static void set_up(struct fixture *fixture)
{
	*fixture = (struct fixture){ .options = {
					     .channel = "one", .timeout_ns = -1, .quiet = true } };
	fixture->producer = open_producer("one");
	assert_true(session_init(&fixture->session, &fixture->options));
}

static void tear_down(struct fixture *fixture)
{
	session_finish(&fixture->session);
	shmflip_producer_close(fixture->producer);
}

static void publish_as(struct shmflip_producer *producer, uint32_t fourcc, uint32_t pixel)
{
	struct shmflip_frame *frame;

	assert_int_equal(shmflip_producer_loan(producer, &frame, 1000), 0);
	frame->fourcc = fourcc;
	frame->source = "016.png";
	frame->colour.primaries = BT2020;
	for (uint32_t y = 0; y < frame->height; y++) {
		uint8_t *row = shmflip_frame_writable(frame, 0) + y * frame->plane[0].stride_bytes;

		for (uint32_t x = 0; x < frame->width; x++)
			((uint32_t *)(void *)row)[x] = pixel;
	}
	assert_int_equal(shmflip_frame_publish(frame), 0);
	shmflip_frame_release(frame);
}

static void publish(struct shmflip_producer *producer)
{
	publish_as(producer, SHMFLIP_XRGB8888, COLOUR);
}

static struct picture take(struct fixture *fixture)
{
	struct picture picture;

	assert_int_equal(session_take_frame(&fixture->session, &picture, 1000), SESSION_FRAME);
	return picture;
}

static void take_and_release(struct fixture *fixture)
{
	shmflip_frame_release(take(fixture).frame);
}

static void assert_event(struct fixture *fixture, enum session_event expected)
{
	struct picture picture;

	assert_int_equal(session_take_frame(&fixture->session, &picture, 0), expected);
}

/* ---- Pictures ------------------------------------------------------------------------------ */

static void test_picture_of_a_frame(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	publish(fixture.producer);
	const struct picture picture = take(&fixture);
	const struct shmflip_frame *frame = picture.frame;
	assert_ptr_equal(picture.pixels, frame->plane[0].pixels);
	assert_int_equal(picture.stride_bytes, frame->plane[0].stride_bytes);
	assert_int_equal(picture.info.sequence, 1);
	assert_int_equal(picture.info.published_ns, frame->published_ns);
	assert_int_equal(picture.info.width, 8);
	assert_int_equal(picture.info.height, 4);
	assert_string_equal(picture.info.source, "016.png");
	assert_memory_equal(picture.segment->cookie,
	                    picture.pixels - picture.segment->offset_bytes[0],
	                    picture.segment->cookie_bytes);
	shmflip_frame_release(frame);
	tear_down(&fixture);
}

static void assert_digest(struct fixture *fixture, uint32_t fourcc, uint32_t pixel, bool same)
{
	const struct picture_info info = { .width = 8, .height = 4 };
	uint32_t opaque[8 * 4];

	for (int i = 0; i < 8 * 4; i++)
		opaque[i] = 0xff000000 | COLOUR;

	publish_as(fixture->producer, fourcc, pixel);
	const struct picture picture = take(fixture);
	const struct picture expected = picture_of_copy(&info, opaque);
	assert_int_equal(digest_crc(&picture.source) == digest_crc(&expected.source), same);
	shmflip_frame_release(picture.frame);
}

static void test_fourth_byte_of_xrgb_is_not_in_the_digest(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	assert_digest(&fixture, SHMFLIP_XRGB8888, COLOUR, true);
	assert_digest(&fixture, SHMFLIP_XRGB8888, 0x55000000 | COLOUR, true);
	assert_digest(&fixture, SHMFLIP_XRGB8888, 0xff000000 | COLOUR, true);
	assert_digest(&fixture, SHMFLIP_ARGB8888, COLOUR, false);
	tear_down(&fixture);
}

/* cICP has primaries, transfer, matrix and range. */
static void assert_saved_colour(const char *name)
{
	const uint8_t chunk[] = { 'c', 'I', 'C', 'P', BT2020, 2, 0, 1 };
	FILE *file = fopen(name, "rb");
	uint8_t bytes[256];

	assert_non_null(file);
	size_t size = fread(bytes, 1, sizeof(bytes), file);
	assert_non_null(memmem(bytes, size, chunk, sizeof(chunk)));
	fclose(file);
}

static void assert_saved(const char *name, uint32_t format)
{
	png_image image = { .version = PNG_IMAGE_VERSION };
	uint32_t pixels[8 * 4];

	assert_true(png_image_begin_read_from_file(&image, name));
	assert_int_equal(image.format, format);
	image.format = PNG_FORMAT_BGRA;
	assert_true(png_image_finish_read(&image, NULL, pixels, 0, NULL));
	for (int i = 0; i < 8 * 4; i++)
		assert_int_equal(pixels[i], 0xff000000 | COLOUR);
	assert_int_equal(unlink(name), 0);
}

/* Over a white background, which shows through what is not opaque. */
static void assert_opaque_with(const struct presenter *presenter)
{
	char name[SCREENSHOT_NAME_SIZE], path[256];
	struct video_output *output;
	struct fixture fixture;
	const char *reason;
	uint32_t pixel;

	set_up(&fixture);
	fixture.options.presenter = presenter;
	fixture.options.background.colour = 0xffffff;
	publish(fixture.producer);
	const struct picture picture = take(&fixture);
	assert_int_equal(video_output_create(&fixture.session, &picture, &output), 0);
	assert_int_equal(video_output_read(output, (struct area){ 3, 2, 1, 1 }, &pixel), 0);
	assert_int_equal(pixel, 0xff000000 | COLOUR);
	snprintf(path, sizeof(path), "%s/one", directory);
	assert_int_equal(screenshot_take(output, path, name, &reason), 0);
	assert_saved_colour(name);
	assert_saved(name, PNG_FORMAT_RGB);
	video_output_destroy(output);
	tear_down(&fixture);
}

static void test_fourth_byte_of_xrgb_is_not_saved(void **state)
{
	(void)state;
	setenv("SDL_VIDEODRIVER", "dummy", 1);
	setenv("SDL_RENDER_DRIVER", "software", 1);
	assert_int_equal(SDL_Init(SDL_INIT_VIDEO), 0);
	assert_opaque_with(&presenter_surface);
	assert_opaque_with(&presenter_texture);
	SDL_Quit();
}

/* ---- Streams ------------------------------------------------------------------------------- */

static void assert_counts(const struct fixture *fixture, uint64_t acquired, uint64_t missed)
{
	const struct shmflip_counts *counts = &fixture->session.counts;

	assert_int_equal(counts->acquired, acquired);
	assert_int_equal(counts->missed, missed);
	assert_int_equal(counts->published, acquired + missed);
}

/* The same producer's: its numbers go on. */
static void test_next_stream_after_an_end(void **state)
{
	struct fixture fixture;

	(void)state;
	for (int failed = 0; failed < 2; failed++) {
		set_up(&fixture);
		publish(fixture.producer);
		take_and_release(&fixture);
		assert_int_equal(session_check_producer(&fixture.session), SESSION_NOTHING);
		assert_int_equal(shmflip_producer_end(fixture.producer, failed), 0);
		assert_int_equal(session_check_producer(&fixture.session), SESSION_LOST);
		assert_int_equal(fixture.session.liveness.state,
		                 failed ? LIVENESS_DIED : LIVENESS_ENDED);
		assert_event(&fixture, SESSION_LOST);
		assert_int_equal(fixture.session.liveness.state,
		                 failed ? LIVENESS_DIED : LIVENESS_ENDED);
		assert_event(&fixture, SESSION_NOTHING);
		assert_false(fixture.session.liveness.attached);
		publish(fixture.producer);
		const struct picture picture = take(&fixture);
		assert_int_equal(picture.info.sequence, 2);
		shmflip_frame_release(picture.frame);
		assert_int_equal(fixture.session.liveness.state, LIVENESS_LIVE);
		assert_counts(&fixture, 2, 0);
		assert_int_equal(fixture.session.counts.producers, 1);
		assert_int_equal(fixture.session.counts.generations, 2);
		tear_down(&fixture);
	}
}

static void test_frames_in_unknown_formats_are_passed_over(void **state)
{
	const uint32_t unknown = 0x36314752; /* DRM's RG16 */
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	publish(fixture.producer);
	take_and_release(&fixture);
	publish_as(fixture.producer, unknown, COLOUR);
	assert_event(&fixture, SESSION_PASSED_OVER);
	assert_int_equal(fixture.session.passed_over, 1);
	assert_int_equal(fixture.session.liveness.state, LIVENESS_LIVE);
	publish_as(fixture.producer, SHMFLIP_ABGR8888, COLOUR);
	take_and_release(&fixture);
	assert_int_equal(fixture.session.passed_over, 1);
	assert_counts(&fixture, 3, 0);
	tear_down(&fixture);
}

static void test_announced_rate(void **state)
{
	struct shmflip_stream stream;
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	publish(fixture.producer);
	take_and_release(&fixture);
	assert_float_equal(fixture.session.channel.announced_fps, 30000 / 1001.0, 1e-9);
	shmflip_init(&stream);
	stream.width = 8;
	stream.height = 4;
	assert_int_equal(shmflip_producer_configure(fixture.producer, &stream), 0);
	publish(fixture.producer);
	take_and_release(&fixture);
	assert_float_equal(fixture.session.channel.announced_fps, 0, 0);
	tear_down(&fixture);
}

/* ---- Channels ------------------------------------------------------------------------------ */

static void test_frame_outlives_the_channel_that_is_left(void **state)
{
	struct shmflip_producer *other = open_producer("two");
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	publish(fixture.producer);
	publish_as(other, SHMFLIP_XRGB8888, 0x123456);
	const struct picture held = take(&fixture);
	assert_int_equal(session_switch(&fixture.session, 1), 0);
	const struct picture picture = take(&fixture);
	assert_int_equal(*(const uint32_t *)held.pixels, COLOUR);
	assert_int_equal(*(const uint32_t *)picture.pixels, 0x123456);
	assert_counts(&fixture, 2, 0);
	assert_int_equal(fixture.session.counts.producers, 2);
	shmflip_frame_release(picture.frame);
	session_finish(&fixture.session);
	shmflip_producer_close(other);
	shmflip_producer_close(fixture.producer);
	assert_int_equal(*(const uint32_t *)held.pixels, COLOUR);
	shmflip_frame_release(held.frame);
}

/* An ended stream has no frames to show, although its producer lives. */
static void test_channel_of_an_ended_stream_is_passed_over(void **state)
{
	struct shmflip_producer *other = open_producer("two");
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	publish(other);
	assert_int_equal(shmflip_producer_end(other, 0), 0);
	assert_int_equal(session_switch(&fixture.session, 1), -ENOENT);
	publish(other);
	assert_int_equal(session_switch(&fixture.session, 1), 0);
	tear_down(&fixture);
	shmflip_producer_close(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIRECTORY(test_picture_of_a_frame),
		WITH_DIRECTORY(test_fourth_byte_of_xrgb_is_not_in_the_digest),
		WITH_DIRECTORY(test_fourth_byte_of_xrgb_is_not_saved),
		WITH_DIRECTORY(test_next_stream_after_an_end),
		WITH_DIRECTORY(test_frames_in_unknown_formats_are_passed_over),
		WITH_DIRECTORY(test_announced_rate),
		WITH_DIRECTORY(test_frame_outlives_the_channel_that_is_left),
		WITH_DIRECTORY(test_channel_of_an_ended_stream_is_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
