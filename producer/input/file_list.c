/* SPDX-License-Identifier: MIT */
#include "source.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

/* Linux follows an advice no further than it reads ahead by itself, which is seldom less than this. */
#define READ_AHEAD_STEP (128 << 10)
#define READ_AHEAD_MAX (64 << 20)

/* frames/%04d.png: what stands before and behind the number, and its least number of digits. */
struct pattern {
	char *before;
	const char *behind;
	int digits;
};

/* Takes path, which is malloc'ed or NULL. */
static int append(struct source *source, char *path)
{
	if (path && source->count == source->capacity) {
		size_t capacity = source->capacity ? 2 * source->capacity : 64;
		char **larger = realloc(source->paths, capacity * sizeof(*larger));

		if (larger) {
			source->paths = larger;
			source->capacity = capacity;
		}
	}
	if (!path || source->count == source->capacity) {
		free(path);
		cli_error("out of memory");
		return -ENOMEM;
	}
	source->paths[source->count++] = path;
	return 0;
}

static char *joined(const char *folder, const char *name)
{
	size_t length = strlen(folder);
	const char *slash = length && folder[length - 1] == '/' ? "" : "/";
	char *path;

	return asprintf(&path, "%s%s%s", folder, slash, name) < 0 ? NULL : path;
}

static int is_visible_png(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return entry->d_name[0] != '.' && entry->d_type != DT_DIR && length > 4 &&
	       strcasecmp(entry->d_name + length - 4, ".png") == 0;
}

static int add_directory(struct source *source, const char *folder)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, is_visible_png, versionsort);
	int result = 0;

	if (count < 0) {
		result = -errno;
		cli_error("cannot read %s: %s", folder, strerror(errno));
		return result;
	}
	for (int i = 0; i < count; i++) {
		if (!result)
			result = append(source, joined(folder, entries[i]->d_name));
		free(entries[i]);
	}
	free(entries);
	if (count == 0) {
		cli_error("there is no *.png in %s", folder);
		result = -ENOENT;
	}
	return result;
}

/* One %d or %0Nd, and no other %. */
static bool parse_pattern(struct pattern *pattern, const char *text)
{
	const char *percent = strchr(text, '%'), *at = percent + 1;

	pattern->digits = 0;
	if (*at == '0') {
		while (isdigit((unsigned char)*at) && pattern->digits < 100)
			pattern->digits = 10 * pattern->digits + (*at++ - '0');
		if (pattern->digits < 1 || pattern->digits > 18)
			return false;
	}
	if (*at != 'd' || strchr(at, '%'))
		return false;
	pattern->behind = at + 1;
	pattern->before = strndup(text, (size_t)(percent - text));
	return pattern->before;
}

static char *numbered(const struct pattern *pattern, int number)
{
	char *path;

	if (asprintf(&path, "%s%0*d%s", pattern->before, pattern->digits, number, pattern->behind) <
	    0)
		return NULL;
	return path;
}

static bool exists(const char *path)
{
	struct stat status;

	return path && stat(path, &status) == 0;
}

static int add_pattern(struct source *source, const char *text)
{
	size_t before = source->count;
	struct pattern pattern;
	int result = 0;

	if (!parse_pattern(&pattern, text))
		cli_usage_error("%s: a pattern has exactly one %%d, or %%04d and the like", text);
	for (int number = 0; !result && number < INT32_MAX; number++) {
		char *path = numbered(&pattern, number);

		if (path && !exists(path)) {
			free(path);
			if (number == 0)
				continue;
			break;
		}
		result = append(source, path);
	}
	free(pattern.before);
	if (!result && source->count == before) {
		cli_error("no file matches %s from number 0 or 1 on", text);
		result = -ENOENT;
	}
	return result;
}

int source_add(struct source *source, const char *argument)
{
	struct stat status;

	if (stat(argument, &status) == 0)
		return S_ISDIR(status.st_mode) ? add_directory(source, argument)
		                               : append(source, strdup(argument));
	if (errno == ENOENT && strchr(argument, '%'))
		return add_pattern(source, argument);
	cli_error("cannot read %s: %s", argument, strerror(errno));
	return -ENOENT;
}

void source_read_ahead(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat status;

	if (fd < 0)
		return;
	if (fstat(fd, &status) < 0)
		status.st_size = 0;
	for (off_t at = 0; at < status.st_size && at < READ_AHEAD_MAX; at += READ_AHEAD_STEP)
		posix_fadvise(fd, at, READ_AHEAD_STEP, POSIX_FADV_WILLNEED);
	close(fd);
}

void source_finish(struct source *source)
{
	for (size_t i = 0; i < source->count; i++)
		free(source->paths[i]);
	free(source->paths);
	*source = (struct source){ 0 };
}
