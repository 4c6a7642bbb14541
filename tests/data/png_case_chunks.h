/* SPDX-License-Identifier: MIT
 *
 * Sets the palette and the other chunks of a png_case. Call these between png_set_IHDR() and
 * png_write_info(). */
#ifndef SHMFLIP_TESTS_DATA_PNG_CASE_CHUNKS_H
#define SHMFLIP_TESTS_DATA_PNG_CASE_CHUNKS_H

#include "png_case.h"

#include <png.h>

int png_case_palette_entries(const struct png_case *png_case);
void png_case_set_palette(const struct png_case *png_case, png_struct *png, png_info *info);
/* Sets alpha for the first three quarters of the palette; the other entries are opaque. */
void png_case_set_palette_alpha(const struct png_case *png_case, png_struct *png, png_info *info);
void png_case_set_chunks(const struct png_case *png_case, png_struct *png, png_info *info);

#endif
