/* SPDX-License-Identifier: MIT
 *
 * Numbers of struct shmflip_colour. */
#ifndef SHMFLIP_H273_H
#define SHMFLIP_H273_H

enum { RANGE_LIMITED = 1, RANGE_FULL = 2 };

/* ITU-T H.273's, of primaries, transfer and matrix. Like 0: not known. */
enum { CODE_UNSPECIFIED = 2 };

#endif
