/* SPDX-License-Identifier: MIT */
#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

/* Of one PNG. Larger ones there are none, but files and streams that are no PNGs. */
#define PNG_BYTES_MAX ((size_t)1 << 30)

void input_init(struct input *input, const struct source *source, int stream_fd)
{
	*input = (struct input){ .source = source };
	png_stream_init(&input->stream, stream_fd, PNG_BYTES_MAX);
}

void input_finish(struct input *input)
{
	free(input->data);
	png_stream_finish(&input->stream);
}

static bool reserve(struct input *input, size_t size)
{
	uint8_t *larger;

	if (size <= input->capacity)
		return true;
	larger = realloc(input->data, size);
	if (!larger)
		return false;
	input->data = larger;
	input->capacity = size;
	return true;
}

/* How many bytes were read: fewer than size when the file has become shorter. -1: errno says why. */
static ssize_t read_all(int fd, uint8_t *data, size_t size)
{
	size_t total = 0;

	while (total < size) {
		ssize_t got = read(fd, data + total, size - total);

		if (got < 0 && errno == EINTR && !cli_interrupted())
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		total += (size_t)got;
	}
	return (ssize_t)total;
}

/* NULL, or the reason why it cannot be read. */
static const char *read_file(struct input *input, int fd, struct piece *piece)
{
	struct stat status;
	ssize_t got;

	if (fd < 0 || fstat(fd, &status))
		return strerror(errno);
	if (!S_ISREG(status.st_mode))
		return "not a plain file";
	if ((uintmax_t)status.st_size > PNG_BYTES_MAX)
		return "too many bytes for one PNG";
	if (!reserve(input, (size_t)status.st_size))
		return strerror(ENOMEM);
	got = read_all(fd, input->data, (size_t)status.st_size);
	if (got < 0)
		return strerror(errno);
	piece->png = input->data;
	piece->size = (size_t)got;
	return NULL;
}

static int next_file(struct input *input, struct piece *piece, const char **reason)
{
	const char *path, *slash;
	int fd;

	if (input->next == input->source->count)
		return -ENODATA;
	path = input->source->paths[input->next++];
	slash = strrchr(path, '/');
	*piece = (struct piece){ .path = path,
		                 .name = slash ? slash + 1 : path,
		                 .last = input->next == input->source->count };
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	*reason = read_file(input, fd, piece);
	if (fd >= 0)
		close(fd);
	if (cli_interrupted())
		return -EINTR;
	return *reason ? -EBADMSG : 0;
}

static int next_of_stream(struct input *input, struct piece *piece, const char **reason)
{
	int result = png_stream_next(&input->stream, &piece->png, &piece->size, reason);

	if (!result || result == -EBADMSG) {
		snprintf(input->stream_name, sizeof(input->stream_name), "stdin:%llu",
		         (unsigned long long)++input->stream_count);
		piece->path = piece->name = input->stream_name;
		piece->last = false;
	}
	return result;
}

int input_next(struct input *input, struct piece *piece, const char **reason)
{
	return input->source ? next_file(input, piece, reason)
	                     : next_of_stream(input, piece, reason);
}

void input_rewind(struct input *input)
{
	input->next = 0;
}
