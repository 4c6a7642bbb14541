/* SPDX-License-Identifier: MIT
 *
 * common/cli/text and common/json: names of any bytes, for terminals, for pango and as JSON. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "json_text.h"
#include "text.h"

#define EURO "\342\202\254"
#define SMILE "\360\237\230\200"

static void test_characters(void **state)
{
	static const struct {
		const char *text;
		size_t length;
	} cases[] = {
		{ "", 0 },
		{ "a", 1 },
		{ "\n", 1 },
		{ "\177", 1 },
		{ "\302\200", 2 },
		{ "\337\277", 2 },
		{ "\340\240\200", 3 },
		{ EURO, 3 },
		{ "\355\237\277", 3 },
		{ "\357\277\277", 3 },
		{ SMILE, 4 },
		{ "\364\217\277\277", 4 },
		/* No characters: a later byte, longer than necessary, a surrogate, too large. */
		{ "\200", 0 },
		{ "\300\200", 0 },
		{ "\301\277", 0 },
		{ "\340\237\277", 0 },
		{ "\355\240\200", 0 },
		{ "\360\217\277\277", 0 },
		{ "\364\220\200\200", 0 },
		{ "\365\200\200\200", 0 },
		{ "\377", 0 },
		/* Cut. */
		{ "\302", 0 },
		{ "\302a", 0 },
		{ "\342\202", 0 },
		{ "\342\202a", 0 },
		{ "\360\237\230", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(text_character(cases[i].text), cases[i].length);
}

static void test_copies_are_cut_between_characters(void **state)
{
	static const char *const whole[] = { "", "a", "ab", "ab", "ab", "ab" EURO, "ab" EURO "c" };
	char out[16];

	(void)state;
	for (size_t size = 1; size < sizeof(whole) / sizeof(whole[0]) + 1; size++) {
		memset(out, 'x', sizeof(out));
		text_copy(out, size, "ab" EURO "c");
		assert_string_equal(out, whole[size - 1]);
		assert_int_equal(out[size], 'x');
	}
	text_copy(out, 5, SMILE SMILE);
	assert_string_equal(out, SMILE);
	text_copy(out, 4, "\377\377\377\377");
	assert_string_equal(out, "\377\377\377");
}

static void test_invalid_bytes_are_replaced(void **state)
{
	char text[] = "caf\303\251 \377" EURO "\355\240\200\n\302\233" SMILE "\360\237\230";

	(void)state;
	text_make_utf8(text);
	assert_string_equal(text, "caf\303\251 ?" EURO "???\n\302\233" SMILE "???");
}

static void test_control_characters_are_replaced(void **state)
{
	char plain[] = "caf\303\251 \342\200\223 \303\237" SMILE;
	char controls[] = "a\033[2J\1771\2332\302\2333\302\2404\237\302";

	(void)state;
	text_make_plain(plain);
	assert_string_equal(plain, "caf\303\251 \342\200\223 \303\237" SMILE);
	text_make_plain(controls);
	assert_string_equal(controls, "a?[2J?1?2?3\302\2404??");
	text_copy_plain(controls, 8, "\302\233\302\233" EURO EURO);
	assert_string_equal(controls, "??" EURO);
}

static void test_json(void **state)
{
	char *written = NULL;
	size_t size;
	FILE *file = open_memstream(&written, &size);
	json_t *array = json_array(), *back;

	(void)state;
	assert_non_null(file);
	json_array_append_new(array, json_text("\033\177\302\233\n\"\\" EURO));
	json_array_append_new(array, json_text("\377a\302"));
	assert_int_equal(json_write(array, file, JSON_INDENT(1)), 0);
	assert_int_equal(fclose(file), 0);
	assert_string_equal(written,
	                    "[\n \"\\u001B\\u007F\\u009B\\n\\\"\\\\" EURO "\",\n \"?a?\"\n]\n");
	back = json_loads(written, 0, NULL);
	assert_true(json_equal(array, back));
	json_decref(array);
	json_decref(back);
	free(written);
}

static void test_json_that_cannot_be_written(void **state)
{
	FILE *full = fopen("/dev/full", "w");
	json_t *value = json_text("text");

	(void)state;
	assert_non_null(full);
	setvbuf(full, NULL, _IONBF, 0);
	assert_int_equal(json_write(value, full, JSON_ENCODE_ANY), -EIO);
	assert_int_equal(errno, ENOSPC);
	json_decref(value);
	fclose(full);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_characters),
		cmocka_unit_test(test_copies_are_cut_between_characters),
		cmocka_unit_test(test_invalid_bytes_are_replaced),
		cmocka_unit_test(test_control_characters_are_replaced),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_json_that_cannot_be_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
