/* SPDX-License-Identifier: MIT
 *
 * The producer's side of one generation of a channel: its segment, ring, and channel file, from
 * making to giving up. Nothing of it is ever repaired or used again: what comes after a change or a
 * death is a fresh one. Used by one thread. */
#ifndef SHMFLIP_GENERATION_H
#define SHMFLIP_GENERATION_H

#include "channel.h"
#include "pins.h"
#include "slots.h"

/* What a generation is made to be. */
struct generation_config {
	uint64_t producer; /* 0: this is a producer's first, which gives it its number */
	uint64_t slot_bytes;
	uint32_t slots;
	uint32_t policy;
	uint32_t fps_milli;
	gid_t group;
	mode_t mode;
	uint64_t newest;  /* the frame before the first to come */
	uint64_t dropped; /* so far */
};

struct generation {
	struct layout_header *shared; /* mapped to write */
	struct layout_fixed fixed;    /* our own copy: what is shared is never believed */
	int segment_id;
	int ring_id;
	int fd; /* the channel file, which carries the pins; -1: handed on */
	struct pins pins;
	struct slot_writer writer;
};

/* Makes segment and ring, every page in place, and puts the channel file where viewers find it.
 * Blocks for as long as it takes to clear the memory. On failure nothing is left. generation must
 * stay where it is until generation_finish. */
int generation_init(struct generation *generation, struct channel *channel,
                    const struct generation_config *config);

/* Tells viewers that it is over, and removes the ring, which wakes them. */
void generation_retire(struct generation *generation, enum layout_state state);

/* Lets go of memory and file. What viewers hold they keep. */
void generation_finish(struct generation *generation);

#endif
