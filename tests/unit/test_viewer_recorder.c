/* SPDX-License-Identifier: MIT
 *
 * viewer/recorder, viewer/record_tally, viewer/png_file: frames are written in the background.
 * Those that find no room are missing, and the tally says which. */
#include "drawn_picture.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "png_file.h"
#include "recorder.h"

/* ---- The tally ------------------------------------------------------------------------------ */

static void assert_missing(const struct record_tally *tally, uint64_t missing, const char *text)
{
	char printed[RECORD_RANGES_TEXT_MAX];

	record_tally_print(tally, printed);
	assert_string_equal(printed, text);
	assert_int_equal(tally->missing, missing);
}

static void add(struct record_tally *tally, uint64_t producer, uint64_t first, uint64_t last)
{
	for (uint64_t i = first; i <= last; i++)
		record_tally_add(tally, producer, i, true);
}

static void test_nothing_is_missing(void **state)
{
	struct record_tally tally = { 0 };

	(void)state;
	assert_missing(&tally, 0, "");
	/* Frames before the first that was taken are not. */
	add(&tally, 1, 100, 120);
	/* Nor those of a producer that was there before this process. */
	add(&tally, 2, 7, 9);
	assert_missing(&tally, 0, "");
	assert_int_equal(tally.recorded, 24);
}

static void test_what_is_missing(void **state)
{
	struct record_tally tally = { 0 };

	(void)state;
	add(&tally, 1, 1, 3);
	record_tally_add(&tally, 1, 4, false);
	add(&tally, 1, 5, 5);
	/* 6 and 7 were not even taken, and for 8 and 10 there was no room. */
	record_tally_add(&tally, 1, 8, false);
	record_tally_add(&tally, 1, 10, false);
	assert_missing(&tally, 6, "4, 6-10");
	record_tally_add(&tally, 3, 1, false);
	add(&tally, 3, 2, 2);
	add(&tally, 3, 5, 5);
	assert_missing(&tally, 9, "4, 6-10, p3-1, p3-3-4");
	assert_int_equal(tally.recorded, 6);
}

static void test_more_places_than_are_kept(void **state)
{
	char printed[RECORD_RANGES_TEXT_MAX];
	struct record_tally tally = { 0 };

	(void)state;
	for (uint64_t i = 1; i <= 41; i += 2) {
		record_tally_add(&tally, 1, i, true);
		record_tally_add(&tally, 1, i + 1, false);
	}
	record_tally_add(&tally, 1, 43, false);
	record_tally_print(&tally, printed);
	assert_non_null(strstr(printed, "2, 4, "));
	assert_non_null(strstr(printed, ", 32, and 5 more places"));
	assert_int_equal(tally.missing, 22);
}

static void test_a_failure_after_missing_frames(void **state)
{
	struct record_tally tally = { 0 };

	(void)state;
	add(&tally, 1, 1, 3);
	record_tally_add(&tally, 1, 4, false);
	add(&tally, 1, 5, 9);
	/* While 7 was being written, there was no room for 10. */
	record_tally_add(&tally, 1, 10, false);
	record_tally_add(&tally, 2, 1, false);
	record_tally_fail(&tally, 1, 7, 3);
	assert_missing(&tally, 6, "4, all from 7 on");
	assert_int_equal(tally.recorded, 5);
}

static void test_a_failure_alone(void **state)
{
	struct record_tally tally = { 0 };

	(void)state;
	add(&tally, 2, 1, 3);
	record_tally_fail(&tally, 2, 2, 2);
	assert_missing(&tally, 2, "all from p2-2 on");
	assert_int_equal(tally.recorded, 1);
}

/* The sanitizers see what does not fit. */
static void test_the_largest_numbers(void **state)
{
	char printed[RECORD_RANGES_TEXT_MAX];
	struct record_tally tally = { .producer = UINT64_MAX, .last = UINT64_MAX - 100 };

	(void)state;
	for (uint64_t i = 0; i < 32; i++) {
		record_tally_add(&tally, UINT64_MAX, UINT64_MAX - 99 + 3 * i, true);
		record_tally_add(&tally, UINT64_MAX, UINT64_MAX - 98 + 3 * i, false);
		record_tally_add(&tally, UINT64_MAX, UINT64_MAX - 97 + 3 * i, false);
	}
	record_tally_fail(&tally, UINT64_MAX, UINT64_MAX, 1);
	record_tally_print(&tally, printed);
	assert_non_null(strstr(printed, "p18446744073709551615-18446744073709551517-"));
	assert_non_null(strstr(printed, " and 16 more places, all from p18446744073709551615-"));
}

