/* SPDX-License-Identifier: MIT
 *
 * The decoder of shmflip-producer, as built and with zlib. */
#include <errno.h>

#include "png_decode.h"
#include "png_fast.h"
#include "png_inflate.h"
#include "table.h"

static void *open_best(void)
{
	return png_fast_create(0, 0);
}

static void *open_zlib(void)
{
	unsigned last = 0;

	while (png_inflater_name(last + 1))
		last++;
	return png_fast_create(last, 0);
}

static void close_fast(void *state)
{
	png_fast_destroy(state);
}

/* -ENOTSUP: libpng had to decode it. */
static int decode(void *state, const struct png_file *file, uint8_t *pixels)
{
	const struct png_decode_options options = { .pixels_size =
		                                            file->pixel_bytes + DECODER_SLACK_BYTES,
		                                    .fast = state };
	struct png_decoded picture;
	int error = png_decode(file->png, file->png_bytes, &options, pixels, &picture);

	if (!error && !picture.fast)
		return -ENOTSUP;
	return error;
}

const struct codec decoder_shmflip = {
	.name = "shmflip",
	.title = "shmflip-producer's decoder",
	.open = open_best,
	.close = close_fast,
	.decode = decode,
};

const struct codec decoder_shmflip_zlib = {
	.name = "shmflip-zlib",
	.title = "shmflip-producer's decoder, inflating with zlib",
	.open = open_zlib,
	.close = close_fast,
	.decode = decode,
};
