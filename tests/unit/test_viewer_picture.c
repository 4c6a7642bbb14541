/* SPDX-License-Identifier: MIT
 *
 * viewer/present/picture and viewer/conversion: how a picture of a frame is turned, which of the
 * frame's pixels is where, and what the panel says of it. */
#include "support.h"

#include "conversion.h"
#include "info.h"
#include "present/picture.h"

enum { WIDTH = 5, HEIGHT = 3, PIXELS = WIDTH * HEIGHT };

struct fixture {
	struct shmflip_producer *producer;
	struct shmflip_viewer *viewer;
	const struct shmflip_frame *frame;
};

static void open_channel(struct fixture *fixture)
{
	struct shmflip_producer_options options;
	struct shmflip_viewer_options viewer_options;
	struct shmflip_stream stream;

	shmflip_init(&stream);
	stream.width = WIDTH;
	stream.height = HEIGHT;
	stream.aspect_num = 16;
	stream.aspect_den = 15;
	shmflip_init(&options);
	assert_int_equal(shmflip_producer_open(&options, &stream, &fixture->producer), 0);
	shmflip_init(&viewer_options);
	assert_int_equal(shmflip_viewer_open(&viewer_options, &fixture->viewer), 0);
}

static uint32_t pixel_at(uint32_t x, uint32_t y)
{
	return 0xff000000 | y << 8 | x;
}

static void publish(struct fixture *fixture, uint32_t orientation)
{
	struct shmflip_frame *frame;

	assert_int_equal(shmflip_producer_loan(fixture->producer, &frame, 0), 0);
	for (uint32_t i = 0; i < PIXELS; i++) {
		uint32_t x = i % WIDTH, y = i / WIDTH, pixel = pixel_at(x, y);

		memcpy(shmflip_frame_writable(frame, 0) + y * frame->plane[0].stride_bytes + 4 * x,
		       &pixel, sizeof(pixel));
	}
	frame->orientation = orientation;
	assert_int_equal(shmflip_frame_publish(frame), 0);
	shmflip_frame_release(frame);
	assert_int_equal(shmflip_viewer_acquire(fixture->viewer, &fixture->frame, 1000), 0);
}

static void release(struct fixture *fixture)
{
	shmflip_frame_release(fixture->frame);
	fixture->frame = NULL;
}

static void close_channel(struct fixture *fixture)
{
	shmflip_viewer_close(fixture->viewer);
	shmflip_producer_close(fixture->producer);
}

static void assert_info(const struct picture *picture, uint32_t orientation, uint32_t width,
                        uint32_t height, uint32_t num, uint32_t den)
{
	assert_int_equal(picture->info.orientation, orientation);
	assert_int_equal(picture->info.width, width);
	assert_int_equal(picture->info.height, height);
	assert_int_equal(picture->info.aspect_num, num);
	assert_int_equal(picture->info.aspect_den, den);
	assert_int_equal(picture->source.width, WIDTH);
	assert_int_equal(picture->source.height, HEIGHT);
}

static void test_size_and_aspect_turn_with_the_picture(void **state)
{
	struct fixture fixture;
	struct picture picture;

	(void)state;
	open_channel(&fixture);
	for (uint32_t orientation = 0; orientation <= 8; orientation++) {
		publish(&fixture, orientation);
		assert_int_equal(picture_of_frame(&picture, fixture.frame, true), 0);
		if (orientation < 5)
			assert_info(&picture, orientation, WIDTH, HEIGHT, 16, 15);
		else
			assert_info(&picture, orientation, HEIGHT, WIDTH, 15, 16);
		assert_int_equal(conversion_is_needed(&picture), orientation > 1);
		assert_int_equal(picture_of_frame(&picture, fixture.frame, false), 0);
		assert_info(&picture, 0, WIDTH, HEIGHT, 16, 15);
		assert_false(conversion_is_needed(&picture));
		release(&fixture);
	}
	close_channel(&fixture);
}

/* Whatever the orientation, the pixel that is found in the frame is the one that is shown. */
static void assert_found(const struct picture_info *info, const uint32_t *pixels)
{
	for (int y = 0; y < (int)info->height; y++) {
		for (int x = 0; x < (int)info->width; x++) {
			struct point found = picture_find_in_frame(info, (struct point){ x, y });

			assert_int_equal(pixels[y * (int)info->width + x],
			                 pixel_at((uint32_t)found.x, (uint32_t)found.y));
		}
	}
}

static void test_the_pointer_finds_the_frames_pixel(void **state)
{
	const struct appearance appearance = { .mode = APPEARANCE_FULL };
	struct conversion conversion;
	struct fixture fixture;
	struct picture picture;
	uint32_t pixels[PIXELS];

	(void)state;
	open_channel(&fixture);
	conversion_init(&conversion, &appearance);
	for (uint32_t orientation = 2; orientation <= 8; orientation++) {
		publish(&fixture, orientation);
		assert_int_equal(picture_of_frame(&picture, fixture.frame, true), 0);
		conversion_write(&conversion, &picture, pixels);
		assert_found(&picture.info, pixels);
		assert_int_equal(conversion_apply(&conversion, &picture), 0);
		assert_int_equal(picture.stride_bytes, 4 * picture.info.width);
		assert_memory_equal(picture.pixels, pixels, sizeof(pixels));
		conversion_release(&conversion, fixture.frame);
		release(&fixture);
	}
	conversion_finish(&conversion);
	close_channel(&fixture);
}

