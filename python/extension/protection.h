/* SPDX-License-Identifier: MIT
 *
 * The debug mode of SHMFLIP_PROTECT=1: what writes to a published slot through a producer's array
 * gets SIGSEGV, instead of tearing the frame. [any] thread. */
#ifndef PROTECTION_H
#define PROTECTION_H

#include <stdbool.h>

#include "shmflip.h"

/* Reads the environment. */
void protection_init(void);

/* Takes or gives the right to write to a frame's slot. Without the debug mode, does nothing. */
void protection_set(const struct shmflip_frame *frame, bool writable);

#endif
