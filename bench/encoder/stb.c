/* SPDX-License-Identifier: MIT
 *
 * stb_image_write. It has a compressor of its own, and tries all filters for each row. */
#include <errno.h>
#include <stb/stb_image_write.h>
#include <stdlib.h>

#include "table.h"

static void append(void *output, void *bytes, int size)
{
	encoder_append(output, bytes, (size_t)size);
}

static int encode(void *state, const struct encoder_picture *picture, struct encoder_output *output)
{
	unsigned channels = encoder_channels(picture);
	size_t row_bytes = (size_t)picture->width * channels;
	uint8_t *rows = malloc(row_bytes * picture->height);
	int written;

	(void)state;
	if (!rows)
		return -ENOMEM;
	for (uint32_t y = 0; y < picture->height; y++)
		encoder_read_row(picture, y, rows + y * row_bytes);
	written = stbi_write_png_to_func(append, output, (int)picture->width, (int)picture->height,
	                                 (int)channels, rows, (int)row_bytes);
	free(rows);
	return written ? 0 : -ENOMEM;
}

const struct codec encoder_stb = {
	.name = "stb",
	.title = "stb_image_write",
	.encode = encode,
};
