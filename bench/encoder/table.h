/* SPDX-License-Identifier: MIT
 *
 * Declares every encoder of table.def, which also says how to add one. */
#ifndef SHMFLIP_BENCH_ENCODER_TABLE_H
#define SHMFLIP_BENCH_ENCODER_TABLE_H

#include "encoder.h"

#define ENCODER(name) extern const struct codec encoder_##name;
#include "table.def"
#undef ENCODER

#endif
