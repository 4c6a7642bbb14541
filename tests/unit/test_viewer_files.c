/* SPDX-License-Identifier: MIT
 *
 * viewer/record, viewer/stats: what the viewer writes about the frames it took. */
#include "drawn_picture.h"

#include <jansson.h>
#include <png.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "histogram.h"
#include "present/present.h"
#include "record.h"
#include "stats.h"

/* ---- Record ------------------------------------------------------------------------------- */

static void assert_recorded(const char *name, const struct picture *picture)
{
	png_image image = { .version = PNG_IMAGE_VERSION };
	uint8_t got[WIDTH * HEIGHT * 4];

	assert_true(png_image_begin_read_from_file(&image, in_directory(name)));
	assert_int_equal(image.width, WIDTH);
	assert_int_equal(image.height, HEIGHT);
	bool opaque = !picture->source.format->alpha;
	const uint8_t *pixels = picture->source.plane[0].pixels;

	assert_int_equal(image.format, opaque ? PNG_FORMAT_RGB : PNG_FORMAT_RGBA);
	image.format = PNG_FORMAT_BGRA;
	assert_true(png_image_finish_read(&image, NULL, got, 0, NULL));
	for (unsigned i = 0; i < WIDTH * HEIGHT; i++) {
		const uint8_t *want = pixels + i / WIDTH * STRIDE + i % WIDTH * 4;
		uint8_t alpha = opaque ? 255 : want[3];

		assert_memory_equal(got + 4 * i, want, 3);
		assert_int_equal(got[4 * i + 3], alpha);
	}
	assert_int_equal(unlink(in_directory(name)), 0);
}

static int record_picture(uint64_t producer, const struct picture *picture)
{
	struct png_encoder *encoder;
	int error;

	assert_int_equal(png_encoder_create(1, &encoder), 0);
	error = record_frame(encoder, directory, producer, picture->info.sequence,
	                     &picture->source);
	png_encoder_destroy(encoder);
	return error;
}

static void test_record(void **state)
{
	uint8_t pixels[HEIGHT * STRIDE];
	struct picture picture = draw(pixels, false);

	(void)state;
	assert_int_equal(record_prepare(directory), 0);
	assert_int_equal(record_picture(1, &picture), 0);
	assert_recorded("00000042.png", &picture);
	picture = draw(pixels, true);
	picture.info.sequence = UINT64_MAX;
	assert_int_equal(record_picture(1, &picture), 0);
	assert_recorded("18446744073709551615.png", &picture);
}

static void test_recording_a_second_producer_overwrites_nothing(void **state)
{
	uint8_t pixels[2][HEIGHT * STRIDE];
	const struct picture first = draw(pixels[0], false), second = draw(pixels[1], true);

	(void)state;
	assert_int_equal(record_picture(1, &first), 0);
	assert_int_equal(record_picture(2, &second), 0);
	assert_recorded("00000042.png", &first);
	assert_recorded("p2-00000042.png", &second);
}

static void test_record_creates_the_directory(void **state)
{
	const char *dir = in_directory("new");
	FILE *file = fopen(in_directory("file"), "w");

	(void)state;
	assert_non_null(file);
	fclose(file);
	assert_int_equal(record_prepare(dir), 0);
	assert_int_equal(record_prepare(dir), 0);
	assert_int_equal(rmdir(dir), 0);
	assert_int_equal(record_prepare(in_directory("file")), -ENOTDIR);
	assert_int_equal(record_prepare(in_directory("none/new")), -ENOENT);
	assert_int_equal(unlink(in_directory("file")), 0);
}

/* A limit on the file size simulates a full disk. remove_directory() fails if part of a file is
 * left. */
static void test_full_disk_leaves_no_file(void **state)
{
	uint8_t pixels[HEIGHT * STRIDE];
	struct picture picture = draw(pixels, true);
	struct rlimit before, limit;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = (struct rlimit){ .rlim_cur = 20, .rlim_max = before.rlim_max };
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	int error = record_picture(1, &picture);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(error, -EFBIG);
	assert_int_equal(access(in_directory("00000042.png"), F_OK), -1);
}

/* ---- Statistics --------------------------------------------------------------------------- */

