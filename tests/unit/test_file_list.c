/* SPDX-License-Identifier: MIT
 *
 * producer/input/file_list: the files that a SOURCE names, and their order; how far their headers
 * are read. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli.h"
#include "input/file_list.h"
#include "input/pixels.h"
#include "png_header.h"
#include "png_maker.h"

static char directory[64];

static void touch(const char *name)
{
	FILE *file = fopen(name, "w");

	assert_non_null(file);
	fclose(file);
}

/* Each test has its own, empty working directory. */
static int set_up(void **state)
{
	(void)state;
	strcpy(directory, "/tmp/test-file-list-XXXXXX");
	return !mkdtemp(directory) || chdir(directory);
}

static int tear_down(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", directory);
	return chdir("/") || system(command) != 0;
}

static void assert_paths(struct file_list *files, const char *const *paths)
{
	size_t count = 0;

	for (; paths[count]; count++) {
		assert_true(count < files->count);
		assert_string_equal(files->paths[count], paths[count]);
	}
	assert_int_equal(files->count, count);
	file_list_finish(files);
}

static void test_a_directory_in_natural_order(void **state)
{
	static const char *const names[] = { "f10.png", "f2.png",  "f1.png", "f100.png", "F.PNG",
		                             "f.txt",   "a.jpg",   "png",    ".png",     ".f.png",
		                             "x.pngs",  "f9.png~", "b%d.png" };
	static const char *const paths[] = { "./F.PNG",   "./b%d.png",  "./f1.png", "./f2.png",
		                             "./f10.png", "./f100.png", NULL };
	struct file_list files = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		touch(names[i]);
	mkdir("dir.png", 0700);
	assert_int_equal(file_list_add(&files, "."), 0);
	assert_paths(&files, paths);
}

static void test_sources_stay_in_the_order_given(void **state)
{
	static const char *const paths[] = { "z.png", "d/1.png",  "d/2.png", "a.png",
		                             "z.png", "d//1.png", NULL };
	struct file_list files = { 0 };

	(void)state;
	mkdir("d", 0700);
	touch("z.png");
	touch("a.png");
	touch("d/1.png");
	touch("d/2.png");
	assert_int_equal(file_list_add(&files, "z.png"), 0);
	assert_int_equal(file_list_add(&files, "d/"), 0);
	assert_int_equal(file_list_add(&files, "a.png"), 0);
	assert_int_equal(file_list_add(&files, "z.png"), 0);
	assert_int_equal(file_list_add(&files, "d//1.png"), 0);
	assert_paths(&files, paths);
}

static void test_patterns(void **state)
{
	static const char *const padded[] = { "p001.png", "p002.png", "p003.png", NULL };
	static const char *const from_0[] = { "q0", "q1", "q2", NULL };
	static const char *const wide[] = { "w08", "w09", "w10", "w11", NULL };
	struct file_list files = { 0 };
	char name[16];

	(void)state;
	for (int i = 0; i < 12; i++) {
		snprintf(name, sizeof(name), "w%02d", i);
		touch(name);
	}
	for (int i = 0; padded[i]; i++) {
		touch(padded[i]);
		touch(from_0[i]);
	}
	touch("p005.png");
	touch("p4.png");
	touch("q4");
	assert_int_equal(file_list_add(&files, "p%03d.png"), 0);
	assert_paths(&files, padded);
	assert_int_equal(file_list_add(&files, "q%d"), 0);
	assert_paths(&files, from_0);
	assert_int_equal(file_list_add(&files, "./w%02d"), 0);
	assert_int_equal(files.count, 12);
	for (int i = 0; wide[i]; i++)
		assert_string_equal(files.paths[i + 8] + 2, wide[i]);
	file_list_finish(&files);
}

static void test_a_file_whose_name_looks_like_a_pattern(void **state)
{
	static const char *const paths[] = { "100%.png", "x%d%d.png", NULL };
	struct file_list files = { 0 };

	(void)state;
	touch(paths[0]);
	touch(paths[1]);
	assert_int_equal(file_list_add(&files, paths[0]), 0);
	assert_int_equal(file_list_add(&files, paths[1]), 0);
	assert_paths(&files, paths);
}

static void test_missing_files(void **state)
{
	struct file_list files = { 0 };

	(void)state;
	mkdir("empty", 0700);
	touch("p2.png");
	assert_true(file_list_add(&files, "missing.png") < 0);
	assert_true(file_list_add(&files, "empty") < 0);
	assert_true(file_list_add(&files, "p%d.png") < 0);
	assert_true(file_list_add(&files, "nowhere/%d.png") < 0);
	assert_true(file_list_add(&files, "") < 0);
	assert_int_equal(files.count, 0);
	file_list_finish(&files);
}

static void test_bad_patterns_are_usage_errors(void **state)
{
	static const char *const bad[] = { "%s.png",    "%",       "%n",         "a%",
		                           "%d%d",      "%4d.png", "%00d.png",   "%0d.png",
		                           "%019d.png", "%%d.png", "%-4d.png",   "%d%",
		                           "%.4d.png",  "%ld.png", "%04d%%.png", "%i.png" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		pid_t child = fork();
		int status;

		assert_true(child >= 0);
		if (child == 0) {
			struct file_list files = { 0 };

			file_list_add(&files, bad[i]);
			_exit(0);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), CLI_USAGE);
	}
}

/* ---- Headers --------------------------------------------------------------------------------- */

/* A gray PNG with a colour key behind so many bytes of text. */
static bool finds_colour_key(uint8_t depth, size_t text_bytes, int choice)
{
	struct pixels pixels = { .choice = choice, .fourcc = SHMFLIP_R16 };
	struct bytes png = { 0 }, text = { 0 };
	struct png_header header;
	FILE *file = fopen("key.png", "w");

	bytes_add_fill(&text, 'x', text_bytes);
	png_add_signature(&png);
	png_add_header(&png, 4, 4, depth, GREY, false);
	png_add_chunk(&png, "tEXt", text.data, text.size);
	png_add_chunk(&png, "tRNS", "\0\1", 2);
	assert_non_null(file);
	assert_int_equal(fwrite(png.data, 1, png.size, file), png.size);
	fclose(file);
	bytes_finish(&text);
	bytes_finish(&png);
	assert_int_equal(file_read_png_header("key.png", &pixels, &header), 0);
	return header.has_colour_key;
}

static void test_a_colour_key_is_searched_where_it_matters(void **state)
{
	static const size_t near = 4096 - 33 - 12 - 8, far = near + 1;

	(void)state;
	for (int choice = PIXELS_BGRA; choice <= PIXELS_FORMAT; choice++) {
		assert_true(finds_colour_key(8, near, choice));
		assert_int_equal(finds_colour_key(8, far, choice), choice >= PIXELS_FILE);
		assert_int_equal(finds_colour_key(16, far, choice), choice != PIXELS_BGRA);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_directory_in_natural_order, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_sources_stay_in_the_order_given, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_patterns, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_file_whose_name_looks_like_a_pattern, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_missing_files, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_bad_patterns_are_usage_errors, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_a_colour_key_is_searched_where_it_matters,
		                                set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
