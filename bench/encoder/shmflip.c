/* SPDX-License-Identifier: MIT
 *
 * The encoder of shmflip-viewer --record and shmflip cat --format png, on one thread. */
#include "pixel_source.h"
#include "png_encode.h"
#include "table.h"

static void *open_encoder(void)
{
	struct png_encoder *encoder;

	return png_encoder_create(1, &encoder) ? NULL : encoder;
}

static void close_encoder(void *state)
{
	png_encoder_destroy(state);
}

static int encode(void *state, const struct encoder_picture *picture, struct encoder_output *output)
{
	const struct shmflip_frame frame = {
		.fourcc = picture->opaque ? SHMFLIP_XRGB8888 : SHMFLIP_ARGB8888,
		.width = picture->width,
		.height = picture->height,
		.planes = 1,
		.plane = { { picture->pixels, picture->stride_bytes, picture->height } },
	};
	struct pixel_source source;
	int error = pixel_source_init(&source, &frame);

	return error ? error : png_encode(state, &source, encoder_append, output);
}

const struct codec encoder_shmflip = {
	.name = "shmflip",
	.title = "shmflip's encoder, one thread",
	.open = open_encoder,
	.close = close_encoder,
	.encode = encode,
};