static json_t *written(const struct stats *stats)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	json_error_t error;

	assert_non_null(out);
	assert_int_equal(stats_write(stats, out), 0);
	fclose(out);
	json_t *object = json_loads(text, 0, &error);
	assert_non_null(object);
	assert_int_equal(text[size - 1], '\n');
	free(text);
	return object;
}

static void assert_integer(const json_t *object, const char *key, json_int_t want)
{
	assert_true(json_is_integer(json_object_get(object, key)));
	assert_int_equal(json_integer_value(json_object_get(object, key)), want);
}

static void assert_real(const json_t *object, const char *key, double want)
{
	assert_true(json_is_real(json_object_get(object, key)));
	assert_float_equal(json_real_value(json_object_get(object, key)), want, 1e-6);
}

static void test_stats(void **state)
{
	static struct histogram ages;
	struct stats stats = {
		.channel = "demo",
		.presenter = &presenter_surface,
		.counts = {
			.published = 13,
			.acquired = 11,
			.missed = 2,
			.dropped = 5,
			.producers = 3,
			.generations = 4,
		},
		.producers_died = 1,
		.repeated = 17,
		.drawn = 10,
		.copies = 20,
		.first_shown_ns = 1000000000,
		.last_shown_ns = 1500000000,
		.ages = &ages,
		.width = 640,
		.height = 480,
	};

	(void)state;
	histogram_add(&ages, 2500000);
	json_t *object = written(&stats);
	assert_string_equal(json_string_value(json_object_get(object, "program")),
	                    "shmflip-viewer");
	assert_string_equal(json_string_value(json_object_get(object, "channel")), "demo");
	assert_string_equal(json_string_value(json_object_get(object, "present")), "surface");
	assert_integer(object, "copies_per_frame", 2);
	assert_integer(object, "published", 13);
	assert_integer(object, "shown", 11);
	assert_integer(object, "repeated", 17);
	assert_integer(object, "missed", 2);
	assert_integer(object, "dropped_by_producer", 5);
	assert_integer(object, "producers", 3);
	assert_integer(object, "generations", 4);
	assert_integer(object, "producers_died", 1);
	assert_integer(object, "width", 640);
	assert_integer(object, "height", 480);
	assert_real(object, "seconds", 0.5);
	assert_real(object, "fps", 20);
	assert_real(json_object_get(object, "age_ms"), "p50", 2.5);
	assert_real(json_object_get(object, "age_ms"), "max", 2.5);
	json_decref(object);
}

static void test_stats_of_nothing(void **state)
{
	static struct histogram ages;
	struct stats stats = { .channel = "demo", .ages = &ages };

	(void)state;
	json_t *object = written(&stats);
	assert_true(json_is_null(json_object_get(object, "present")));
	assert_true(json_is_null(json_object_get(object, "copies_per_frame")));
	assert_integer(object, "shown", 0);
	assert_real(object, "fps", 0);
	assert_real(json_object_get(object, "age_ms"), "p99", 0);
	json_decref(object);
}

static void test_stats_of_frames_from_several_presenters(void **state)
{
	static struct histogram ages;
	struct stats stats = { .channel = "demo", .ages = &ages, .drawn = 3, .copies = 2 };

	(void)state;
	json_t *object = written(&stats);
	assert_real(object, "copies_per_frame", 0.667);
	json_decref(object);
}

static void test_stats_to_a_full_device(void **state)
{
	static struct histogram ages;
	struct stats stats = { .channel = "demo", .ages = &ages };
	FILE *out = fopen("/dev/full", "w");

	(void)state;
	assert_non_null(out);
	assert_int_equal(stats_write(&stats, out), -ENOSPC);
	fclose(out);
}

#define DIRECTORY(test) cmocka_unit_test_setup_teardown(test, make_directory, remove_directory)

int main(void)
{
	const struct CMUnitTest tests[] = {
		DIRECTORY(test_record),
		DIRECTORY(test_recording_a_second_producer_overwrites_nothing),
		DIRECTORY(test_record_creates_the_directory),
		DIRECTORY(test_full_disk_leaves_no_file),
		cmocka_unit_test(test_stats),
		cmocka_unit_test(test_stats_of_nothing),
		cmocka_unit_test(test_stats_of_frames_from_several_presenters),
		cmocka_unit_test(test_stats_to_a_full_device),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
