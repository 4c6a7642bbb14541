/* SPDX-License-Identifier: MIT
 *
 * The versions of png_unfilter for single instruction sets. To be called only where there is such a
 * processor: png_unfilter.c knows. */
#ifndef PRODUCER_PNG_UNFILTER_LEVELS_H
#define PRODUCER_PNG_UNFILTER_LEVELS_H

#include "png_unfilter.h"

bool png_unfilter_sse41(struct png_rows *rows);
bool png_unfilter_avx2(struct png_rows *rows);
bool png_unfilter_neon(struct png_rows *rows);

#endif
