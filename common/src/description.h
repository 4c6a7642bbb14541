/* SPDX-License-Identifier: MIT
 *
 * What is said of one frame: its record in the segment, and the checks on both sides. What a
 * viewer accepts, it has copied before. Pure functions. */
#ifndef SHMFLIP_DESCRIPTION_H
#define SHMFLIP_DESCRIPTION_H

#include "layout.h"

/* Checks a frame's fields, whose planes lie at base and in the slot_bytes after it.
 * -EINVAL    a field is out of range
 * -EMSGSIZE  a plane lies outside the slot */
int description_check(const struct shmflip_frame *frame, const uint8_t *base, uint64_t slot_bytes);

/* -EINVAL  a code is out of range */
int description_check_colour(const struct shmflip_colour *colour);

/* Writes the record of a checked frame, without sequence, source and metadata. */
void description_write(struct layout_slot *record, const struct shmflip_frame *frame,
                       const uint8_t *base);

/* Sets a frame's fields from a copied record, with planes from base on. Their offsets are not
 * checked yet. -EPROTO: there are too many planes. */
int description_read(struct shmflip_frame *frame, const struct layout_slot *record,
                     const uint8_t *base);

#endif
