/* SPDX-License-Identifier: MIT */
#include "out_buffer.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

uint8_t *out_buffer_reserve(struct out_buffer *output, size_t bytes)
{
	size_t needed;
	uint8_t *room;

	if (__builtin_add_overflow(output->used, bytes, &needed))
		return NULL;
	if (needed > output->size) {
		room = realloc(output->bytes, needed);
		if (!room)
			return NULL;
		output->bytes = room;
		output->size = needed;
	}
	room = output->bytes + output->used;
	output->used = needed;
	return room;
}

int out_buffer_printf(struct out_buffer *output, const char *format, ...)
{
	char text[192];
	va_list arguments;
	uint8_t *room;
	int length;

	va_start(arguments, format);
	length = vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	room = out_buffer_reserve(output, (size_t)length);
	if (!room)
		return -ENOMEM;
	memcpy(room, text, (size_t)length);
	return 0;
}

void out_buffer_clear(struct out_buffer *output)
{
	output->used = 0;
}

/* Returns 0 if write() can be tried again. */
static int handle_write_error(int error, int fd)
{
	struct pollfd writable = { .fd = fd, .events = POLLOUT };

	if (error == EAGAIN)
		poll(&writable, 1, -1);
	return error == EINTR || error == EAGAIN ? 0 : -error;
}

/* A signal during write() may cause just a short count, no error. */
int out_buffer_write(const struct out_buffer *output, int fd)
{
	size_t done = 0;
	ssize_t written;
	int error = 0;

	while (!error && done < output->used) {
		written = write(fd, output->bytes + done, output->used - done);
		if (written >= 0)
			done += (size_t)written;
		else
			error = handle_write_error(errno, fd);
		if (!error && done < output->used && cli_interrupted())
			error = -EINTR;
	}
	return error;
}

bool out_buffer_reader_is_gone(int fd)
{
	struct pollfd reader = { .fd = fd };

	return poll(&reader, 1, 0) == 1 && reader.revents & (POLLERR | POLLHUP);
}

void out_buffer_finish(struct out_buffer *output)
{
	free(output->bytes);
	*output = (struct out_buffer){ 0 };
}
