/* SPDX-License-Identifier: MIT
 *
 * The size of a slot, and which frames fit it. --max-size decides, or the largest of the files,
 * or the first frame of a stream. Without --max-size slots grow with larger frames, up to
 * 16384x16384. Main thread, while no other thread uses it, unless said otherwise. */
#ifndef SHMFLIP_PRODUCER_CAPACITY_H
#define SHMFLIP_PRODUCER_CAPACITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "input/file_list.h"
#include "options.h"

struct capacity {
	uint32_t fourcc; /* of the frame that a slot is sized for */
	uint32_t width;  /* 0: not known yet */
	uint32_t height;
	uint64_t slot_bytes;
	uint64_t max_bytes; /* slots do not grow beyond */
	uint32_t max_width; /* of a frame, by --max-size; 0: no limit */
	uint32_t max_height;
};

/* files: NULL for a stream. Reads each file's header, since formats may differ. Ignores files that
 * cannot be read, are no PNG, do not have the format of --pixels, or are too large. If no file is
 * left, the first frame decides. */
void capacity_init(struct capacity *capacity, const struct options *options,
                   const struct file_list *files);

/* Whether the slots hold a frame of this format and size as they are. Any thread. */
bool capacity_holds(const struct capacity *capacity, uint32_t fourcc, uint32_t width,
                    uint32_t height);

/* Checks that slots hold a frame like this, or can grow to do so. Any thread.
 * -EMSGSIZE  neither; fault says why */
int capacity_check(const struct capacity *capacity, uint32_t fourcc, uint32_t width,
                   uint32_t height, char *fault, size_t fault_size);

/* If the capacity is unknown, sets it to the first frame, or to --max-size in its format. */
void capacity_decide(struct capacity *capacity, uint32_t fourcc, uint32_t width, uint32_t height);

/* Returns the capacity of slots that hold this frame too: half as large again at least, so that
 * frames which grow pixel by pixel seldom need new memory. */
struct capacity capacity_larger(const struct capacity *capacity, uint32_t fourcc, uint32_t width,
                                uint32_t height);

/* Notes that slots of the failed capacity, which is larger, could not be had: growth stops short of
 * it from now on. */
void capacity_bound(struct capacity *capacity, const struct capacity *failed);

/* How many bytes a slot is to have: also what the fast decoder needs for a frame of width x height.
 * Frames of another shape may fit the slot and yet be left to libpng. */
uint64_t capacity_buffer_bytes(const struct capacity *capacity);

#endif
