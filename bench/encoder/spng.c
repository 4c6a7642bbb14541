/* SPDX-License-Identifier: MIT
 *
 * libspng at its fastest level with one fixed filter, row by row. */
#include <errno.h>
#include <spng.h>
#include <stdlib.h>

#include "table.h"

static int append(spng_ctx *spng, void *output, void *bytes, size_t size)
{
	(void)spng;
	return encoder_append(output, bytes, size) ? SPNG_IO_ERROR : 0;
}

static int encode_rows(spng_ctx *spng, const struct encoder_picture *picture, uint8_t *row)
{
	int error = spng_encode_image(spng, NULL, 0, SPNG_FMT_PNG,
	                              SPNG_ENCODE_PROGRESSIVE | SPNG_ENCODE_FINALIZE);

	for (uint32_t y = 0; y < picture->height && !error; y++) {
		encoder_read_row(picture, y, row);
		error = spng_encode_row(spng, row,
		                        (size_t)picture->width * encoder_channels(picture));
	}
	return error == SPNG_EOI ? 0 : -EBADMSG;
}

static int encode(void *state, const struct encoder_picture *picture, struct encoder_output *output)
{
	spng_ctx *spng = spng_ctx_new(SPNG_CTX_ENCODER);
	uint8_t *row = malloc((size_t)picture->width * 4);
	struct spng_ihdr header = {
		.width = picture->width,
		.height = picture->height,
		.bit_depth = 8,
		.color_type = picture->opaque ? SPNG_COLOR_TYPE_TRUECOLOR
		                              : SPNG_COLOR_TYPE_TRUECOLOR_ALPHA,
	};
	int error = -ENOMEM;

	(void)state;
	if (spng && row) {
		spng_set_png_stream(spng, append, output);
		spng_set_option(spng, SPNG_IMG_COMPRESSION_LEVEL, 1);
		spng_set_option(spng, SPNG_FILTER_CHOICE, SPNG_FILTER_CHOICE_SUB);
		spng_set_ihdr(spng, &header);
		error = encode_rows(spng, picture, row);
	}
	free(row);
	spng_ctx_free(spng);
	return error;
}

const struct codec encoder_libspng = {
	.name = "libspng",
	.title = "libspng, level 1, filter Sub",
	.encode = encode,
};
