/* SPDX-License-Identifier: MIT */
#include "error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "shmflip.h"

static _Thread_local char detail[1024];
static _Thread_local const char *line = ""; /* what is wrong: detail, or a constant */

/* Names of files and directories may hold anything. Replaces what would break a line or a
 * terminal: control characters of ASCII, and those of UTF-8, which are 0xc2 and a byte below
 * 0xa0. */
static void make_printable(void)
{
	unsigned char *text = (unsigned char *)detail;

	for (; *text; text++) {
		if (text[0] < ' ' || text[0] == 0x7f)
			text[0] = '?';
		else if (text[0] == 0xc2 && text[1] >= 0x80 && text[1] < 0xa0)
			text[0] = text[1] = '?';
	}
}

void error_set(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(detail, sizeof(detail), format, args);
	va_end(args);
	make_printable();
	line = detail;
}

int fail_plain(int error)
{
	if (error == -EAGAIN)
		line = "timeout: nothing came meanwhile";
	else if (error == -EINTR)
		line = "a signal handler ran, or the process was stopped";
	else if (error == -ECANCELED)
		line = "the handle is interrupted";
	else if (error == -ECHILD)
		line = "this belongs to the parent process: open another in the child";
	return error;
}

int fail_errno(const char *format, ...)
{
	int error = errno;
	va_list args;
	size_t length;

	va_start(args, format);
	vsnprintf(detail, sizeof(detail), format, args);
	va_end(args);
	length = strlen(detail);
	snprintf(detail + length, sizeof(detail) - length, ": %s", strerror(error));
	make_printable();
	line = detail;
	return -error;
}

const char *shmflip_error_detail(void)
{
	return line;
}

uint32_t shmflip_version(void)
{
	return SHMFLIP_VERSION;
}
