/* SPDX-License-Identifier: MIT
 *
 * viewer/history: what is kept for stepping back, and no more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "history.h"

/* Pixels are written by nobody, so that even large ones take no memory. */
static int add(struct history *history, uint64_t sequence, uint32_t width, uint32_t height)
{
	const struct picture_info info = { .sequence = sequence, .width = width, .height = height };
	uint32_t *pixels = malloc((size_t)4 * width * height);
	struct picture_copy copy = { .info = info, .bytes = (uint8_t *)pixels };
	int error;

	assert_non_null(pixels);
	copy.source = picture_of_copy(&info, pixels).source;
	error = history_add(history, &copy);
	if (error)
		picture_copy_finish(&copy);
	return error;
}

/* Adds the picture on screen, then a frame of the channel replaces it. */
static void keep(struct history *history, uint64_t sequence, uint32_t width, uint32_t height)
{
	assert_false(history_has_current(history));
	assert_int_equal(add(history, sequence, width, height), 0);
	history_leave(history);
}

static void assert_back(struct history *history, uint64_t sequence)
{
	const struct picture_copy *picture = history_step_back(history);

	assert_non_null(picture);
	assert_int_equal(picture->info.sequence, sequence);
	assert_true(history_has_current(history));
}

static void assert_forward(struct history *history, uint64_t sequence)
{
	const struct picture_copy *picture = history_step_forward(history);

	assert_non_null(picture);
	assert_int_equal(picture->info.sequence, sequence);
}

static void test_empty(void **state)
{
	struct history history = { 0 };

	(void)state;
	assert_null(history_step_back(&history));
	assert_null(history_step_forward(&history));
	assert_int_equal(add(&history, 1, 4, 4), 0);
	assert_null(history_step_back(&history));
	assert_null(history_step_forward(&history));
	history_clear(&history);
}

static void test_back_and_forward(void **state)
{
	struct history history = { 0 };

	(void)state;
	for (uint64_t i = 1; i <= 3; i++)
		keep(&history, i, 4, 4);
	assert_int_equal(add(&history, 4, 4, 4), 0);
	assert_back(&history, 3);
	assert_back(&history, 2);
	assert_forward(&history, 3);
	assert_forward(&history, 4);
	assert_null(history_step_forward(&history));
	assert_true(history_has_current(&history));
	for (uint64_t i = 3; i >= 1; i--)
		assert_back(&history, i);
	assert_null(history_step_back(&history));
	history_clear(&history);
	assert_int_equal(history.bytes, 0);
	assert_false(history_has_current(&history));
}

static void assert_bound(uint32_t side, unsigned count)
{
	struct history history = { 0 };

	for (uint64_t i = 1; i <= count + 3; i++)
		keep(&history, i, side, side);
	assert_int_equal(history.count, count);
	assert_int_equal(history.bytes, (size_t)4 * side * side * count);
	for (uint64_t i = 0; i < count; i++)
		assert_back(&history, count + 3 - i);
	assert_null(history_step_back(&history));
	history_clear(&history);
}

static void test_bounds(void **state)
{
	(void)state;
	assert_bound(16, HISTORY_PICTURES_MAX);
	assert_bound(2048, 16);
	assert_bound(8192, 1);
}

static void test_picture_beyond_the_bound(void **state)
{
	struct history history = { 0 };

	(void)state;
	keep(&history, 1, 16, 16);
	assert_int_equal(add(&history, 2, 8193, 8192), -EFBIG);
	assert_int_equal(history.count, 0);
	assert_false(history_has_current(&history));
	assert_null(history_step_back(&history));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_back_and_forward),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_picture_beyond_the_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
