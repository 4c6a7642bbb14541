/* SPDX-License-Identifier: MIT
 *
 * Output for stdout, collected in memory and then written at once. So cat can release a frame
 * before a slow reader has read it. */
#ifndef SHMFLIP_TOOLS_OUT_BUFFER_H
#define SHMFLIP_TOOLS_OUT_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zero-initialise. */
struct out_buffer {
	uint8_t *bytes;
	size_t used;
	size_t size;
};

/* Appends bytes for the caller to fill in. Valid until the next call. NULL: out of memory. */
uint8_t *out_buffer_reserve(struct out_buffer *output, size_t bytes);

/* Appends text. Returns 0 or -ENOMEM. */
int out_buffer_printf(struct out_buffer *output, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

void out_buffer_clear(struct out_buffer *output);

/* Writes everything to fd, and keeps it. Blocks. Returns 0 or the negative errno of write(2), among
 * them:
 *   -EINTR  the program was interrupted
 *   -EPIPE  the reader closed the pipe */
int out_buffer_write(const struct out_buffer *output, int fd);

/* Whether the reader of the pipe fd has closed it, as far as poll(2) can tell. */
bool out_buffer_reader_is_gone(int fd);

void out_buffer_finish(struct out_buffer *output);

#endif
