/* SPDX-License-Identifier: MIT
 *
 * The matrices between RGB and YUV, and the one rule that chooses for video that names none. Pure;
 * any thread. */
#ifndef SHMFLIP_MATRIX_H
#define SHMFLIP_MATRIX_H

#include <stdint.h>

/* Luma is red * R + (1 - red - blue) * G + blue * B. */
struct matrix {
	const char *name;
	uint8_t code; /* MatrixCoefficients of ITU-T H.273 */
	double red, blue;
};

enum { MATRIX_BT601, MATRIX_BT709, MATRIX_BT2020, MATRICES };

extern const struct matrix matrices[MATRICES];

/* BT.709 above 576 rows, else BT.601. */
const struct matrix *matrix_of_rows(uint32_t rows);

/* The matrix with a code of H.273. Some codes have the same matrix. NULL: none of ours. */
const struct matrix *matrix_of_code(uint8_t code);

#endif
