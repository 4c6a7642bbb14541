/* SPDX-License-Identifier: MIT */
#include "structure.h"

#include <errno.h>
#include <string.h>

#include "error.h"

/* A caller's structure is no larger than this in any version to come. */
#define SIZE_MAX_ACCEPTED 4096

static int read_size(const void *given, const char *name, size_t *size)
{
	memcpy(size, given, sizeof(*size));
	if (*size < sizeof(*size) || *size > SIZE_MAX_ACCEPTED)
		return fail(-EINVAL, "struct %s has no valid size: call shmflip_init() first",
		            name);
	return 0;
}

int structure_read(void *own, size_t bytes, const void *given, const char *name)
{
	const char *tail = given;
	size_t size;
	int error = read_size(given, name, &size);

	if (error)
		return error;
	for (size_t i = bytes; i < size; i++)
		if (tail[i] != 0)
			return fail(-EINVAL,
			            "struct %s has fields that this version of the library does "
			            "not know",
			            name);
	memset(own, 0, bytes);
	memcpy(own, given, size < bytes ? size : bytes);
	return 0;
}

int structure_check(const void *given, const char *name)
{
	size_t size;

	return read_size(given, name, &size);
}

int structure_write(void *given, const void *own, size_t bytes, const char *name)
{
	size_t size;
	int error = read_size(given, name, &size);

	if (error)
		return error;
	memset(given, 0, size);
	memcpy(given, own, size < bytes ? size : bytes);
	memcpy(given, &size, sizeof(size));
	return 0;
}
