/* SPDX-License-Identifier: MIT */
#include "matrix.h"

#include <stddef.h>

/* The most rows of standard definition. */
#define ROWS_OF_BT601 576

/* H.273's other codes for BT.601 of 625 lines, and for BT.2020 with constant luminance. The latter
 * is another conversion, of which BT.2020's matrix comes nearest. */
#define CODE_BT601_625 5
#define CODE_BT2020_CONSTANT 10

/* ITU-R BT.601-7, section 2.5.1, BT.709-6, section 3.2, and BT.2020-2, table 4. */
const struct matrix matrices[MATRICES] = {
	[MATRIX_BT601] = { "bt601", 6, 0.299, 0.114 },
	[MATRIX_BT709] = { "bt709", 1, 0.2126, 0.0722 },
	[MATRIX_BT2020] = { "bt2020", 9, 0.2627, 0.0593 },
};

const struct matrix *matrix_of_rows(uint32_t rows)
{
	return &matrices[rows > ROWS_OF_BT601 ? MATRIX_BT709 : MATRIX_BT601];
}

const struct matrix *matrix_of_code(uint8_t code)
{
	if (code == CODE_BT601_625)
		return &matrices[MATRIX_BT601];
	if (code == CODE_BT2020_CONSTANT)
		return &matrices[MATRIX_BT2020];
	for (int i = 0; i < MATRICES; i++) {
		if (matrices[i].code == code)
			return &matrices[i];
	}
	return NULL;
}
