/* SPDX-License-Identifier: MIT
 *
 * The size of a slot, and which frames fit it. --max-size decides, or the largest of the files,
 * or the first frame of a stream. Main thread, unless said otherwise. */
#ifndef SHMFLIP_PRODUCER_CAPACITY_H
#define SHMFLIP_PRODUCER_CAPACITY_H

#include <stddef.h>
#include <stdint.h>

#include "input/file_list.h"
#include "options.h"

struct capacity {
	uint32_t width; /* of the frame that a slot is sized for; 0: not known yet */
	uint32_t height;
	uint64_t slot_bytes;
};

/* files: NULL for a stream. Reads each file's header. Ignores files that cannot be read, are no
 * PNG, or are larger than 16384x16384. If no file is left, the first frame decides. */
void capacity_init(struct capacity *capacity, const struct options *options,
                   const struct file_list *files);

/* Checks that a frame of this size fits. While the capacity is unknown, up to 16384x16384 fits. Any
 * thread.
 * -EMSGSIZE  it does not fit; fault says why */
int capacity_check(const struct capacity *capacity, uint32_t width, uint32_t height, char *fault,
                   size_t fault_size);

/* Sets the capacity to this frame, if it is unknown. */
void capacity_decide(struct capacity *capacity, uint32_t width, uint32_t height);

#endif
