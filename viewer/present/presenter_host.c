/* SPDX-License-Identifier: MIT */
#include "presenter_host.h"

#include <SDL.h>
#include <stdarg.h>
#include <stdio.h>

int presenter_fail(struct presenter_host *host, int error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(host->reason, sizeof(host->reason), format, arguments);
	va_end(arguments);
	return error;
}

int presenter_fail_in_sdl(struct presenter_host *host, int error, const char *what)
{
	const char *reason = SDL_GetError();

	return presenter_fail(host, error, *reason ? "%s: %s" : "%s", what, reason);
}
