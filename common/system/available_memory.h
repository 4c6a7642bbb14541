/* SPDX-License-Identifier: MIT
 *
 * How much memory is available. For the library and the programs. Any thread. */
#ifndef SHMFLIP_AVAILABLE_MEMORY_H
#define SHMFLIP_AVAILABLE_MEMORY_H

#include <stdint.h>

/* Returns the bytes that the system can provide without swapping (MemAvailable of proc(5)), or
 * UINT64_MAX if that is not known. */
uint64_t memory_available_bytes(void);

#endif
