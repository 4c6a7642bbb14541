/* SPDX-License-Identifier: MIT
 *
 * How large a slot is, and which frames fit it: as told by --max-size, or by the largest of the files,
 * or by the first frame of a stream. Main thread. */
#ifndef PRODUCER_CAPACITY_H
#define PRODUCER_CAPACITY_H

#include <stddef.h>
#include <stdint.h>

#include "options.h"
#include "source.h"

struct capacity {
	uint32_t width; /* of the frame that a slot is made for; 0: not known yet */
	uint32_t height;
	uint64_t slot_bytes;
	char fault[128];
};

/* The source is NULL for a stream. Files that cannot be read, are no PNG, or are larger than anybody
 * expects do not count; when none does the first frame that comes will. Reads each file's header. */
void capacity_init(struct capacity *capacity, const struct options *options,
                   const struct source *source);

/* Looks at a PNG's header. NULL: it fits; the reason otherwise, until the next call. While nothing is
 * known of the capacity, a frame of no uncommon size decides it. */
const char *capacity_check(struct capacity *capacity, const uint8_t *png, size_t size);

#endif
