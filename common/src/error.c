/* SPDX-License-Identifier: MIT */
#include "error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "shmflip.h"

static _Thread_local char detail[1024];

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
	return -error;
}

const char *shmflip_error_detail(void)
{
	return detail;
}

uint32_t shmflip_version(void)
{
	return SHMFLIP_VERSION;
}
