/* SPDX-License-Identifier: MIT
 *
 * Every transport there is, each from the file whose name its own begins with. */
#ifndef BENCH_TRANSPORT_TABLE_H
#define BENCH_TRANSPORT_TABLE_H

#include "transport.h"

extern const struct transport transport_alone;
extern const struct transport transport_copy; /* in alone.c */
extern const struct transport transport_fifo;
extern const struct transport transport_gstreamer_shm;
extern const struct transport transport_gstreamer_unixfd;
extern const struct transport transport_memfd;
extern const struct transport transport_memfd_fresh;
extern const struct transport transport_mqueue;
extern const struct transport transport_pipe;
extern const struct transport transport_pipe_large;
extern const struct transport transport_readv;
extern const struct transport transport_shmflip;
extern const struct transport transport_shmflip_awake;
extern const struct transport transport_shmflip_latest;
extern const struct transport transport_shmflip_latest_awake;
extern const struct transport transport_sysv;
extern const struct transport transport_unix;
extern const struct transport transport_unix_large;
extern const struct transport transport_vmsplice;
extern const struct transport transport_wake_futex;
extern const struct transport transport_wake_line;
extern const struct transport transport_wake_semaphore;
extern const struct transport transport_zeromq;

#endif
