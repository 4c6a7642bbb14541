/* SPDX-License-Identifier: MIT
 *
 * What is said of one frame: its record in the segment, and the checks on both sides. What a
 * viewer accepts, it has copied before. Pure functions. */
#ifndef SHMFLIP_DESCRIPTION_H
#define SHMFLIP_DESCRIPTION_H

#include <stdbool.h>

#include "layout.h"

/* How a frame's pixels lie, as its record says it. */
struct description_layout {
	uint32_t fourcc;
	uint32_t planes;
	struct layout_geometry geometry;
};

/* Checks format, size, colour and planes of a frame, which lie at base and in the slot_bytes after
 * it.
 * -EINVAL    a field is out of range
 * -EMSGSIZE  a plane lies outside the slot */
int description_check_layout(const struct shmflip_frame *frame, const uint8_t *base,
                             uint64_t slot_bytes);

/* Checks the fields that change with every frame. -EINVAL. */
int description_check_values(const struct shmflip_frame *frame);

/* -EINVAL  a code is out of range */
int description_check_colour(const struct shmflip_colour *colour);

/* Whether format, size, colour and planes are the same, down to where they lie. */
bool description_has_layout_of(const struct shmflip_frame *frame,
                               const struct shmflip_frame *other);

/* Converts a checked frame's layout for its record. */
void description_get_layout(const struct shmflip_frame *frame, const uint8_t *base,
                            struct description_layout *layout);

/* Sets the layout from a copied record. Returns false if that cannot be. */
bool description_set_layout(struct shmflip_frame *frame, const uint8_t *base,
                            const struct description_layout *layout);

/* Writes the fields that change with every frame of a checked frame into its record, without
 * sequence, source and metadata. */
void description_write(struct layout_slot *record, const struct shmflip_frame *frame);

/* Sets the fields that change with every frame from a copied record. If value_scale or value_offset
 * is not finite, both become 0. */
void description_read_values(struct shmflip_frame *frame, const struct layout_slot *record);

#endif
