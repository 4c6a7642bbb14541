/* SPDX-License-Identifier: MIT
 *
 * How much memory there is, for the library and the programs. Any thread. */
#ifndef SHMFLIP_AVAILABLE_MEMORY_H
#define SHMFLIP_AVAILABLE_MEMORY_H

#include <stdint.h>

/* Returns the bytes that the system can give without swapping (MemAvailable of proc(5)), or UINT64_MAX
 * if it does not say. */
uint64_t memory_available_bytes(void);

#endif
