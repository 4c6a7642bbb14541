/* SPDX-License-Identifier: MIT
 *
 * producer/input/pnm_header: blanks and comments in every place where netpbm's pages allow them. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "input/pnm_header.h"

/* Adds all bytes, which must end the header. Returns what is wrong with it; NULL: nothing. */
static const char *parse(const char *bytes, size_t size, struct raw_layout *layout)
{
	struct pnm_header header = { .size = 0 };

	for (size_t i = 0; i < size; i++) {
		assert_false(header.complete);
		assert_int_equal(pnm_header_add(&header, bytes[i]), 0);
	}
	assert_true(header.complete);
	return pnm_header_parse(&header, layout);
}

static void assert_parses(const char *bytes, size_t size, const char *format, uint32_t width,
                          uint32_t height, uint32_t maximum)
{
	struct raw_layout layout;

	assert_null(parse(bytes, size, &layout));
	assert_string_equal(raw_format_name(layout.format), format);
	assert_int_equal(layout.width, width);
	assert_int_equal(layout.height, height);
	assert_int_equal(layout.maximum, maximum);
}

#define ASSERT_PARSES(bytes, ...) assert_parses(bytes, sizeof(bytes) - 1, __VA_ARGS__)

static void test_blanks(void **state)
{
	(void)state;
	ASSERT_PARSES("P5 3 5 255\n", "gray", 3, 5, 255);
	ASSERT_PARSES("P6\n3\n5\n65535 ", "rgb24", 3, 5, 65535);
	ASSERT_PARSES("P6 \t\r\n 3\r\n\t5   0000000000255\t", "rgb24", 3, 5, 255);
	ASSERT_PARSES("P6\r3\r5\r7\r", "rgb24", 3, 5, 7);
	/* One blank ends the header: the next byte is a pixel. */
	ASSERT_PARSES("P5 3 5 9\r", "gray", 3, 5, 9);
}

static void test_comments_anywhere(void **state)
{
	(void)state;
	ASSERT_PARSES("P6\n# Gr\xc3\xb6\xc3\x9f"
	              "e\n1 1\n255\n",
	              "rgb24", 1, 1, 255);
	ASSERT_PARSES("P6 #\0\x01\x7f\xff\r1#\n 1 255\n", "rgb24", 1, 1, 255);
	ASSERT_PARSES("P6#1\n 3#2\r 5 #3\n#4\n#5\r255 ", "rgb24", 3, 5, 255);
	/* Within a number, and before the blank that ends the header. */
	ASSERT_PARSES("P6 1#\n2 1 2#\n5#\r5#\n\n", "rgb24", 12, 1, 255);
}

static void test_long_comments(void **state)
{
	struct pnm_header header = { .size = 0 };

	(void)state;
	for (const char *at = "P5 #"; *at; at++)
		assert_int_equal(pnm_header_add(&header, *at), 0);
	for (int i = 0; i < 100000; i++)
		assert_int_equal(pnm_header_add(&header, 'x'), 0);
	for (const char *at = "\n3 5 255"; *at; at++)
		assert_int_equal(pnm_header_add(&header, *at), 0);
	assert_false(header.complete);
	assert_int_equal(pnm_header_add(&header, '\n'), 0);
	assert_true(header.complete);
}

static void test_pam(void **state)
{
	(void)state;
	ASSERT_PARSES("P7\nWIDTH 3\nHEIGHT 5\nDEPTH 1\nMAXVAL 255\nENDHDR\n", "gray", 3, 5, 255);
	ASSERT_PARSES("P7\nWIDTH\t1\nHEIGHT 1\nDEPTH 3\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\n",
	              "rgb24", 1, 1, 255);
	ASSERT_PARSES(
		"P7\r\n \tMAXVAL  \t9 \r\n\nDEPTH\v4\r\n\t \nTUPLTYPE\t\tRGB_ALPHA \nWIDTH 03\n"
		"HEIGHT 5\nENDHDR \t\r\n",
		"rgba", 3, 5, 9);
	ASSERT_PARSES("P7\n#\xe9\0\r WIDTH 9\n##\n#\nWIDTH 3\nHEIGHT 5\nDEPTH 2\nMAXVAL 1\n"
	              "#ENDHDR\nTUPLTYPE BLACKANDWHITE_ALPHA\nENDHDR\n",
	              "ya8", 3, 5, 1);
}

static void assert_refused(const char *bytes)
{
	struct raw_layout layout;

	assert_non_null(parse(bytes, strlen(bytes), &layout));
}

static void test_refused(void **state)
{
	(void)state;
	assert_refused("P6 1 1 0\n");
	assert_refused("P6 1 1 65536\n");
	assert_refused("P6 1 1 99999999999999999999\n");
	assert_refused("P6 1 0 255\n");
	assert_refused("P6 99999999999 1 255\n");
	assert_refused("P6 1 -1 255\n");
	assert_refused("P6 1 1x 255\n");
	assert_refused("P7 332\nWIDTH 1\nHEIGHT 1\nDEPTH 1\nMAXVAL 255\nENDHDR\n");
	assert_refused("P7\nWIDTH 1\nHEIGHT 1\nDEPTH 1\nENDHDR\n");
	assert_refused("P7\nWIDTH 1\nHEIGHT 1\nDEPTH 5\nMAXVAL 255\nENDHDR\n");
	assert_refused("P7\nWIDTH 1\nHEIGHT 1\nDEPTH 4\nMAXVAL 255\nTUPLTYPE CMYK\nENDHDR\n");
}

static void test_bytes_that_no_header_has(void **state)
{
	struct pnm_header header = { .size = 0 };
	int error = 0;

	(void)state;
	for (const char *at = "P6 1"; *at; at++)
		assert_int_equal(pnm_header_add(&header, *at), 0);
	assert_int_equal(pnm_header_add(&header, '\0'), -EBADMSG);
	assert_int_equal(pnm_header_add(&header, '\xe9'), -EBADMSG);
	for (int i = 0; i < RAW_HEADER_BYTES_MAX && !error; i++)
		error = pnm_header_add(&header, '1');
	assert_int_equal(error, -EBADMSG);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blanks),
		cmocka_unit_test(test_comments_anywhere),
		cmocka_unit_test(test_long_comments),
		cmocka_unit_test(test_pam),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_bytes_that_no_header_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
