/* SPDX-License-Identifier: MIT
 *
 * The buffer pool that shmflipsink offers upstream. Each buffer that is acquired has a slot of the
 * channel, on loan from then on; or ordinary memory, where no slot is free in time. So acquire
 * never fails for want of slots, and a pool has no maximum. */
#ifndef POOL_H
#define POOL_H

#include <gst/gst.h>

#include "channel.h"

#define GST_TYPE_SHMFLIP_POOL (gst_shmflip_pool_get_type())
G_DECLARE_FINAL_TYPE(GstShmflipPool, gst_shmflip_pool, GST, SHMFLIP_POOL, GstBufferPool)

/* A pool for one set of caps. Refers to the channel. NULL: they are no caps of a stream. */
GstBufferPool *gst_shmflip_pool_new(struct gst_shmflip_channel *channel, GstCaps *caps);

#endif
