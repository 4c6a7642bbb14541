/* SPDX-License-Identifier: MIT */
#include "protection.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static bool enabled;

void protection_init(void)
{
	const char *value = getenv("SHMFLIP_PROTECT");

	enabled = value && *value && strcmp(value, "0") != 0;
}

/* Slots are whole pages. */
void protection_set(const struct shmflip_frame *frame, bool writable)
{
	if (enabled)
		mprotect((void *)(uintptr_t)frame->plane[0].pixels, frame->slot_bytes,
		         writable ? PROT_READ | PROT_WRITE : PROT_READ);
}
