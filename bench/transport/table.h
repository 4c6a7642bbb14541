/* SPDX-License-Identifier: MIT
 *
 * Declares every transport of table.def, which also says how to add one. */
#ifndef SHMFLIP_BENCH_TRANSPORT_TABLE_H
#define SHMFLIP_BENCH_TRANSPORT_TABLE_H

#include "transport.h"

#define TRANSPORT(name) extern const struct transport transport_##name;
#include "table.def"
#undef TRANSPORT

#endif
