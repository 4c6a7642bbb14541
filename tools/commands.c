/* SPDX-License-Identifier: MIT */
#include "commands.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "shmflip.h"

int command_fail(int error)
{
	if (error == -EINVAL)
		cli_usage_error("%s", shmflip_error_detail());
	cli_library_error(error);
	return CLI_FAILED;
}

int command_flush(void)
{
	int error;

	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	error = errno ? errno : EIO;
	if (error != EPIPE)
		cli_error("cannot write to stdout: %s", strerror(error));
	return -error;
}

int command_status(int error)
{
	return error && error != -EPIPE ? CLI_FAILED : CLI_OK;
}
