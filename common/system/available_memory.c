/* SPDX-License-Identifier: MIT */
#include "available_memory.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Version 1 says a number near 2^63 for none. */
#define NO_LIMIT (UINT64_C(1) << 62)

/* The files of a memory controller: see cgroups(7), and the kernel's cgroup-v2.rst and
 * cgroup-v1/memory.rst. */
struct controller {
	const char *mount;
	const char *limit; /* "max" or NO_LIMIT and more: none */
	const char *usage;
	const char *reclaimable[2]; /* in memory.stat: file pages that the kernel can drop */
};

static const struct controller version_1 = {
	"/sys/fs/cgroup/memory",
	"memory.limit_in_bytes",
	"memory.usage_in_bytes",
	{ "total_inactive_file ", "total_active_file " },
};
static const struct controller version_2 = {
	"/sys/fs/cgroup",
	"memory.max",
	"memory.current",
	{ "inactive_file ", "active_file " },
};

static uint64_t smaller(uint64_t one, uint64_t other)
{
	return one < other ? one : other;
}

/* Reads the number that follows the name on its line of a file. Without a name, the number that the
 * file begins with. */
static bool read_number(const char *directory, const char *file, const char *name, uint64_t *number)
{
	char path[PATH_MAX + 64], line[128], *end;
	size_t length = strlen(name);
	bool found = false;
	FILE *stream;

	snprintf(path, sizeof(path), "%s/%s", directory, file);
	stream = fopen(path, "re");
	if (!stream)
		return false;
	while (!found && fgets(line, sizeof(line), stream)) {
		if (strncmp(line, name, length) != 0)
			continue;
		*number = strtoull(line + length, &end, 10);
		found = end > line + length;
	}
	fclose(stream);
	return found;
}

static uint64_t available_in(const struct controller *controller, const char *directory)
{
	uint64_t limit, usage, reclaimable;

	if (!read_number(directory, controller->limit, "", &limit) || limit >= NO_LIMIT ||
	    !read_number(directory, controller->usage, "", &usage))
		return UINT64_MAX;
	for (int i = 0; i < 2; i++)
		if (read_number(directory, "memory.stat", controller->reclaimable[i], &reclaimable))
			usage -= smaller(usage, reclaimable);
	return limit - smaller(limit, usage);
}

/* In a container path may be the host's, which is not there: the mount is its own cgroup then, and
 * the last directory to look into. */
static uint64_t available_up_from(const struct controller *controller, const char *root,
                                  const char *path)
{
	char directory[PATH_MAX];
	uint64_t bytes = UINT64_MAX;
	size_t mount_length;
	char *slash;

	if (snprintf(directory, sizeof(directory), "%s%s%s", root, controller->mount, path) >=
	    (int)sizeof(directory))
		return UINT64_MAX;
	mount_length = strlen(root) + strlen(controller->mount);
	do {
		bytes = smaller(bytes, available_in(controller, directory));
		slash = strrchr(directory, '/');
		*slash = '\0';
	} while ((size_t)(slash - directory) >= mount_length);
	return bytes;
}

static bool is_memory_hierarchy(const char *controllers)
{
	const char *found = strstr(controllers, "memory");

	return found && (found == controllers || found[-1] == ',') &&
	       (found[6] == '\0' || found[6] == ',');
}

/* A line is HIERARCHY:CONTROLLERS:PATH. Version 2 has no controllers. */
static uint64_t available_by(const char *root, char *line)
{
	char *controllers = strchr(line, ':'),
	     *path = controllers ? strchr(controllers + 1, ':') : NULL;

	if (!path)
		return UINT64_MAX;
	*controllers++ = '\0';
	*path++ = '\0';
	path[strcspn(path, "\n")] = '\0';
	if (*controllers == '\0')
		return available_up_from(&version_2, root, path);
	return is_memory_hierarchy(controllers) ? available_up_from(&version_1, root, path)
	                                        : UINT64_MAX;
}

uint64_t memory_cgroup_available_bytes(const char *root)
{
	char path[PATH_MAX], line[PATH_MAX];
	uint64_t bytes = UINT64_MAX;
	FILE *file;

	snprintf(path, sizeof(path), "%s/proc/self/cgroup", root);
	file = fopen(path, "re");
	if (!file)
		return UINT64_MAX;
	while (fgets(line, sizeof(line), file))
		bytes = smaller(bytes, available_by(root, line));
	fclose(file);
	return bytes;
}

uint64_t memory_available_bytes(void)
{
	uint64_t kib;

	if (!read_number("/proc", "meminfo", "MemAvailable:", &kib))
		return memory_cgroup_available_bytes("");
	return smaller(kib * 1024, memory_cgroup_available_bytes(""));
}
