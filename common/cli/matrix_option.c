/* SPDX-License-Identifier: MIT */
#include "matrix_option.h"

#include "cli.h"

const struct matrix *matrix_option(const char *option, const char *text)
{
	const char *words[MATRICES + 1] = { NULL };

	for (int i = 0; i < MATRICES; i++)
		words[i] = matrices[i].name;
	return &matrices[cli_choice(option, text, words)];
}
