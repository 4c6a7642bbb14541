/* SPDX-License-Identifier: MIT
 *
 * How large a slot is, and which frames fit it: as told by --max-size, or by the largest of the files,
 * or by the first frame of a stream. Main thread, unless said otherwise. */
#ifndef PRODUCER_CAPACITY_H
#define PRODUCER_CAPACITY_H

#include <stddef.h>
#include <stdint.h>

#include "input/file_list.h"
#include "options.h"

struct capacity {
	uint32_t width; /* of the frame that a slot is made for; 0: not known yet */
	uint32_t height;
	uint64_t slot_bytes;
};

/* The source is NULL for a stream. Files that cannot be read, are no PNG, or are larger than anybody
 * expects do not count; when none does the first frame that comes will. Reads each file's header. */
void capacity_init(struct capacity *capacity, const struct options *options,
                   const struct file_list *files);

/* Whether such a frame fits. While nothing is known of the capacity, one of no uncommon size does.
 * -EMSGSIZE: it does not, and the reason is in fault. Any thread. */
int capacity_check(const struct capacity *capacity, uint32_t width, uint32_t height, char *fault,
                   size_t fault_size);

/* A frame that fits decides the capacity, if nothing is known of it. */
void capacity_decide(struct capacity *capacity, uint32_t width, uint32_t height);

#endif
