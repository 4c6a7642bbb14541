/* SPDX-License-Identifier: MIT
 *
 * The checksums of a PNG, by libdeflate if the build has it, else by zlib. Pure; any thread. */
#ifndef SHMFLIP_PNG_SUMS_H
#define SHMFLIP_PNG_SUMS_H

#include <stddef.h>
#include <stdint.h>

/* Of nothing, for the first call. */
enum { PNG_CRC32_START = 0, PNG_ADLER32_START = 1 };

uint32_t png_crc32(uint32_t crc, const uint8_t *bytes, size_t size);
uint32_t png_adler32(uint32_t sum, const uint8_t *bytes, size_t size);

/* The sum of bytes whose first part has the sum first, and the last size bytes have last. */
uint32_t png_adler32_combine(uint32_t first, uint32_t last, size_t size);

#endif
