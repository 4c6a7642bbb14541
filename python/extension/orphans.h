/* SPDX-License-Identifier: MIT
 *
 * Memory of frames in the child of a fork. The library does not map slots there, and arrays of them
 * would end the process with SIGSEGV. So the child gets pages of zeros in their place. */
#ifndef ORPHANS_H
#define ORPHANS_H

#include <stdbool.h>
#include <stddef.h>

/* Memory of a slot. Belongs to the frame, and lies in a list while the frame is held. */
struct orphan_memory {
	struct orphan_memory *next;
	struct orphan_memory **link; /* what points to this one */
	void *address;
	size_t bytes;
	unsigned forks; /* how many there were when it was added */
};

/* [any] Adds to the list. */
void orphans_add(struct orphan_memory *memory, const void *address, size_t bytes);

/* [any] Removes from the list. In a child, unmaps the zeros. */
void orphans_remove(struct orphan_memory *memory);

/* Installs what a fork runs. Called once, before the others. Returns 0 or -errno. */
int orphans_init(void);

/* [any] How many forks lie between this process and the one of orphans_init(). It changes only in a
 * child, which has one thread then. */
extern unsigned orphans_forks;

#endif
