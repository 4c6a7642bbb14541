/* SPDX-License-Identifier: MIT
 *
 * stb_image. It decodes into memory of its own. */
#include <errno.h>
#include <stb/stb_image.h>

#include "table.h"

static int decode(void *state, const struct png_file *file, uint8_t *pixels)
{
	int width, height, channels;
	stbi_uc *rgba = stbi_load_from_memory(file->png, (int)file->png_bytes, &width, &height,
	                                      &channels, STBI_rgb_alpha);

	(void)state;
	if (!rgba)
		return -EBADMSG;
	for (uint32_t row = 0; row < file->height; row++)
		decoder_swap_row(pixels + (size_t)row * file->stride_bytes,
		                 rgba + 4 * (size_t)row * file->width, file->width);
	stbi_image_free(rgba);
	return 0;
}

const struct codec decoder_stb = {
	.name = "stb",
	.title = "stb_image",
	.decode = decode,
};
