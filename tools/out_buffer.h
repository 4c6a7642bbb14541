/* SPDX-License-Identifier: MIT
 *
 * Bytes on their way to stdout: gathered in memory, so that a frame can be let go of before a slow
 * reader has taken them, then written at once. */
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

/* Room for so many bytes more, to be filled by the caller. NULL: there is no memory. It stays where it
 * is until the next call. */
uint8_t *out_buffer_reserve(struct out_buffer *output, size_t bytes);

/* Adds text. -ENOMEM. */
int out_buffer_printf(struct out_buffer *output, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Writes all there is to fd. Blocks. -EINTR: the program is to end. -EPIPE: nobody reads. */
int out_buffer_flush(struct out_buffer *output, int fd);

/* Whether nobody reads from fd any more, as far as it can be known without writing. */
bool out_buffer_reader_is_gone(int fd);

void out_buffer_finish(struct out_buffer *output);

#endif
