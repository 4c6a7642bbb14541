/* SPDX-License-Identifier: MIT */
#include "png_inflate.h"

#include <limits.h>
#include <stdlib.h>

#include <zlib.h>

#ifdef HAVE_LIBDEFLATE
#include <libdeflate.h>
#else
struct libdeflate_decompressor;
#endif

struct png_inflater {
	struct libdeflate_decompressor *libdeflate; /* NULL: use zlib */
};

struct png_inflater *png_inflater_create(bool zlib_only)
{
	struct png_inflater *inflater = calloc(1, sizeof(*inflater));

#ifdef HAVE_LIBDEFLATE
	if (inflater && !zlib_only)
		inflater->libdeflate = libdeflate_alloc_decompressor();
	if (inflater && !zlib_only && !inflater->libdeflate) {
		free(inflater);
		inflater = NULL;
	}
#else
	(void)zlib_only;
#endif
	return inflater;
}

void png_inflater_destroy(struct png_inflater *inflater)
{
#ifdef HAVE_LIBDEFLATE
	if (inflater)
		libdeflate_free_decompressor(inflater->libdeflate);
#endif
	free(inflater);
}

/* With a single call zlib needs no window. */
/* NOLINTNEXTLINE(readability-non-const-parameter): zlib writes there */
static bool inflate_with_zlib(const uint8_t *packed, size_t packed_bytes, uint8_t *data,
                              size_t data_bytes)
{
	z_stream stream = { .next_in = (Bytef *)(uintptr_t)packed,
		            .avail_in = (uInt)packed_bytes,
		            .next_out = data,
		            .avail_out = (uInt)data_bytes };
	int status;

	if (packed_bytes > UINT_MAX || data_bytes > UINT_MAX || inflateInit(&stream) != Z_OK)
		return false;
	status = inflate(&stream, Z_FINISH);
	inflateEnd(&stream);
	return status == Z_STREAM_END && stream.avail_in == 0 && stream.avail_out == 0;
}

bool png_inflate(struct png_inflater *inflater, const uint8_t *packed, size_t packed_bytes,
                 uint8_t *data, size_t data_bytes)
{
#ifdef HAVE_LIBDEFLATE
	if (inflater->libdeflate) {
		size_t used, made;

		return libdeflate_zlib_decompress_ex(inflater->libdeflate, packed, packed_bytes,
		                                     data, data_bytes, &used,
		                                     &made) == LIBDEFLATE_SUCCESS &&
		       used == packed_bytes && made == data_bytes;
	}
#endif
	(void)inflater;
	return inflate_with_zlib(packed, packed_bytes, data, data_bytes);
}

uint32_t png_crc(const struct png_inflater *inflater, const uint8_t *bytes, size_t size)
{
#ifdef HAVE_LIBDEFLATE
	if (inflater->libdeflate)
		return libdeflate_crc32(0, bytes, size);
#endif
	(void)inflater;
	return (uint32_t)crc32_z(0, bytes, size);
}
