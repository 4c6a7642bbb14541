/* SPDX-License-Identifier: MIT
 *
 * The versions of png_unfilter for single instruction sets. To be called only where there is such a
 * processor: png_unfilter.c knows. */
#ifndef SHMFLIP_PNG_UNFILTER_VARIANTS_H
#define SHMFLIP_PNG_UNFILTER_VARIANTS_H

#include "png_unfilter.h"

bool png_unfilter_sse41(struct png_rows *rows);
bool png_unfilter_avx2(struct png_rows *rows);
bool png_unfilter_neon(struct png_rows *rows);

#endif
