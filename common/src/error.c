/* SPDX-License-Identifier: MIT */
#include "error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "shmflip.h"

static _Thread_local char detail[1024];

void error_set(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(detail, sizeof(detail), format, args);
	va_end(args);
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
	return -error;
}

const char *shmflip_error_detail(void)
{
	return detail;
}

const char *shmflip_version(void)
{
	return SHMFLIP_VERSION;
}
