/* SPDX-License-Identifier: MIT
 *
 * One frame of shmflip as a GstMemory: the pixels of its slot, from plane 0 on. The memory holds
 * the frame, and releases it with the last reference, in whatever thread that goes. It outlives
 * elements, and the handles of producer and viewer.
 *
 * GStreamer refuses a WRITE map of memory that may not be written. A buffer then gets a copy, so
 * that writing in place never changes what viewers see. */
#ifndef FRAME_MEMORY_H
#define FRAME_MEMORY_H

#include <gst/gst.h>

#include <shmflip.h>

/* The mem_type of these memories: gst_memory_is_type(). */
#define GST_SHMFLIP_MEMORY_TYPE "ShmflipFrame"

/* [any] Wraps a frame that is lent: the memory is as large as the slot, and writable until
 * gst_shmflip_memory_publish(). Takes the frame over. released, unless it is NULL, is called with
 * data right after the frame's release, in the thread that has dropped the last reference. */
GstMemory *gst_shmflip_memory_new_lent(struct shmflip_frame *frame, GDestroyNotify released,
                                       gpointer data);

/* [any] Wraps a frame that a viewer acquired: the memory ends with the last plane, and is never
 * writable. Otherwise likewise. */
GstMemory *gst_shmflip_memory_new_acquired(const struct shmflip_frame *frame,
                                           GDestroyNotify released, gpointer data);

/* [any] The frame of a memory, or of a part of it that gst_memory_share() made. Valid as long as
 * the memory. NULL: the memory is of another type. */
const struct shmflip_frame *gst_shmflip_memory_frame(GstMemory *memory);

/* The frame of a memory that is still lent, to set its fields before the publication, and the data
 * that came with it. NULL, and *data stays: the memory is of another type, a part of a frame,
 * published, or acquired. */
struct shmflip_frame *gst_shmflip_memory_lent_frame(GstMemory *memory, gpointer *data);

/* Publishes a lent frame, and makes its memory read-only. On failure the frame is still lent, and
 * can be read.
 * -EBUSY   the memory is mapped for writing
 * -EINVAL  the memory has no lent frame; or as shmflip_frame_publish()
 * Others are those of shmflip_frame_publish() */
int gst_shmflip_memory_publish(GstMemory *memory) G_GNUC_WARN_UNUSED_RESULT;

#endif
