/* SPDX-License-Identifier: MIT
 *
 * What shmflip-producer decodes with. */
#include "png_decode.h"
#include "table.h"

static int decode(void *state, const struct png_file *file, uint8_t *pixels)
{
	const struct png_decode_options options = { .pixels_size =
		                                            file->pixel_bytes + DECODER_ROOM };
	struct png_picture picture;

	(void)state;
	return png_decode(file->png, file->png_bytes, &options, pixels, &picture);
}

const struct decoder decoder_shmflip = {
	.name = "shmflip",
	.title = "shmflip-producer's decoder",
	.decode = decode,
};
