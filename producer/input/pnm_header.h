/* SPDX-License-Identifier: MIT
 *
 * The header of a PGM, PPM or PAM image, as it arrives byte by byte: comments are left out, and a
 * run of blanks counts as one. The rules are those of netpbm's pages pbm, pgm, ppm and pam. Pure;
 * any thread. */
#ifndef SHMFLIP_PRODUCER_INPUT_PNM_HEADER_H
#define SHMFLIP_PRODUCER_INPUT_PNM_HEADER_H

#include <stdbool.h>
#include <stddef.h>

#include "raw_header.h"

/* Zero-initialise it. */
struct pnm_header {
	char text[RAW_HEADER_BYTES_MAX]; /* NUL-terminated */
	size_t size;
	bool in_comment;
	bool complete; /* the next byte is the first of the pixels */
};

/* Adds the next byte of the image.
 * -EBADMSG  no header of ours has this byte there, or the header is too long */
int pnm_header_add(struct pnm_header *header, char byte);

/* Describes the image of a complete header. Returns NULL, or what is wrong. */
const char *pnm_header_parse(const struct pnm_header *header, struct raw_layout *layout);

#endif
