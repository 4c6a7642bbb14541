/* SPDX-License-Identifier: MIT
 *
 * libspng, row by row. The bytes of each row are reordered while it is in the cache. */
#include <errno.h>
#include <spng.h>

#include "table.h"

static int decode_rows(spng_ctx *spng, const struct png_file *file, uint8_t *pixels)
{
	size_t row_bytes = 4 * (size_t)file->width;
	struct spng_row_info info;
	uint8_t *row;
	int error = spng_decode_image(spng, NULL, 0, SPNG_FMT_RGBA8,
	                              SPNG_DECODE_TRNS | SPNG_DECODE_PROGRESSIVE);

	while (!error) {
		error = spng_get_row_info(spng, &info);
		if (error)
			break;
		row = pixels + (size_t)info.row_num * file->stride_bytes;
		error = spng_decode_row(spng, row, row_bytes);
		if (!error || error == SPNG_EOI)
			decoder_swap_row(row, row, file->width);
	}
	return error == SPNG_EOI ? 0 : -EBADMSG;
}

static int decode(void *state, const struct png_file *file, uint8_t *pixels)
{
	spng_ctx *spng;
	int error;

	(void)state;
	if (!file->raw_bytes)
		return -ENOTSUP;
	spng = spng_ctx_new(0);
	if (!spng)
		return -ENOMEM;
	spng_set_png_buffer(spng, file->png, file->png_bytes);
	error = decode_rows(spng, file, pixels);
	spng_ctx_free(spng);
	return error;
}

const struct codec decoder_libspng = {
	.name = "libspng",
	.title = "libspng, row by row",
	.decode = decode,
};
