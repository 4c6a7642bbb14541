/* SPDX-License-Identifier: MIT */
#include "pixel_rows_simd.h"

const struct pixel_rows pixel_rows_sse2 = { "SSE2", PIXEL_ROW_FUNCTIONS };
