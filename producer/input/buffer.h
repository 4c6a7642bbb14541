/* SPDX-License-Identifier: MIT
 *
 * Memory that grows and is used again. Zero-initialise it. Different buffers are independent. */
#ifndef SHMFLIP_PRODUCER_INPUT_BUFFER_H
#define SHMFLIP_PRODUCER_INPUT_BUFFER_H

#include <stddef.h>
#include <stdint.h>

struct buffer {
	uint8_t *data;
	size_t capacity;
};

/* Has room for so many bytes, and keeps what is there. -ENOMEM: all is as before. */
int buffer_reserve(struct buffer *buffer, size_t size);

void buffer_finish(struct buffer *buffer);

#endif
