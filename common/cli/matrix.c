/* SPDX-License-Identifier: MIT */
#include "matrix.h"

#include <string.h>
#include <strings.h>

#include "cli.h"

/* The most rows of standard definition. */
#define ROWS_OF_BT601 576

/* H.273 has one code for each line standard of BT.601: 5 for 625, 6 for 525. */
#define CODE_OF_625_LINES 5

/* ITU-R BT.601-7, section 2.5.1, BT.709-6, section 3.2, and BT.2020-2, table 4. */
const struct matrix matrices[MATRICES] = {
	[MATRIX_BT601] = { "bt601", 0.299, 0.114, 6 },
	[MATRIX_BT709] = { "bt709", 0.2126, 0.0722, 1 },
	[MATRIX_BT2020] = { "bt2020", 0.2627, 0.0593, 9 },
};

const struct matrix *matrix_of_rows(uint32_t rows)
{
	return &matrices[rows > ROWS_OF_BT601 ? MATRIX_BT709 : MATRIX_BT601];
}

const struct matrix *matrix_find(const char *name, size_t length)
{
	for (int i = 0; i < MATRICES; i++) {
		if (strlen(matrices[i].name) == length &&
		    strncasecmp(matrices[i].name, name, length) == 0)
			return &matrices[i];
	}
	return NULL;
}

const struct matrix *matrix_of_code(uint8_t code)
{
	for (int i = 0; i < MATRICES; i++) {
		if (matrices[i].code == code)
			return &matrices[i];
	}
	return code == CODE_OF_625_LINES ? &matrices[MATRIX_BT601] : NULL;
}

const struct matrix *matrix_option(const char *option, const char *text)
{
	const char *words[MATRICES + 1] = { NULL };

	for (int i = 0; i < MATRICES; i++)
		words[i] = matrices[i].name;
	return &matrices[cli_choice(option, text, words)];
}
