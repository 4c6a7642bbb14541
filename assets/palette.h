/* SPDX-License-Identifier: MIT
 *
 * The colours of the sample animation, for colour_hex. */
#ifndef SHMFLIP_ASSETS_PALETTE_H
#define SHMFLIP_ASSETS_PALETTE_H

enum {
	NIGHT = 0x0b1024,
	INDIGO = 0x1d2357,
	PLUM = 0x43286b,
	PAPER = 0xf6f1e7,
	MINT = 0x5fe0bd,
	SKY = 0x62b0ff,
	CORAL = 0xff7062,
	AMBER = 0xffbe55,
	VIOLET = 0x6a5cff,
};

#endif
