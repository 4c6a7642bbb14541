/* SPDX-License-Identifier: MIT
 *
 * The producer's side of one generation of a channel: its segment, ring and channel file, from
 * creation to release. A generation is never repaired or reused: after a change or a death the
 * producer creates a new one. Used by one thread. */
#ifndef SHMFLIP_GENERATION_H
#define SHMFLIP_GENERATION_H

#include "channel.h"
#include "pins.h"
#include "slots.h"

struct generation_config {
	uint64_t producer_id; /* 0: the producer's first generation, whose number it takes */
	uint64_t slot_bytes;
	uint32_t slots;
	uint32_t policy;
	uint32_t fps_milli;
	gid_t group;
	mode_t mode;
	uint64_t newest;  /* the frame before the first one to come */
	uint64_t dropped; /* so far */
};

struct generation {
	struct layout_header *shared; /* mapped writable */
	struct layout_fixed fixed;    /* our own copy: never trust the shared one */
	int segment_id;
	int ring_id;
	key_t ring_key;
	int fd; /* the channel file, which carries the pins; -1: retired_add() took it over */
	struct pins pins;
	struct slot_writer writer;
};

/* Creates segment and ring, faults every page in, and puts the channel file in place for viewers.
 * Blocks for as long as the kernel takes to clear the memory. On failure nothing is left.
 * generation must not move until generation_finish. */
int generation_init(struct generation *generation, struct channel *channel,
                    const struct generation_config *config);

/* Writes for viewers why the generation ends, and removes the ring, which wakes them. */
void generation_retire(struct generation *generation, enum layout_state state);

/* Detaches the memory and closes the file. Viewers keep the frames that they hold. */
void generation_finish(struct generation *generation);

#endif