/* EXIF 6: the first row is at the right. */
static void test_a_quarter_turn(void **state)
{
	const struct picture_info info = { .width = 3, .height = 5, .orientation = 6 };
	struct point upper_left = picture_find_in_frame(&info, (struct point){ 0, 0 });
	struct point upper_right = picture_find_in_frame(&info, (struct point){ 2, 0 });

	(void)state;
	assert_int_equal(upper_left.x, 0);
	assert_int_equal(upper_left.y, 2);
	assert_int_equal(upper_right.x, 0);
	assert_int_equal(upper_right.y, 0);
}

/* What a presenter has copied is turned already. */
static void test_a_copy_of_a_turned_picture_is_not_turned_again(void **state)
{
	const struct picture_info info = {
		.width = 3, .height = 5, .orientation = 6, .opaque = true
	};
	static const uint32_t pixels[PIXELS];
	const struct picture picture = picture_of_copy(&info, pixels);

	(void)state;
	assert_false(conversion_is_needed(&picture));
	assert_ptr_equal(picture.pixels, pixels);
	assert_int_equal(picture.stride_bytes, 12);
}

static void assert_size_says(const struct picture_info *picture, const char *want)
{
	const struct info info = { .channel = "demo", .picture = picture, .presenter = "x11" };
	char names[INFO_SIZE], values[INFO_SIZE], line[64];

	snprintf(line, sizeof(line), "\n%s\n", want);
	info_format(&info, names, values);
	assert_non_null(strstr(values, line));
}

static void test_the_panel_says_turned_and_the_aspect(void **state)
{
	struct picture_info info = { .width = 640, .height = 480, .opaque = true };

	(void)state;
	info.orientation = 1;
	assert_size_says(&info, "640 x 480");
	info.orientation = 6;
	assert_size_says(&info, "640 x 480, turned");
	info.aspect_num = 16;
	info.aspect_den = 15;
	assert_size_says(&info, "640 x 480, turned, pixels of 16:15");
}

static struct shmflip_frame premultiplied_frame(const uint8_t pixels[8])
{
	return (struct shmflip_frame){
		.fourcc = SHMFLIP_ARGB8888,
		.width = 2,
		.height = 1,
		.planes = 1,
		.flags = SHMFLIP_FRAME_PREMULTIPLIED,
		.plane = { { pixels, 8, 1 } },
	};
}

/* Presenters blend colours that are not multiplied yet. */
static void test_premultiplied_alpha_is_converted(void **state)
{
	const uint8_t pixels[8] = { 10, 100, 50, 100, 1, 2, 3, 255 };
	const struct shmflip_frame frame = premultiplied_frame(pixels);
	const struct appearance appearance = { .mode = APPEARANCE_FULL };
	struct conversion conversion;
	struct picture picture;
	uint32_t out[2];

	(void)state;
	assert_int_equal(picture_of_frame(&picture, &frame, true), 0);
	assert_true(conversion_is_needed(&picture));
	conversion_init(&conversion, &appearance);
	conversion_write(&conversion, &picture, out);
	assert_int_equal(out[0], 0x6480ff1a);
	assert_int_equal(out[1], 0xff030201);
	/* What the pointer shows is as it lies. */
	assert_int_equal(conversion_of_pixel(&picture.source, 0, 0), 0x6432640a);
	conversion_finish(&conversion);
}

static void test_the_panel_says_premultiplied(void **state)
{
	const uint8_t pixels[8] = { 0 };
	const struct shmflip_frame frame = premultiplied_frame(pixels);
	struct picture picture;
	struct info info = { .channel = "demo", .presenter = "x11" };
	char names[INFO_SIZE], values[INFO_SIZE];

	(void)state;
	assert_int_equal(picture_of_frame(&picture, &frame, true), 0);
	info.picture = &picture.info;
	info.source = &picture.source;
	info_format(&info, names, values);
	assert_non_null(strstr(values, "\n2 x 1, with premultiplied alpha\n"));
	picture.source.premultiplied = false;
	info_format(&info, names, values);
	assert_non_null(strstr(values, "\n2 x 1, with alpha\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_size_and_aspect_turn_with_the_picture,
		                                make_directory, remove_directory),
		cmocka_unit_test_setup_teardown(test_the_pointer_finds_the_frames_pixel,
		                                make_directory, remove_directory),
		cmocka_unit_test(test_a_quarter_turn),
		cmocka_unit_test(test_the_panel_says_turned_and_the_aspect),
		cmocka_unit_test(test_a_copy_of_a_turned_picture_is_not_turned_again),
		cmocka_unit_test(test_premultiplied_alpha_is_converted),
		cmocka_unit_test(test_the_panel_says_premultiplied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
