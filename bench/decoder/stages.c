/* SPDX-License-Identifier: MIT
 *
 * Single stages of decoding. The rest of a decoder's time is unfiltering and reordering bytes. */
#include <errno.h>
#ifdef HAVE_LIBDEFLATE
#include <libdeflate.h>
#endif
#include <zlib.h>

#include "table.h"

/* Data are inflated into the buffer for pixels. Files of 16 bits need a larger one and are
 * skipped. */
static bool fits(const struct png_file *file)
{
	return file->raw_bytes && file->raw_bytes <= file->pixel_bytes + DECODER_SLACK_BYTES;
}

static int inflate_by_zlib(void *state, const struct png_file *file, uint8_t *pixels)
{
	uLongf bytes = file->raw_bytes;

	(void)state;
	if (!fits(file))
		return -ENOTSUP;
	return uncompress(pixels, &bytes, file->idat, file->idat_bytes) == Z_OK ? 0 : -EBADMSG;
}

const char *decoder_zlib_version(void)
{
	return zlibVersion();
}

/* CRC-32 of the compressed data, and Adler-32 of as many bytes as they inflate to. */
static int check_sums(void *state, const struct png_file *file, uint8_t *pixels)
{
	(void)state;
	if (!fits(file))
		return -ENOTSUP;
	*(volatile uint32_t *)pixels = (uint32_t)crc32_z(0, file->idat, file->idat_bytes);
	*(volatile uint32_t *)pixels = (uint32_t)adler32_z(1, pixels, file->raw_bytes);
	return 0;
}

const struct codec decoder_zlib = {
	.name = "zlib",
	.title = "stage: zlib's inflate alone, in one call",
	.is_stage = true,
	.decode = inflate_by_zlib,
};

#ifdef HAVE_LIBDEFLATE
static void *open_libdeflate(void)
{
	return libdeflate_alloc_decompressor();
}

static void close_libdeflate(void *state)
{
	libdeflate_free_decompressor(state);
}

static int inflate_by_libdeflate(void *state, const struct png_file *file, uint8_t *pixels)
{
	if (!fits(file))
		return -ENOTSUP;
	return libdeflate_zlib_decompress(state, file->idat, file->idat_bytes, pixels,
	                                  file->raw_bytes, NULL) == LIBDEFLATE_SUCCESS
	               ? 0
	               : -EBADMSG;
}

const struct codec decoder_libdeflate = {
	.name = "libdeflate",
	.title = "stage: libdeflate's inflate alone, in one call",
	.is_stage = true,
	.open = open_libdeflate,
	.close = close_libdeflate,
	.decode = inflate_by_libdeflate,
};
#endif

const struct codec decoder_checksums = {
	.name = "checksums",
	.title = "stage: zlib's checksums alone",
	.is_stage = true,
	.decode = check_sums,
};
