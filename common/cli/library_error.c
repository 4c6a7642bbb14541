/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "cli.h"
#include "shmflip.h"

/* The library knows no options, so its lines name none. */
const char *cli_library_hint(int error)
{
	switch (error) {
	case -EBUSY:
		return " (-c)";
	case -EPERM:
		return " (--dir chooses another directory)";
	default:
		return "";
	}
}

/* A file of its own: programs that do not call it need no library. */
int cli_library_error(int error)
{
	cli_error("%s%s", shmflip_error_detail(), cli_library_hint(error));
	return -ECANCELED;
}
