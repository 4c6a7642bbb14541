/* SPDX-License-Identifier: MIT
 *
 * Stands in for the library's function. That one only reads files of the kernel, but takes hundreds
 * of thousands of instructions, many times those of the rest of a call. */
#include "available_memory.h"

uint64_t memory_available_bytes(void)
{
	return UINT64_MAX;
}
