/* SPDX-License-Identifier: MIT */
#include "commands.h"

#include <errno.h>

#include "cli.h"
#include "shmflip.h"

int command_fail(int error)
{
	if (error == -EINVAL)
		cli_usage_error("%s", shmflip_error_detail());
	cli_error("%s", shmflip_error_detail());
	return CLI_FAILED;
}
