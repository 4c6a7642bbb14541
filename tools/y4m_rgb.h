/* SPDX-License-Identifier: MIT
 *
 * RGB as planes of YUV 4:4:4 with limited range: of 8 bits, luma 16 to 235, chroma 16 to 240; of 16
 * bits, 256 times that. Transparent pixels are blended over black. Pure; any thread. */
#ifndef SHMFLIP_TOOLS_Y4M_RGB_H
#define SHMFLIP_TOOLS_Y4M_RGB_H

#include "pixel_source.h"

/* out: three planes, one after the other. source: PIXEL_RGB, which has samples of one byte in out,
 * or PIXEL_RGBA16, which has words. */
void y4m_rgb(const struct pixel_source *source, const struct matrix *matrix, uint8_t *out);

#endif
