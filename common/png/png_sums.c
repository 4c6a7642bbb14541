/* SPDX-License-Identifier: MIT */
#include "png_sums.h"

#include <zlib.h>

#ifdef HAVE_LIBDEFLATE
#include <libdeflate.h>
#endif

uint32_t png_crc32(uint32_t crc, const uint8_t *bytes, size_t size)
{
#ifdef HAVE_LIBDEFLATE
	return libdeflate_crc32(crc, bytes, size);
#else
	return (uint32_t)crc32_z(crc, bytes, size);
#endif
}

uint32_t png_adler32(uint32_t sum, const uint8_t *bytes, size_t size)
{
#ifdef HAVE_LIBDEFLATE
	return libdeflate_adler32(sum, bytes, size);
#else
	return (uint32_t)adler32_z(sum, bytes, size);
#endif
}

uint32_t png_adler32_combine(uint32_t first, uint32_t last, size_t size)
{
	return (uint32_t)adler32_combine(first, last, (z_off_t)size);
}
