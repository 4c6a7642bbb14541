/* SPDX-License-Identifier: MIT */
#include "process.h"

#include <stdio.h>
#include <string.h>

/* A row: key, id, mode, size, pid of the maker. The first row is a heading. */
pid_t process_of_segment(int segment_id)
{
	FILE *table = fopen("/proc/sysvipc/shm", "re");
	char row[512];
	int id, pid, found = 0;

	if (!table)
		return 0;
	while (!found && fgets(row, sizeof(row), table)) {
		if (sscanf(row, "%*d %d %*s %*s %d", &id, &pid) == 2 && id == segment_id)
			found = pid;
	}
	fclose(table);
	return found;
}

bool process_is_stopped(pid_t pid)
{
	char path[32], line[512] = "";
	const char *end;
	FILE *file;

	if (pid <= 0)
		return false;
	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "re");
	if (!file)
		return false;
	if (!fgets(line, sizeof(line), file))
		line[0] = '\0';
	fclose(file);
	/* "PID (NAME) STATE ...". The name may hold anything, also a parenthesis. */
	end = strrchr(line, ')');
	return end && (strncmp(end, ") T", 3) == 0 || strncmp(end, ") t", 3) == 0);
}
