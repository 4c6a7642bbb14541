/* SPDX-License-Identifier: MIT
 *
 * The decoders. Each has a file of its own; table.def says how to add one. */
#ifndef SHMFLIP_BENCH_DECODER_H
#define SHMFLIP_BENCH_DECODER_H

#include "codec.h"

/* The reference first; NULL-terminated. */
extern const struct codec *const decoders[];

/* The version of zlib that libpng uses: zlib-ng's name is part of its own. */
const char *decoder_zlib_version(void);

/* Converts a row of RGBA bytes to BGRA. to may be from. */
void decoder_swap_row(uint8_t *to, const uint8_t *from, uint32_t pixels);

#endif
