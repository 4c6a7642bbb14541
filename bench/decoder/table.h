/* SPDX-License-Identifier: MIT
 *
 * Every decoder there is. */
#ifndef BENCH_DECODER_TABLE_H
#define BENCH_DECODER_TABLE_H

#include "decoder.h"

extern const struct decoder decoder_checksums; /* in stages.c */
extern const struct decoder decoder_libavcodec;
extern const struct decoder decoder_libdeflate; /* in stages.c */
extern const struct decoder decoder_libpng;
extern const struct decoder decoder_libspng;
extern const struct decoder decoder_shmflip;
extern const struct decoder decoder_shmflip_zlib;
extern const struct decoder decoder_stb;
extern const struct decoder decoder_zlib; /* in stages.c */

#endif
