/* SPDX-License-Identifier: MIT */
#include "buffer.h"

#include <errno.h>
#include <stdlib.h>

int buffer_reserve(struct buffer *buffer, size_t size)
{
	uint8_t *larger;

	if (size <= buffer->capacity)
		return 0;
	larger = realloc(buffer->data, size);
	if (!larger)
		return -ENOMEM;
	buffer->data = larger;
	buffer->capacity = size;
	return 0;
}

void buffer_finish(struct buffer *buffer)
{
	free(buffer->data);
	*buffer = (struct buffer){ 0 };
}
