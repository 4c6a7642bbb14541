/* SPDX-License-Identifier: MIT */
#include "file_list.h"

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
#include "pixels.h"
#include "png_header.h"

/* Linux limits each POSIX_FADV_WILLNEED to its own read-ahead, which is rarely less than this. */
#define READ_AHEAD_STEP (128 << 10)
#define READ_AHEAD_MAX (64 << 20)

/* Nearly every PNG has its pixels, or at least its small chunks, within these first bytes. */
#define START_BYTES 4096

/* frames/%04d.png: the text before and after the number, and its minimum number of digits. */
struct pattern {
	char *before;
	const char *after;
	int digits;
};

/* Takes over path, which is malloc'ed, or NULL: no memory. */
static int append(struct file_list *files, char *path)
{
	if (path && files->count == files->capacity) {
		size_t capacity = files->capacity ? 2 * files->capacity : 64;
		char **larger = realloc(files->paths, capacity * sizeof(*larger));

		if (larger) {
			files->paths = larger;
			files->capacity = capacity;
		}
	}
	if (!path || files->count == files->capacity) {
		free(path);
		cli_error("out of memory");
		return -ENOMEM;
	}
	files->paths[files->count++] = path;
	return 0;
}

static char *join_path(const char *directory, const char *name)
{
	size_t length = strlen(directory);
	const char *slash = length && directory[length - 1] == '/' ? "" : "/";
	char *path;

	return asprintf(&path, "%s%s%s", directory, slash, name) < 0 ? NULL : path;
}

static int is_visible_png(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return entry->d_name[0] != '.' && entry->d_type != DT_DIR && length > 4 &&
	       strcasecmp(entry->d_name + length - 4, ".png") == 0;
}

static int add_directory(struct file_list *files, const char *directory)
{
	struct dirent **entries;
	int count = scandir(directory, &entries, is_visible_png, versionsort);
	int error = 0;

	if (count < 0) {
		error = -errno;
		cli_error("cannot read %s: %s", directory, strerror(errno));
		return error;
	}
	for (int i = 0; i < count; i++) {
		if (!error)
			error = append(files, join_path(directory, entries[i]->d_name));
		free(entries[i]);
	}
	free(entries);
	if (count == 0) {
		cli_error("no *.png in %s", directory);
		error = -ENOENT;
	}
	return error;
}

/* Accepts one %d or %0Nd, and no other %. */
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
	pattern->after = at + 1;
	pattern->before = strndup(text, (size_t)(percent - text));
	return pattern->before;
}

static char *numbered_path(const struct pattern *pattern, int number)
{
	char *path;

	if (asprintf(&path, "%s%0*d%s", pattern->before, pattern->digits, number, pattern->after) <
	    0)
		return NULL;
	return path;
}

static bool exists(const char *path)
{
	struct stat status;

	return path && stat(path, &status) == 0;
}

static int add_pattern(struct file_list *files, const char *text)
{
	size_t before = files->count;
	struct pattern pattern;
	int error = 0;

	if (!parse_pattern(&pattern, text))
		cli_usage_error("%s: a pattern has exactly one number, such as %%d or %%04d", text);
	for (int number = 0; !error && number < INT32_MAX; number++) {
		char *path = numbered_path(&pattern, number);

		if (path && !exists(path)) {
			free(path);
			if (number == 0)
				continue;
			break;
		}
		error = append(files, path);
	}
	free(pattern.before);
	if (!error && files->count == before) {
		cli_error("no file matches %s with number 0 or 1", text);
		error = -ENOENT;
	}
	return error;
}

int file_list_add(struct file_list *files, const char *argument)
{
	struct stat status;

	if (stat(argument, &status) == 0)
		return S_ISDIR(status.st_mode) ? add_directory(files, argument)
		                               : append(files, strdup(argument));
	if (errno == ENOENT && strchr(argument, '%'))
		return add_pattern(files, argument);
	cli_error("cannot read %s: %s", argument, strerror(errno));
	return -ENOENT;
}

/* Continues the search for the colour key in the file: a read for each chunk. */
static void read_chunk_heads(int fd, struct png_header *header)
{
	uint8_t head[PNG_CHUNK_HEAD_BYTES];

	while (pread(fd, head, sizeof(head), (off_t)header->chunk_offset) == sizeof(head) &&
	       png_header_add_chunk(header, head))
		continue;
}

int file_read_png_header(const char *path, const struct pixels *pixels, struct png_header *header)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	uint8_t start[START_BYTES];
	const char *reason;
	ssize_t got;
	int error;

	if (fd < 0)
		return -errno;
	got = pread(fd, start, sizeof(start), 0);
	error = got < 0 ? -errno : png_header_parse(start, (size_t)got, header, &reason);
	if (!error && pixels_need_own(pixels, header->depth <= 8))
		read_chunk_heads(fd, header);
	close(fd);
	return error;
}

void file_read_ahead(const char *path)
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

void file_list_finish(struct file_list *files)
{
	for (size_t i = 0; i < files->count; i++)
		free(files->paths[i]);
	free(files->paths);
	*files = (struct file_list){ 0 };
}
