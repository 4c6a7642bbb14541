/* SPDX-License-Identifier: MIT
 *
 * Declares every decoder of table.def, which also says how to add one. */
#ifndef BENCH_DECODER_TABLE_H
#define BENCH_DECODER_TABLE_H

#include "decoder.h"

#define DECODER(name) extern const struct decoder decoder_##name;
#include "table.def"
#undef DECODER

#endif
