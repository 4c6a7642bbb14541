/* SPDX-License-Identifier: MIT */
#include "cli.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "text.h"

static bool line_is_drawn;

bool cli_status_shown(void)
{
	static int shown = -1;

	if (shown < 0) {
		const char *terminal = getenv("TERM");

		shown = isatty(STDERR_FILENO) && terminal && strcmp(terminal, "dumb") != 0;
	}
	return shown;
}

static size_t columns(void)
{
	struct winsize window;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &window) || window.ws_col < 2)
		return 80;
	return window.ws_col;
}

/* A line that wraps cannot be rewritten in place. UTF-8 is cut between characters. */
static void truncate_line(char *line, size_t characters)
{
	for (; *line; line++) {
		if (((unsigned char)*line & 0xc0) == 0x80)
			continue;
		if (characters == 0)
			break;
		characters--;
	}
	*line = '\0';
}

void cli_status(const char *format, ...)
{
	va_list arguments;
	char line[1024];

	if (!cli_status_shown())
		return;
	va_start(arguments, format);
	vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	text_make_plain(line);
	truncate_line(line, columns() - 1);
	fprintf(stderr, "\r%s\033[K", line);
	line_is_drawn = true;
}

void cli_status_keep(void)
{
	if (line_is_drawn)
		fputc('\n', stderr);
	line_is_drawn = false;
}

void cli_status_end(void)
{
	if (line_is_drawn)
		fputs("\r\033[K", stderr);
	line_is_drawn = false;
}
