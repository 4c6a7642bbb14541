/* SPDX-License-Identifier: MIT
 *
 * How a PNG asks to be displayed: how its pixels are turned, and how wide they are. The pixels
 * themselves stay as they are. Any bytes are safe. Pure; any thread. */
#ifndef SHMFLIP_PNG_DISPLAY_H
#define SHMFLIP_PNG_DISPLAY_H

#include <stddef.h>
#include <stdint.h>

struct png_display {
	uint32_t orientation; /* EXIF's 1 to 8; 0: the file says nothing */
	uint32_t aspect_num;  /* width : height of a pixel; 0: not known: shown as square */
	uint32_t aspect_den;
};

/* Reads the first eXIf and the first pHYs, before or after the pixels. An invalid one, or one with
 * a wrong CRC, says nothing. A PNG that ends early says what its whole chunks say. Scans have
 * ratios such as 299 : 300. Less than 1/200 from 1:1, pHYs says nothing: viewers show such pixels
 * as square, and a producer would need new memory for each such ratio. */
void png_display_read(const uint8_t *png, size_t size, struct png_display *display);

#endif
