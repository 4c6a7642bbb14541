/* SPDX-License-Identifier: MIT
 *
 * A list of metadata items, in memory and in the segment: type and size (32 bits each), then the
 * data, padded to 8 bytes. Any thread. */
#ifndef SHMFLIP_METADATA_H
#define SHMFLIP_METADATA_H

#include <stdbool.h>
#include <stdint.h>

#include "shmflip.h"

/* How much room an item takes. */
uint64_t metadata_item_bytes(const struct shmflip_metadata *item);

/* Adds an item to a list of *bytes bytes, or replaces the one of this type.
 * -EINVAL  it has a size and no data
 * -ENOSPC  it does not fit into room */
int metadata_add(uint8_t *list, uint32_t room, uint32_t *bytes,
                 const struct shmflip_metadata *item);

/* Whether a copied list consists of whole items. *count gets their number; it may be NULL. */
bool metadata_is_valid(const uint8_t *list, uint32_t bytes, uint32_t *count);

/* Steps through a valid list: *offset starts at 0. Returns false at its end. */
bool metadata_next(const uint8_t *list, uint32_t bytes, uint32_t *offset,
                   struct shmflip_metadata *item);

#endif
