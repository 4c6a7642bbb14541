/* SPDX-License-Identifier: MIT
 *
 * When the producer takes more slots (--slots auto). Pure: the caller passes the times.
 *
 * A slow viewer makes frames drop in runs. Each run ends when the viewer releases a slot. With more
 * slots, none drop. Three runs within five seconds are enough: a viewer that holds each frame for
 * longer costs its slot until the lease ends. A viewer that is stopped, too, makes a single run. A
 * single viewer is never a reason, however slow it is: nobody else sees the frames that drop. */
#ifndef SHMFLIP_PRODUCER_SLOT_GROWTH_H
#define SHMFLIP_PRODUCER_SLOT_GROWTH_H

#include <stdbool.h>
#include <stdint.h>

#define SLOT_GROWTH_RUNS 3

struct slot_growth {
	uint32_t step;                      /* how many slots to take next; 0: no more */
	bool dropping;                      /* the last frame was dropped */
	unsigned runs;                      /* that ended since the last growth */
	int64_t ended_ns[SLOT_GROWTH_RUNS]; /* when the last runs did */
	bool due;
};

/* Begins with 2 more slots. Then come 4 more: 2, 4, 8. */
void slot_growth_init(struct slot_growth *growth);

/* No more slots. */
void slot_growth_stop(struct slot_growth *growth);

/* Notes whether viewers left no slot for a frame. viewers: how many are attached. */
void slot_growth_note(struct slot_growth *growth, bool dropped, uint32_t viewers, int64_t now_ns);

/* Returns how many slots to take now; 0: none. Afterwards new runs have to come. */
uint32_t slot_growth_take(struct slot_growth *growth);

#endif
