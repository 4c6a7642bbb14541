/* SPDX-License-Identifier: MIT
 *
 * common/cli: values of options, and the one-line message for an invalid value. A usage error
 * exits, so each runs in a child. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli.h"

static const char *const colours[] = { "red", "green", "blue", NULL };

static void test_numbers(void **state)
{
	(void)state;
	assert_int_equal(cli_uint("--n", "2", 2, 64), 2);
	assert_int_equal(cli_uint("--n", "64", 2, 64), 64);
	assert_int_equal(cli_uint("--n", "007", 0, 64), 7);
	assert_true(cli_uint("--n", "18446744073709551615", 0, UINT64_MAX) == UINT64_MAX);
}

static void test_seconds(void **state)
{
	(void)state;
	assert_int_equal(cli_seconds_ns("--s", "0"), 0);
	assert_int_equal(cli_seconds_ns("--s", "2"), 2000000000);
	assert_int_equal(cli_seconds_ns("--s", "0.5"), 500000000);
	assert_int_equal(cli_seconds_ns("--s", ".5"), 500000000);
	assert_int_equal(cli_seconds_ns("--s", "0.0000000019"), 1);
	assert_int_equal(cli_seconds_ns("--s", "1000000000"), 1000000000000000000);
}

static void test_rates(void **state)
{
	(void)state;
	assert_int_equal(cli_fps_milli("--fps", "0"), 0);
	assert_int_equal(cli_fps_milli("--fps", "30"), 30000);
	assert_int_equal(cli_fps_milli("--fps", "29.97"), 29970);
	assert_int_equal(cli_fps_milli("--fps", "59.9406"), 59941);
	assert_int_equal(cli_fps_milli("--fps", "30000/1001"), 29970);
	assert_int_equal(cli_fps_milli("--fps", "0.001"), 1);
	assert_int_equal(cli_fps_milli("--fps", "1000000"), 1000000000);
}

static void assert_rate(const char *text, uint32_t num, uint32_t den)
{
	uint32_t got_num, got_den;

	cli_rate("--fps", text, &got_num, &got_den);
	assert_int_equal(got_num, num);
	assert_int_equal(got_den, den);
}

static void test_exact_rates(void **state)
{
	(void)state;
	assert_rate("0", 0, 1);
	assert_rate("30", 30, 1);
	assert_rate("60000/2000", 30, 1);
	assert_rate("29.97", 2997, 100);
	assert_rate("30000/1001", 30000, 1001);
	assert_rate("1000000", 1000000, 1);
	assert_rate("0.000000001", 1, 1000000000);
	assert_rate("29.970029970", 2997002997, 100000000);
	/* Too long for 32 bits, and rounded. */
	assert_rate("99999.999999999", 3051757812, 30517);
	assert_rate("1/4294967295", 1, 4294967295);
}

static void test_hints_name_options(void **state)
{
	(void)state;
	assert_string_equal(cli_library_hint(-EBUSY), " (-c)");
	assert_non_null(strstr(cli_library_hint(-EPERM), "--dir"));
	assert_string_equal(cli_library_hint(-ENOMEM), "");
}

static void test_other_values(void **state)
{
	uint32_t width, height;

	(void)state;
	cli_size("--size", "1920x1080", &width, &height);
	assert_int_equal(width, 1920);
	assert_int_equal(height, 1080);
	cli_size("--size", "1x2147483647", &width, &height);
	assert_int_equal(height, 2147483647);
	assert_int_equal(cli_mode("--mode", "0640"), 0640);
	assert_int_equal(cli_mode("--mode", "0"), 0);
	assert_int_equal(cli_group("--group", "root"), 0);
	assert_int_equal(cli_group("--group", "4321"), 4321);
	assert_int_equal(cli_colour("--c", "#ff8000"), 0xff8000);
	assert_int_equal(cli_colour("--c", "#F8a"), 0xff88aa);
	assert_int_equal(cli_colour("--c", "white"), 0xffffff);
	assert_int_equal(cli_choice("--w", "red", colours), 0);
	assert_int_equal(cli_choice("--w", "blue", colours), 2);
}

