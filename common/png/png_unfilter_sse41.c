/* SPDX-License-Identifier: MIT */
#include "png_unfilter_simd.h"
#include "png_unfilter_variants.h"

bool png_unfilter_sse41(struct png_rows *rows)
{
	return unfilter_any(rows);
}
