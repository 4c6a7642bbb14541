/* SPDX-License-Identifier: MIT */
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text.h"

static const char *program_name = "shmflip";

/* Without this, the first file that the program opens would get the number of a closed standard
 * stream, and its messages. Each is opened in the wrong direction, so that its use still fails. */
static void fill_standard_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) < 0)
			open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
	}
}

void cli_init(const char *program)
{
	program_name = program;
	fill_standard_streams();
}

/* File names and messages of libraries may contain anything: a message stays one line. */
static void print_message(const char *format, va_list arguments, const char *tail)
{
	char line[8192];

	vsnprintf(line, sizeof(line), format, arguments);
	text_make_plain(line);
	cli_status_end();
	fprintf(stderr, "%s: %s%s\n", program_name, line, tail);
}

void cli_error(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print_message(format, arguments, "");
	va_end(arguments);
}

void cli_usage_error(const char *format, ...)
{
	va_list arguments;
	char tail[128];

	snprintf(tail, sizeof(tail), " (see %s --help)", program_name);
	va_start(arguments, format);
	print_message(format, arguments, tail);
	va_end(arguments);
	exit(CLI_USAGE);
}

void cli_exit_version(void)
{
	printf("%s %s\n", program_name, PROGRAM_VERSION);
	cli_exit_printed();
}

/* stdout buffers what is printed, so that only the flush meets a full disk. */
void cli_exit_printed(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		exit(CLI_OK);
	cli_error("cannot write to stdout: %s", strerror(errno));
	exit(CLI_FAILED);
}
