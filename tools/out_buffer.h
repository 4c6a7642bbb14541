/* SPDX-License-Identifier: MIT
 *
 * Bytes on their way to stdout: gathered in memory, so that a frame can be let go of before a slow
 * reader has taken them, then written at once. */
#ifndef TOOLS_OUTPUT_H
#define TOOLS_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zero-initialise. */
struct output {
	uint8_t *bytes;
	size_t used;
	size_t size;
};

/* Room for so many bytes more, to be filled by the caller. NULL: there is no memory. It stays where it
 * is until the next call. */
uint8_t *output_room(struct output *output, size_t bytes);

/* Adds text. -ENOMEM. */
int output_print(struct output *output, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Writes all there is to fd. Blocks. -EINTR: the program is to end. -EPIPE: nobody reads. */
int output_flush(struct output *output, int fd);

/* Whether nobody reads from fd any more, as far as it can be known without writing. */
bool output_is_abandoned(int fd);

void output_finish(struct output *output);

#endif
