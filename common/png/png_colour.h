/* SPDX-License-Identifier: MIT
 *
 * What a PNG says of its colour in the chunks cICP and sBIT, before the first IDAT. Any bytes are
 * safe. Pure; any thread. */
#ifndef SHMFLIP_PNG_COLOUR_H
#define SHMFLIP_PNG_COLOUR_H

#include <stddef.h>
#include <stdint.h>

#include "png_header.h"
#include "shmflip.h"

/* header: of this PNG. Fills in *colour: 0 is what the PNG does not say. bits are those of the
 * largest sample but alpha. A chunk with a wrong CRC says nothing. Returns NULL, or a static string
 * on why a cICP is ignored. */
const char *png_colour_read(const uint8_t *png, size_t size, const struct png_header *header,
                            struct shmflip_colour *colour);

#endif
