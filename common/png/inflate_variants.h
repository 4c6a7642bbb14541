/* SPDX-License-Identifier: MIT
 *
 * The variants of inflate_stream.h for one instruction set each. Call one only on a processor that
 * has its instruction set: inflate_stream.c checks that. */
#ifndef SHMFLIP_INFLATE_VARIANTS_H
#define SHMFLIP_INFLATE_VARIANTS_H

#include "inflate_stream.h"

inflate_run_function inflate_run_avx2, inflate_run_plain_c;
inflate_join_function inflate_join_avx2, inflate_join_plain_c;

#endif
