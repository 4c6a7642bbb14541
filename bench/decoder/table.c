/* SPDX-License-Identifier: MIT */
#include "table.h"

#include <string.h>

const struct codec *const decoders[] = {
#define DECODER(name) &decoder_##name,
#include "table.def"
#undef DECODER
	NULL,
};

void decoder_swap_row(uint8_t *to, const uint8_t *from, uint32_t pixels)
{
	uint32_t pixel;

	for (uint32_t i = 0; i < pixels; i++) {
		memcpy(&pixel, from + 4 * (size_t)i, sizeof(pixel));
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
		pixel = (pixel & 0xff00ff00) | (pixel & 0xff) << 16 | (pixel >> 16 & 0xff);
#else
		pixel = (pixel & 0x00ff00ff) | (pixel & 0xff00) << 16 | (pixel >> 16 & 0xff00);
#endif
		memcpy(to + 4 * (size_t)i, &pixel, sizeof(pixel));
	}
}
