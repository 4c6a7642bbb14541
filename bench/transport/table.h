/* SPDX-License-Identifier: MIT
 *
 * Every transport there is, each from the file that is named like it. */
#ifndef BENCH_TRANSPORT_TABLE_H
#define BENCH_TRANSPORT_TABLE_H

#include "transport.h"

extern const struct transport transport_shmflip;
extern const struct transport transport_shmflip_awake;
extern const struct transport transport_sysv;
extern const struct transport transport_pipe;
extern const struct transport transport_pipe_large;

#endif
