/* SPDX-License-Identifier: MIT
 *
 * The variants of png_unfilter for one instruction set each. Call one only on a processor that
 * has its instruction set: png_unfilter.c checks that. */
#ifndef SHMFLIP_PNG_UNFILTER_VARIANTS_H
#define SHMFLIP_PNG_UNFILTER_VARIANTS_H

#include "png_unfilter.h"

bool png_unfilter_sse41(struct png_rows *rows);
bool png_unfilter_avx2(struct png_rows *rows);
bool png_unfilter_neon(struct png_rows *rows);

png_look_up_function png_look_up_avx2;

#endif
