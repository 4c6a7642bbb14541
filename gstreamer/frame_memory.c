/* SPDX-License-Identifier: MIT */
#include "frame_memory.h"

#include <errno.h>

struct frame_memory {
	GstMemory parent;
	const struct shmflip_frame *frame; /* of a part: the whole's, not held by the part itself */
	struct shmflip_frame *lent;        /* NULL: a viewer's, or a part */
	guint8 *pixels;
	gint published; /* atomic; of this and writers, each side sets one, then reads the other */
	gint writers;   /* atomic: maps for writing */
	GDestroyNotify released;
	gpointer data;
};

/* ---- Allocator: GStreamer's table of what to do with the memory ---- */

typedef struct {
	GstAllocator parent;
} GstShmflipAllocator;

typedef struct {
	GstAllocatorClass parent_class;
} GstShmflipAllocatorClass;

GType gst_shmflip_allocator_get_type(void);
G_DEFINE_TYPE(GstShmflipAllocator, gst_shmflip_allocator, GST_TYPE_ALLOCATOR)

static GstMemory *allocate_nothing(GstAllocator *allocator, gsize size, GstAllocationParams *params)
{
	(void)allocator, (void)size, (void)params;
	return NULL;
}

static void free_memory(GstAllocator *allocator, GstMemory *base)
{
	struct frame_memory *memory = (struct frame_memory *)base;

	(void)allocator;
	if (!base->parent) {
		shmflip_frame_release(memory->frame);
		if (memory->released)
			memory->released(memory->data);
	}
	g_free(memory);
}

static gpointer map(GstMemory *base, GstMapInfo *info, gsize size)
{
	struct frame_memory *memory = (struct frame_memory *)base;

	(void)size;
	if (!(info->flags & GST_MAP_WRITE))
		return memory->pixels;
	g_atomic_int_inc(&memory->writers);
	if (memory->lent && !g_atomic_int_get(&memory->published))
		return memory->pixels;
	g_atomic_int_add(&memory->writers, -1);
	return NULL;
}

static void unmap(GstMemory *base, GstMapInfo *info)
{
	struct frame_memory *memory = (struct frame_memory *)base;

	if (info->flags & GST_MAP_WRITE)
		g_atomic_int_add(&memory->writers, -1);
}

static struct frame_memory *create_memory(const struct shmflip_frame *frame, guint8 *pixels)
{
	struct frame_memory *memory = g_new0(struct frame_memory, 1);

	memory->frame = frame;
	memory->pixels = pixels;
	return memory;
}

static GstMemory *share(GstMemory *base, gssize offset, gssize size)
{
	struct frame_memory *memory = (struct frame_memory *)base;
	struct frame_memory *part = create_memory(memory->frame, memory->pixels);
	gsize start = base->offset + (gsize)offset;

	gst_memory_init(GST_MEMORY_CAST(part),
	                GST_MINI_OBJECT_FLAGS(base) | GST_MINI_OBJECT_FLAG_LOCK_READONLY,
	                base->allocator, base->parent ? base->parent : base, base->maxsize,
	                base->align, start,
	                size < 0 ? base->offset + base->size - start : (gsize)size);
	return GST_MEMORY_CAST(part);
}

static void gst_shmflip_allocator_class_init(GstShmflipAllocatorClass *class)
{
	GST_ALLOCATOR_CLASS(class)->alloc = allocate_nothing;
	GST_ALLOCATOR_CLASS(class)->free = free_memory;
}

static void gst_shmflip_allocator_init(GstShmflipAllocator *self)
{
	GstAllocator *allocator = GST_ALLOCATOR_CAST(self);

	allocator->mem_type = GST_SHMFLIP_MEMORY_TYPE;
	allocator->mem_map_full = map;
	allocator->mem_unmap_full = unmap;
	allocator->mem_share = share;
	GST_OBJECT_FLAG_SET(allocator, GST_ALLOCATOR_FLAG_CUSTOM_ALLOC);
	GST_OBJECT_FLAG_SET(allocator, GST_OBJECT_FLAG_MAY_BE_LEAKED);
}

static gpointer create_allocator(gpointer data)
{
	(void)data;
	return gst_object_ref_sink(g_object_new(gst_shmflip_allocator_get_type(), NULL));
}

/* One for the process, because memories may outlive all elements. */
static GstAllocator *find_allocator(void)
{
	static GOnce once = G_ONCE_INIT;

	return g_once(&once, create_allocator, NULL);
}

/* ---- Memory ---- */

static GstMemory *init_memory(struct frame_memory *memory, GstMemoryFlags flags, gsize size,
                              GDestroyNotify released, gpointer data)
{
	memory->released = released;
	memory->data = data;
	gst_memory_init(GST_MEMORY_CAST(memory), flags, find_allocator(), NULL,
	                memory->frame->slot_bytes, 0, 0, size);
	return GST_MEMORY_CAST(memory);
}

GstMemory *gst_shmflip_memory_new_lent(struct shmflip_frame *frame, GDestroyNotify released,
                                       gpointer data)
{
	struct frame_memory *memory = create_memory(frame, shmflip_frame_writable(frame, 0));

	memory->lent = frame;
	return init_memory(memory, 0, frame->slot_bytes, released, data);
}

static gsize end_of_planes(const struct shmflip_frame *frame)
{
	gsize end = 0;

	for (guint32 i = 0; i < frame->planes; i++) {
		const struct shmflip_plane *plane = &frame->plane[i];
		gsize offset = (gsize)(plane->pixels - frame->plane[0].pixels);

		end = MAX(end, offset + (gsize)plane->stride_bytes * plane->rows);
	}
	return MIN(end, frame->slot_bytes);
}

GstMemory *gst_shmflip_memory_new_acquired(const struct shmflip_frame *frame,
                                           GDestroyNotify released, gpointer data)
{
	return init_memory(create_memory(frame, (guint8 *)frame->plane[0].pixels),
	                   GST_MEMORY_FLAG_READONLY, end_of_planes(frame), released, data);
}

const struct shmflip_frame *gst_shmflip_memory_frame(GstMemory *memory)
{
	if (!gst_memory_is_type(memory, GST_SHMFLIP_MEMORY_TYPE))
		return NULL;
	return ((struct frame_memory *)memory)->frame;
}

struct shmflip_frame *gst_shmflip_memory_lent_frame(GstMemory *memory, gpointer *data)
{
	struct frame_memory *self = (struct frame_memory *)memory;

	if (!gst_memory_is_type(memory, GST_SHMFLIP_MEMORY_TYPE) || !self->lent ||
	    g_atomic_int_get(&self->published))
		return NULL;
	*data = self->data;
	return self->lent;
}

int gst_shmflip_memory_publish(GstMemory *memory)
{
	struct frame_memory *self = (struct frame_memory *)memory;
	gpointer data;
	struct shmflip_frame *frame = gst_shmflip_memory_lent_frame(memory, &data);
	int error;

	if (!frame)
		return -EINVAL;
	g_atomic_int_set(&self->published, 1);
	error = g_atomic_int_get(&self->writers) ? -EBUSY : shmflip_frame_publish(frame);
	if (error)
		g_atomic_int_set(&self->published, 0);
	else
		GST_MINI_OBJECT_FLAG_SET(memory, GST_MEMORY_FLAG_READONLY);
	return error;
}
