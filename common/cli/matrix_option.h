/* SPDX-License-Identifier: MIT */
#ifndef SHMFLIP_MATRIX_OPTION_H
#define SHMFLIP_MATRIX_OPTION_H

#include "matrix.h"

/* The value of an option that names a matrix. Otherwise a usage error, as with cli_choice(). */
const struct matrix *matrix_option(const char *option, const char *text);

#endif