static void bad_value(const char *kind, const char *text)
{
	uint32_t width, height;

	if (strcmp(kind, "uint") == 0)
		cli_uint("--it", text, 2, 64);
	else if (strcmp(kind, "seconds") == 0)
		cli_seconds_ns("--it", text);
	else if (strcmp(kind, "fps") == 0)
		cli_fps_milli("--it", text);
	else if (strcmp(kind, "rate") == 0)
		cli_rate("--it", text, &width, &height);
	else if (strcmp(kind, "size") == 0)
		cli_size("--it", text, &width, &height);
	else if (strcmp(kind, "mode") == 0)
		cli_mode("--it", text);
	else if (strcmp(kind, "group") == 0)
		cli_group("--it", text);
	else if (strcmp(kind, "colour") == 0)
		cli_colour("--it", text);
	else
		cli_choice("--it", text, colours);
}

/* Runs bad_value() in a child. Its stderr goes to message. */
static int exit_status_of(const char *kind, const char *text, char *message, size_t size)
{
	int ends[2], status;
	ssize_t got, total = 0;
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		dup2(ends[1], STDERR_FILENO);
		bad_value(kind, text);
		_exit(0);
	}
	close(ends[1]);
	while ((got = read(ends[0], message + total, size - 1 - (size_t)total)) > 0)
		total += got;
	message[total] = '\0';
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static const char *const bad_values[][2] = {
	{ "uint", "" },          { "uint", "1" },         { "uint", "65" },
	{ "uint", "-3" },        { "uint", "+3" },        { "uint", " 3" },
	{ "uint", "3x" },        { "uint", "0x10" },      { "uint", "18446744073709551618" },
	{ "seconds", "" },       { "seconds", "." },      { "seconds", "-1" },
	{ "seconds", "1e3" },    { "seconds", "nan" },    { "seconds", "1000000000.1" },
	{ "seconds", "2s" },     { "fps", "" },           { "fps", "-1" },
	{ "fps", "30/0" },       { "fps", "30/" },        { "fps", "0.0001" },
	{ "fps", "1000001" },    { "fps", "inf" },        { "fps", "30/1001/2" },
	{ "rate", "30/0" },      { "rate", "1000001" },   { "rate", "0.000000001/99" },
	{ "rate", "-1" },        { "rate", "" },          { "rate", "30/1001/2" },
	{ "size", "1920" },      { "size", "1920x" },     { "size", "x1080" },
	{ "size", "0x10" },      { "size", "10x0" },      { "size", "1920x1080x3" },
	{ "size", "1920*1080" }, { "size", "-1x5" },      { "size", "2147483648x1" },
	{ "mode", "888" },       { "mode", "1000" },      { "mode", "rw" },
	{ "mode", "" },          { "group", "no group" }, { "group", "4294967295" },
	{ "colour", "pinkish" }, { "colour", "#12" },     { "colour", "#12345g" },
	{ "colour", "#" },       { "colour", "ff8000" },  { "choice", "purple" },
	{ "choice", "" },        { "choice", "re" },
};

static void test_bad_values_are_usage_errors(void **state)
{
	char message[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(bad_values) / sizeof(bad_values[0]); i++) {
		assert_int_equal(exit_status_of(bad_values[i][0], bad_values[i][1], message,
		                                sizeof(message)),
		                 CLI_USAGE);
		assert_memory_equal(message, "tester: --it takes ", 19);
		assert_non_null(strstr(message, " (see tester --help)\n"));
		assert_ptr_equal(strchr(message, '\n'), message + strlen(message) - 1);
	}
}

static void test_a_message_is_one_clean_line(void **state)
{
	char message[1024];

	(void)state;
	exit_status_of("choice", "a\nb\033[2J\177", message, sizeof(message));
	assert_string_equal(message, "tester: --it takes red, green or blue, not 'a?b?[2J?'"
	                             " (see tester --help)\n");
}

static void test_interrupts(void **state)
{
	struct sigaction action;

	(void)state;
	cli_catch_interrupts();
	assert_false(cli_interrupted());
	raise(SIGPIPE);
	assert_false(cli_interrupted());
	raise(SIGINT);
	assert_true(cli_interrupted());
	sigaction(SIGINT, NULL, &action);
	assert_true(action.sa_handler == SIG_DFL);
	raise(SIGTERM);
	raise(SIGTERM);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_seconds),
		cmocka_unit_test(test_rates),
		cmocka_unit_test(test_exact_rates),
		cmocka_unit_test(test_hints_name_options),
		cmocka_unit_test(test_other_values),
		cmocka_unit_test(test_bad_values_are_usage_errors),
		cmocka_unit_test(test_a_message_is_one_clean_line),
		cmocka_unit_test(test_interrupts),
	};

	cli_init("tester");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
