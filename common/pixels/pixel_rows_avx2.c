/* SPDX-License-Identifier: MIT */
#include "pixel_rows_simd.h"

const struct pixel_rows pixel_rows_avx2 = { "AVX2", PIXEL_ROW_FUNCTIONS };