/* ---- The recorder --------------------------------------------------------------------------- */

static struct picture picture_number(const uint8_t *pixels, uint64_t sequence)
{
	struct picture picture = picture_of(pixels, STRIDE, WIDTH, HEIGHT, SHMFLIP_XRGB8888);

	picture.info.sequence = sequence;
	return picture;
}

static void add_frames(struct recorder *recorder, uint64_t first, uint64_t last, bool waits)
{
	uint8_t pixels[HEIGHT * STRIDE];

	draw(pixels, true);
	for (uint64_t i = first; i <= last; i++) {
		const struct picture picture = picture_number(pixels, i);

		assert_int_equal(recorder_add(recorder, 1, &picture, waits), 0);
	}
	/* Frames are copied. */
	memset(pixels, 0, sizeof(pixels));
}

static void assert_files(uint64_t first, uint64_t last, bool exist)
{
	char name[32];

	for (uint64_t i = first; i <= last; i++) {
		snprintf(name, sizeof(name), "%08u.png", (unsigned)i);
		assert_int_equal(access(in_directory(name), F_OK), exist ? 0 : -1);
		if (exist)
			assert_int_equal(unlink(in_directory(name)), 0);
	}
}

static void test_all_frames_are_written(void **state)
{
	struct recorder *recorder = recorder_create(directory, 2);

	(void)state;
	assert_non_null(recorder);
	add_frames(recorder, 1, 200, true);
	assert_int_equal(recorder_finish(recorder), 0);
	assert_missing(recorder_tally(recorder), 0, "");
	recorder_destroy(recorder);
	assert_files(1, 200, true);
}

/* A FIFO without a reader in the place of the first file stops the thread. */
static void test_a_disk_that_stalls(void **state)
{
	struct recorder *recorder;
	char bytes[4096];
	int fifo;

	(void)state;
	assert_int_equal(mkfifo(in_directory(".00000001.png.part"), 0600), 0);
	recorder = recorder_create(directory, 1);
	assert_non_null(recorder);
	add_frames(recorder, 1, 40, false);
	assert_missing(recorder_tally(recorder), 8, "33-40");
	fifo = open(in_directory(".00000001.png.part"), O_RDONLY);
	assert_true(fifo >= 0);
	while (read(fifo, bytes, sizeof(bytes)) > 0)
		continue;
	close(fifo);
	add_frames(recorder, 41, 80, true);
	assert_int_equal(recorder_finish(recorder), 0);
	assert_missing(recorder_tally(recorder), 8, "33-40");
	assert_int_equal(recorder_tally(recorder)->recorded, 72);
	recorder_destroy(recorder);
	assert_files(33, 40, false);
	assert_files(1, 32, true);
	assert_files(41, 80, true);
}

