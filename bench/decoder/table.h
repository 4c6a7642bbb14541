/* SPDX-License-Identifier: MIT
 *
 * Declares every decoder of table.def, which also says how to add one. */
#ifndef SHMFLIP_BENCH_DECODER_TABLE_H
#define SHMFLIP_BENCH_DECODER_TABLE_H

#include "decoder.h"

#define DECODER(name) extern const struct codec decoder_##name;
#include "table.def"
#undef DECODER

#endif
