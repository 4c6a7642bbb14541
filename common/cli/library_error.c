/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "cli.h"
#include "shmflip.h"

/* A file of its own: programs that do not call it need no library. */
int cli_library_error(void)
{
	cli_error("%s", shmflip_error_detail());
	return -ECANCELED;
}