/* How much memory the program has from malloc(). The sanitizers replace malloc(), and it says 0. */
static size_t allocated_bytes(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

/* 8 KiB per row. */
static void add_large_frames(struct recorder *recorder, uint64_t first, uint64_t last,
                             uint32_t rows, bool waits)
{
	static uint8_t pixels[2048 * 8192];

	for (uint64_t i = first; i <= last; i++) {
		struct picture picture = picture_of(pixels, 8192, 2048, rows, SHMFLIP_XRGB8888);

		picture.info.sequence = i;
		assert_int_equal(recorder_add(recorder, 1, &picture, waits), 0);
	}
}

static void stop_at(uint64_t frame)
{
	char name[32];

	snprintf(name, sizeof(name), ".%08u.png.part", (unsigned)frame);
	assert_int_equal(mkfifo(in_directory(name), 0600), 0);
}

/* Reads the file, and waits for all that follow it. */
static void resume(uint64_t frame, uint64_t last)
{
	char name[32], bytes[4096];
	int fifo;

	snprintf(name, sizeof(name), ".%08u.png.part", (unsigned)frame);
	fifo = open(in_directory(name), O_RDONLY);
	assert_true(fifo >= 0);
	while (read(fifo, bytes, sizeof(bytes)) > 0)
		continue;
	close(fifo);
	snprintf(name, sizeof(name), "%08u.png", (unsigned)last);
	for (unsigned i = 0; i < 60000 && access(in_directory(name), F_OK); i++)
		usleep(1000);
}

/* 8 MiB, 16 MiB and 4 MiB each: memory of earlier sizes is freed, not kept beside the new one. */
static void test_sizes_that_change_while_the_disk_stalls(void **state)
{
	const size_t limit = allocated_bytes() + (((size_t)256 + 16) << 20);
	struct recorder *recorder = recorder_create(directory, 1);

	(void)state;
	assert_non_null(recorder);
	stop_at(1);
	add_large_frames(recorder, 1, 32, 1024, true);
	add_large_frames(recorder, 33, 33, 1024, false);
	assert_missing(recorder_tally(recorder), 1, "33");
	assert_in_range(allocated_bytes(), 0, limit);
	resume(1, 32);
	stop_at(34);
	add_large_frames(recorder, 34, 49, 2048, true);
	add_large_frames(recorder, 50, 50, 2048, false);
	assert_missing(recorder_tally(recorder), 2, "33, 50");
	assert_in_range(allocated_bytes(), 0, limit);
	/* Nor is there room for a smaller one, until one was written. */
	add_large_frames(recorder, 51, 51, 512, false);
	assert_missing(recorder_tally(recorder), 3, "33, 50-51");
	resume(34, 49);
	add_large_frames(recorder, 52, 60, 512, true);
	assert_in_range(allocated_bytes(), 0, limit);
	assert_int_equal(recorder_finish(recorder), 0);
	assert_missing(recorder_tally(recorder), 3, "33, 50-51");
	recorder_destroy(recorder);
	assert_files(1, 32, true);
	assert_files(34, 49, true);
	assert_files(52, 60, true);
}

/* The first file is a FIFO, whose place is then taken by a directory: frame 1 cannot be renamed. */
static void test_a_failure_while_frames_wait(void **state)
{
	struct recorder *recorder;
	char bytes[4096];
	int fifo;

	(void)state;
	assert_int_equal(mkfifo(in_directory(".00000001.png.part"), 0600), 0);
	assert_int_equal(mkdir(in_directory("00000001.png"), 0700), 0);
	recorder = recorder_create(directory, 1);
	assert_non_null(recorder);
	add_frames(recorder, 1, 40, false);
	fifo = open(in_directory(".00000001.png.part"), O_RDONLY);
	assert_true(fifo >= 0);
	while (read(fifo, bytes, sizeof(bytes)) > 0)
		continue;
	close(fifo);
	assert_int_equal(recorder_finish(recorder), -EISDIR);
	assert_missing(recorder_tally(recorder), 40, "all from 1 on");
	assert_int_equal(recorder_tally(recorder)->recorded, 0);
	recorder_destroy(recorder);
	assert_int_equal(rmdir(in_directory("00000001.png")), 0);
	assert_files(1, 40, false);
}

/* The kernel kills the process that writes more than a limit: in the middle of the file. */
static void test_a_process_that_is_killed(void **state)
{
	const struct rlimit no_core = { 0, 0 }, limit = { 60, 60 };
	uint8_t pixels[HEIGHT * STRIDE];
	const struct picture picture = draw(pixels, true);

	(void)state;
	for (int replace = 0; replace < 2; replace++) {
		struct png_encoder *encoder;
		int status;
		pid_t child;

		assert_int_equal(png_encoder_create(1, &encoder), 0);
		child = fork();
		if (child == 0) {
			signal(SIGXFSZ, SIG_DFL);
			setrlimit(RLIMIT_CORE, &no_core);
			setrlimit(RLIMIT_FSIZE, &limit);
			png_file_write(encoder, in_directory("x.png"), replace, &picture.source);
			_exit(0);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGXFSZ);
		assert_int_equal(access(in_directory("x.png"), F_OK), -1);
		assert_int_equal(unlink(in_directory(".x.png.part")), 0);
		png_encoder_destroy(encoder);
	}
}

static void test_files_are_replaced_or_not(void **state)
{
	uint8_t pixels[HEIGHT * STRIDE];
	const struct picture picture = draw(pixels, true);
	struct png_encoder *encoder;
	struct stat status;

	(void)state;
	assert_int_equal(png_encoder_create(1, &encoder), 0);
	assert_int_equal(symlink("nowhere", in_directory("x.png")), 0);
	assert_int_equal(png_file_write(encoder, in_directory("x.png"), false, &picture.source),
	                 -EEXIST);
	assert_int_equal(png_file_write(encoder, in_directory("x.png"), true, &picture.source), 0);
	assert_int_equal(lstat(in_directory("x.png"), &status), 0);
	assert_true(S_ISREG(status.st_mode) && status.st_size > 60);
	assert_int_equal(png_file_write(encoder, in_directory("x.png"), false, &picture.source),
	                 -EEXIST);
	assert_int_equal(unlink(in_directory("x.png")), 0);
	assert_int_equal(png_file_write(encoder, in_directory("x.png"), false, &picture.source), 0);
	assert_int_equal(unlink(in_directory("x.png")), 0);
	assert_int_equal(access(in_directory(".x.png.part"), F_OK), -1);
	png_encoder_destroy(encoder);
}

static void test_a_directory_that_is_removed(void **state)
{
	const char *dir = in_directory("new");
	uint8_t pixels[HEIGHT * STRIDE];
	const struct picture picture = draw(pixels, true);
	struct recorder *recorder = recorder_create(dir, 1);
	int error = 0;

	(void)state;
	assert_non_null(recorder);
	assert_int_equal(rmdir(dir), 0);
	for (unsigned i = 0; i < 10000 && !error; i++) {
		error = recorder_add(recorder, 1, &picture, true);
		usleep(1000);
	}
	assert_int_equal(error, -ENOENT);
	/* It was reported. */
	assert_int_equal(recorder_finish(recorder), 0);
	recorder_destroy(recorder);
}

static void test_a_failure_at_the_end(void **state)
{
	const char *dir = in_directory("new");
	uint8_t pixels[HEIGHT * STRIDE];
	const struct picture picture = draw(pixels, true);
	struct recorder *recorder;

	(void)state;
	recorder = recorder_create(dir, 1);
	assert_non_null(recorder);
	assert_int_equal(rmdir(dir), 0);
	int error = recorder_add(recorder, 1, &picture, true);
	if (!error)
		error = recorder_finish(recorder);
	else
		recorder_finish(recorder);
	assert_int_equal(error, -ENOENT);
	recorder_destroy(recorder);
}

/* The thread may still be writing. */
static void test_destroyed_without_finish(void **state)
{
	struct recorder *recorder = recorder_create(directory, 1);

	(void)state;
	assert_non_null(recorder);
	alarm(30);
	add_frames(recorder, 1, 20, true);
	recorder_destroy(recorder);
	alarm(0);
	assert_files(1, 20, true);
}

static void test_a_directory_that_cannot_be_made(void **state)
{
	(void)state;
	assert_null(recorder_create(in_directory("none/new"), 1));
	recorder_destroy(NULL);
}

#define DIRECTORY(test) cmocka_unit_test_setup_teardown(test, make_directory, remove_directory)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_is_missing),
		cmocka_unit_test(test_what_is_missing),
		cmocka_unit_test(test_more_places_than_are_kept),
		cmocka_unit_test(test_a_failure_after_missing_frames),
		cmocka_unit_test(test_a_failure_alone),
		cmocka_unit_test(test_the_largest_numbers),
		DIRECTORY(test_all_frames_are_written),
		DIRECTORY(test_a_disk_that_stalls),
		DIRECTORY(test_sizes_that_change_while_the_disk_stalls),
		DIRECTORY(test_a_failure_while_frames_wait),
		DIRECTORY(test_a_process_that_is_killed),
		DIRECTORY(test_files_are_replaced_or_not),
		DIRECTORY(test_a_directory_that_is_removed),
		DIRECTORY(test_a_failure_at_the_end),
		DIRECTORY(test_destroyed_without_finish),
		DIRECTORY(test_a_directory_that_cannot_be_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
