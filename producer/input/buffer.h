/* SPDX-License-Identifier: MIT
 *
 * Memory that grows and is reused. Zero-initialise a buffer. Different buffers are independent. */
#ifndef SHMFLIP_PRODUCER_INPUT_BUFFER_H
#define SHMFLIP_PRODUCER_INPUT_BUFFER_H

#include <stddef.h>
#include <stdint.h>

struct buffer {
	uint8_t *data;
	size_t capacity;
};

/* Makes the capacity at least size bytes, and keeps the content.
 * -ENOMEM  the buffer is unchanged */
int buffer_reserve(struct buffer *buffer, size_t size);

void buffer_finish(struct buffer *buffer);

#endif
