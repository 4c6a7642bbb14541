/* SPDX-License-Identifier: MIT
 *
 * What stands beside the pixels of a bird: its palette and its other chunks. To be called between
 * png_set_IHDR and png_write_info. */
#ifndef TESTS_DATA_BIRD_CHUNKS_H
#define TESTS_DATA_BIRD_CHUNKS_H

#include "bird.h"

#include <png.h>

int bird_palette_entries(const struct bird *bird);
void bird_set_palette(const struct bird *bird, png_struct *png, png_info *info);
/* For fewer entries than the palette has: the others are opaque. */
void bird_set_palette_alpha(const struct bird *bird, png_struct *png, png_info *info);
void bird_set_chunks(const struct bird *bird, png_struct *png, png_info *info);

#endif
