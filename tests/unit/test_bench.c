/* SPDX-License-Identifier: MIT
 *
 * shmflip-bench: statistics, validity and tables, and whether it detects a damaged frame. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"
#include "monotonic.h"
#include "process_group.h"
#include "statistics.h"
#include "table.h"
#include "touch.h"
#include "validity.h"

static void assert_about(double got, double want)
{
	assert_true(fabs(got - want) < 1e-9);
}

static void test_spread(void **state)
{
	double odd[] = { 5, 1, 100 }, even[] = { 4, 1, 2, 3 };
	struct spread spread;

	(void)state;
	statistics_spread(odd, 3, &spread);
	assert_about(spread.median, 5);
	assert_about(spread.min, 1);
	assert_about(spread.max, 100);
	statistics_spread(even, 4, &spread);
	assert_about(spread.median, 2.5);
	assert_about(statistics_noise(&spread), 0.6);
	statistics_spread(even, 1, &spread);
	assert_about(statistics_noise(&spread), 0);
	statistics_spread(NULL, 0, &spread);
	assert_about(spread.median, 0);
	assert_about(statistics_noise(&spread), 0);
}

/* If all pixels are read, a single wrong byte is detected. */
static void test_every_wrong_byte_is_detected(void **state)
{
	enum { BYTES = 64 * 7 };
	static _Alignas(64) uint8_t memory[BYTES + 8];
	uint8_t *pixels = memory + 8; /* transports may not align more */
	struct stamp stamp = { .sequence = 77 }, read;

	(void)state;
	touch_fill(pixels, BYTES, touch_word(TOUCH_WRITE_READ, stamp.sequence));
	touch_stamp(pixels, BYTES, &stamp);
	touch_read_stamp(pixels, &read);
	assert_int_equal(read.sequence, 77);
	assert_true(touch_receive(TOUCH_WRITE_READ, pixels, BYTES, &read));
	for (size_t i = STAMP_BYTES; i < BYTES - STAMP_BYTES; i++) {
		pixels[i] ^= 0x10;
		assert_false(touch_receive(TOUCH_WRITE_READ, pixels, BYTES, &read));
		pixels[i] ^= 0x10;
	}
	pixels[BYTES - 8] ^= 1;
	assert_false(touch_receive(TOUCH_WRITE_READ, pixels, BYTES, &read));
}

/* The previous frame's body between this frame's stamps, as if a slot is shown too early. */
static void test_an_old_body_is_detected(void **state)
{
	enum { BYTES = 64 * 1024 };
	uint8_t *pixels = aligned_alloc(64, BYTES);
	struct stamp stamp = { .sequence = 2 };

	(void)state;
	touch_fill(pixels, BYTES, touch_word(TOUCH_WRITE_READ, 1));
	touch_stamp(pixels, BYTES, &stamp);
	assert_false(touch_receive(TOUCH_WRITE_READ, pixels, BYTES, &stamp));
	free(pixels);
}

/* If pixels are not read, one word is checked, at another position in each frame. */
static void test_samples_cover_the_body(void **state)
{
	enum { BYTES = 64 * 10, FRAMES = 400 };
	static _Alignas(64) uint8_t pixels[BYTES];
	struct stamp stamp = { 0 };
	unsigned detected = 0;

	(void)state;
	touch_fill(pixels, BYTES, touch_word(TOUCH_NONE, 0));
	pixels[BYTES / 2] ^= 1;
	for (stamp.sequence = 1; stamp.sequence <= FRAMES; stamp.sequence++) {
		touch_stamp(pixels, BYTES, &stamp);
		detected += !touch_receive(TOUCH_NONE, pixels, BYTES, &stamp);
	}
	assert_in_range(detected, 1, FRAMES / 10);
}

static void test_load_excludes_own_processes(void **state)
{
	struct load before = { .busy_ns = 100, .own_ns = 50, .at_ns = 1000 };
	struct load after = { .busy_ns = 1300, .own_ns = 950, .stolen_ns = 10, .at_ns = 2000 };
	struct load_shares shares;

	(void)state;
	load_between(&before, &after, &shares);
	assert_about(shares.foreign, 0.3);
	assert_about(shares.stolen, 0.01);
	load_between(&before, &before, &shares);
	assert_about(shares.foreign, 0);
}

static void test_validity(void **state)
{
	struct evidence good = { .rounds = 5, .measured = 100, .disturbed = 3 };
	struct evidence bad = {
		.rounds = 5, .measured = 100, .disturbed = 30, .stolen = 0.1, .typical_noise = 0.5
	};
	struct validity validity;

	(void)state;
	validity_judge(&good, &validity);
	assert_int_equal(validity.count, 0);
	validity_judge(&bad, &validity);
	assert_int_equal(validity.count, 3);
	good.rounds = 2;
	validity_judge(&good, &validity);
	assert_int_equal(validity.count, 1);
	assert_non_null(strstr(validity.reasons[0], "rounds"));
	assert_true(validity_is_disturbed(&(struct load_shares){ .foreign = 0.5 }));
	assert_true(validity_is_disturbed(&(struct load_shares){ .stolen = 0.5 }));
	assert_false(validity_is_disturbed(&(struct load_shares){ .foreign = 0.01 }));
}

static void test_table(void **state)
{
	static const char *const headings[] = { "", "one", "two" };
	struct table table = { 0 };
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	(void)state;
	table_heading(&table, headings, 3);
	table_cell(&table, "name");
	table_number(&table, 12345.6);
	table_number(&table, 0.123456);
	table_cell(&table, "x");
	table_percent(&table, 0.5);
	table_nothing(&table);
	table_print(&table, file);
	fclose(file);
	assert_string_equal(text, "        one    two\n"
	                          "name  12346  0.123\n"
	                          "x      50 %      -\n");
	table_finish(&table);
	free(text);
}

static int exit_successfully(const void *argument)
{
	(void)argument;
	return 0;
}

/* If SIGCHLD is ignored, the kernel reaps children itself, and waitpid() cannot say how they
 * exited. */
static void test_unknown_exit_is_a_failure(void **state)
{
	struct process_group group = { 0 };
	char detail[PROCESS_GROUP_DETAIL_SIZE];
	int64_t elapsed_ns, cpu_ns;

	(void)state;
	process_group_add(&group)->run = exit_successfully;
	assert_int_equal(process_group_run(&group, NS_PER_S * 60, &elapsed_ns, &cpu_ns, detail), 0);
	process_group_finish(&group);
	process_group_add(&group)->run = exit_successfully;
	signal(SIGCHLD, SIG_IGN);
	assert_int_equal(process_group_run(&group, NS_PER_S * 60, &elapsed_ns, &cpu_ns, detail),
	                 -ECHILD);
	signal(SIGCHLD, SIG_DFL);
	assert_non_null(strstr(detail, "cannot wait for"));
	process_group_finish(&group);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spread),
		cmocka_unit_test(test_every_wrong_byte_is_detected),
		cmocka_unit_test(test_an_old_body_is_detected),
		cmocka_unit_test(test_samples_cover_the_body),
		cmocka_unit_test(test_load_excludes_own_processes),
		cmocka_unit_test(test_validity),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_unknown_exit_is_a_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
