/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <unistd.h>

#include "cli.h"

void cli_channel_directory(char *text, size_t size, const char *dir)
{
	const char *set = dir ? dir : getenv("SHMFLIP_DIR");
	const char *runtime = getenv("XDG_RUNTIME_DIR");

	if (set && *set)
		snprintf(text, size, "%s", set);
	else if (runtime && *runtime)
		snprintf(text, size, "%s/shmflip", runtime);
	else
		snprintf(text, size, "/tmp/shmflip-%u", (unsigned)geteuid());
}
