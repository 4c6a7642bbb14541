/* SPDX-License-Identifier: MIT */
#include "table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "png_filter.h"

const struct codec *const encoders[] = {
#define ENCODER(name) &encoder_##name,
#include "table.def"
#undef ENCODER
	NULL,
};

int encoder_append(void *context, const void *bytes, size_t size)
{
	struct encoder_output *output = context;

	if (size > output->room - output->size) {
		size_t room = 2 * (output->size + size);
		uint8_t *larger = realloc(output->bytes, room);

		if (!larger)
			return -ENOMEM;
		output->bytes = larger;
		output->room = room;
	}
	memcpy(output->bytes + output->size, bytes, size);
	output->size += size;
	return 0;
}

unsigned encoder_channels(const struct encoder_picture *picture)
{
	return picture->opaque ? 3 : 4;
}

void encoder_read_row(const struct encoder_picture *picture, uint32_t y, uint8_t *out)
{
	png_filter_get(0)->pack(picture->pixels + (size_t)y * picture->stride_bytes, picture->width,
	                        encoder_channels(picture), out);
}
