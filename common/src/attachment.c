/* SPDX-License-Identifier: MIT */
#include "attachment.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "clock.h"
#include "error.h"
#include "fork.h"
#include "live_channel.h"
#include "ring.h"
#include "spin.h"
#include "sysv.h"

#define CLAIM_TRIES 20

/* No real producer replaces the channel file faster. */
#define OPEN_TRIES 1000

/* The viewer's own use. Counting this way costs a frame one atomic operation, not two. */
#define VIEWER_USE (UINT64_C(1) << 63)

/* If the producer died a moment ago, the segment does not exist any more. */
static int map_segment(struct attachment *attachment, uid_t owner,
                       const struct sysv_status *segment)
{
	void *base;
	int error;

	if (segment->creator != owner)
		return fail(-EPROTO,
		            "shared-memory segment %d belongs to user %u, not to the channel's, %u",
		            attachment->pool.segment_id, (unsigned)segment->creator,
		            (unsigned)owner);
	if (segment->size < sizeof(struct layout_header))
		return fail(-EPROTO, "shared-memory segment %d is too small to be a channel's",
		            attachment->pool.segment_id);
	error = sysv_segment_attach(attachment->pool.segment_id, segment->size, false, &base);
	if (error)
		return error == -EINVAL || error == -EIDRM ? -EPIPE : error;
	attachment->shared = base;
	return 0;
}

static int check_header(struct attachment *attachment, const struct channel_record *record,
                        uint64_t bytes)
{
	struct layout_fixed *fixed = &attachment->fixed;
	int error;

	*fixed = attachment->shared->fixed;
	layout_copy_barrier();
	error = layout_check_segment(fixed, bytes);
	if (error)
		return error;
	if (fixed->generation != record->generation || fixed->producer != record->producer)
		return fail(-EPROTO, "shared-memory segment %d is another generation's",
		            attachment->pool.segment_id);
	return 0;
}

static int check_state(const struct attachment *attachment,
                       const struct attachment_options *options)
{
	switch (attachment_state(attachment)) {
	case LAYOUT_RUNNING:
	case LAYOUT_MOVED:
		return 0;
	case LAYOUT_ENDED:
		return options->ended ? 0 : fail(-ENOENT, "the producer has ended its stream");
	case LAYOUT_FAILED:
		return options->ended ? 0 : fail(-EPIPE, "the producer's stream failed");
	}
	return fail(-EPROTO, "the header of the frames segment is damaged");
}

int attachment_check_format(uint32_t fourcc, const char *channel)
{
	const struct shmflip_format_info *info = shmflip_format_info(fourcc);

	if (fourcc == SHMFLIP_XRGB8888 || fourcc == SHMFLIP_ARGB8888)
		return 0;
	return fail(-EPROTONOSUPPORT,
	            "channel %s has pixel format %s (0x%08x), and this viewer takes only XR24 and "
	            "AR24: start shmflip-producer with --pixels bgra, or see "
	            "SHMFLIP_VIEWER_ANY_FORMAT",
	            channel, info ? info->name : "", fourcc);
}

static void release_frame(struct frame *frame);

static int init_frames(struct attachment *attachment, const struct channel_paths *paths,
                       const struct attachment_options *options)
{
	struct frame_pool *pool = &attachment->pool;
	const void *record =
		(const uint8_t *)attachment->shared + layout_stream_offset(&attachment->fixed);
	int error;

	pool->shared = attachment->shared;
	pool->fixed = &attachment->fixed;
	pool->release = release_frame;
	error = stream_read(record, &attachment->fixed, &pool->stream);
	if (error)
		return error;
	if (!options->any_format)
		error = attachment_check_format(pool->stream->public.fourcc, paths->name);
	if (!error)
		error = frame_pool_init(pool);
	if (error)
		stream_unref(pool->stream);
	return error;
}

static void fault_in(const struct attachment *attachment, uint64_t bytes)
{
#ifdef MADV_POPULATE_READ
	madvise((void *)attachment->shared, bytes, MADV_POPULATE_READ);
#else
	(void)attachment, (void)bytes;
#endif
}

/* Header and descriptions, before the slots, stay readable. */
static int forbid(const struct attachment *attachment, uint64_t bytes)
{
	uint64_t offset = attachment->fixed.pixels_offset;

	if (mprotect((uint8_t *)attachment->shared + offset, bytes - offset, PROT_NONE) < 0)
		return fail_errno("cannot make the frames unreadable");
	return 0;
}

static int prepare_pixels(const struct attachment *attachment, uint64_t bytes,
                          enum attachment_pixels pixels)
{
	uint64_t offset = attachment->fixed.pixels_offset;

	madvise((uint8_t *)attachment->shared + offset, bytes - offset, MADV_DONTDUMP);
	if (pixels == ATTACHMENT_UNTOUCHED)
		return forbid(attachment, bytes);
	if (pixels == ATTACHMENT_PREFAULT)
		fault_in(attachment, bytes);
	return 0;
}

/* The segment is mapped. On failure it still is. */
static int init(struct attachment *attachment, const struct channel_paths *paths,
                const struct channel_record *record, uint64_t bytes,
                const struct attachment_options *options)
{
	int error = check_header(attachment, record, bytes);

	if (!error)
		error = check_state(attachment, options);
	if (!error)
		error = prepare_pixels(attachment, bytes, options->pixels);
	if (!error)
		error = init_frames(attachment, paths, options);
	if (error)
		return error;
	pins_init(&attachment->pins, attachment->fd);
	slots_init_reader(&attachment->reader, attachment->shared, &attachment->fixed,
	                  &attachment->pins.locks);
	atomic_init(&attachment->users, VIEWER_USE);
	return 0;
}

static int open_once(struct attachment **out, const struct channel_paths *paths,
                     const struct attachment_options *options)
{
	struct channel_record record;
	struct attachment *attachment;
	struct sysv_status segment;
	uid_t owner;
	int error, fd = live_channel_open(paths, options->after, &owner, &record, &segment);

	if (fd < 0)
		return fd;
	attachment = calloc(1, sizeof(*attachment));
	if (!attachment) {
		error = fail(-ENOMEM, "out of memory");
		goto close_file;
	}
	attachment->pool.segment_id = record.segment_id;
	attachment->ring_id = record.ring_id;
	/* Unlike a number in memory, the kernel's is right in every pid namespace. */
	ring_producer_pid(record.ring_id, &attachment->producer_pid);
	attachment->fd = fd;
	error = live_channel_recheck(fd, map_segment(attachment, owner, &segment));
	if (error)
		goto free_memory;
	error = init(attachment, paths, &record, segment.size, options);
	if (error)
		goto unmap;
	*out = attachment;
	return 0;

unmap:
	sysv_segment_detach(attachment->shared);
free_memory:
	free(attachment);
close_file:
	fork_close(fd);
	return error;
}

int attachment_open(struct attachment **out, const struct channel_paths *paths,
                    const struct attachment_options *options)
{
	int error = -ESTALE;

	for (int i = 0; error == -ESTALE && i < OPEN_TRIES; i++)
		error = open_once(out, paths, options);
	return error == -ESTALE ? -EPIPE : error;
}

bool attachment_found_no_producer(int error)
{
	return error == -ENOENT || error == -EPIPE;
}

int attachment_probe(const struct channel_paths *paths, uint64_t after)
{
	const struct attachment_options options = { .after = after, .any_format = true };
	struct attachment *attachment;
	int error = attachment_open(&attachment, paths, &options);

	if (!error) {
		/* The producer is about to replace or remove it: do not attach. */
		if (attachment_state(attachment) != LAYOUT_RUNNING)
			error = -ENOENT;
		attachment_close(attachment);
	}
	return attachment_found_no_producer(error) ? -ENOENT : 0;
}

void attachment_detach(struct attachment *attachment)
{
	/* In a child of fork() memory and file are not there: the address may be another mapping's,
	 * and the number another file's. */
	if (attachment->shared && !fork_check(attachment->pool.fork_number)) {
		sysv_segment_detach(attachment->shared);
		fork_close(attachment->fd);
	}
	attachment->shared = NULL;
}

static void end_use(struct attachment *attachment, uint64_t use)
{
	if (atomic_fetch_sub_explicit(&attachment->users, use, memory_order_acq_rel) != use)
		return;
	attachment_detach(attachment);
	frame_pool_finish(&attachment->pool);
	free(attachment);
}

void attachment_close(struct attachment *attachment)
{
	end_use(attachment, VIEWER_USE - attachment->taken);
}

/* A producer that invalidates a frame holds its lock for a microsecond. */
static int claim(struct slot_reader *reader, uint64_t after)
{
	int error = slots_claim(reader, after);

	for (int i = 0; error == -EAGAIN && i < CLAIM_TRIES; i++) {
		clock_sleep(SPIN_NS);
		error = slots_claim(reader, after);
	}
	return error;
}

/* Without claims, a viewer comes in time for what an ended stream has left. */
static bool can_join(const struct attachment *attachment, bool every)
{
	enum layout_state state = attachment_state(attachment);

	return every ? state == LAYOUT_RUNNING : state != LAYOUT_MOVED;
}

int attachment_join(struct attachment *attachment, bool every, uint64_t *last)
{
	struct slot_reader *reader = &attachment->reader;
	uint64_t before_first = attachment->fixed.first_frame - 1;
	int error;

	if (*last != SLOTS_NEWEST && *last < before_first)
		*last = before_first;
	if (every) {
		error = claim(reader, *last);
		if (error)
			return error;
		*last = reader->claimed - 1;
	} else if (*last == SLOTS_NEWEST) {
		*last = slots_newest(reader);
		if (*last > before_first)
			--*last;
	}
	/* The producer writes that it moves on before it polls claims. So it sees a claim that was
	 * in place before that. A later claim does not count, and neither does its viewer. */
	if (!can_join(attachment, every))
		return -EAGAIN;
	return pins_mark_attached(&attachment->pins);
}

enum layout_state attachment_state(const struct attachment *attachment)
{
	/* Pairs with the store in generation_retire(). */
	return atomic_load_explicit(&attachment->shared->state, memory_order_acquire);
}

uint64_t attachment_end(const struct attachment *attachment)
{
	uint64_t end = 0;

	if (pread(attachment->fd, &end, sizeof(end), offsetof(struct channel_record, end)) !=
	    sizeof(end))
		return 0;
	return layout_end_frame(end) < LAYOUT_FRAME_END ? end : 0;
}

uint64_t attachment_dropped(const struct attachment *attachment)
{
	/* Only shown to people: it orders nothing. */
	return atomic_load_explicit(&attachment->shared->dropped, memory_order_relaxed);
}

void attachment_channel(const struct attachment *attachment, struct shmflip_channel *channel)
{
	const struct layout_fixed *fixed = &attachment->fixed;

	*channel = (struct shmflip_channel){
		.producer = fixed->producer,
		.generation = fixed->generation,
		.slot_bytes = fixed->slot_bytes,
		.slots = fixed->slots,
		.policy = fixed->policy,
		.pid = attachment->producer_pid,
		.published = slots_newest(&attachment->reader),
		.dropped = attachment_dropped(attachment),
		.stream = &attachment->pool.stream->public,
	};
}

int attachment_take(struct attachment *attachment, uint64_t sequence, uint32_t slot,
                    struct frame **out)
{
	int error = frame_read(&attachment->pool, slot, sequence, out);

	if (!error)
		attachment->taken++;
	return error;
}

static void release_frame(struct frame *frame)
{
	struct attachment *attachment =
		(struct attachment *)((uintptr_t)frame->pool - offsetof(struct attachment, pool));
	uint64_t sequence = frame->public.sequence;

	if (atomic_load_explicit(&frame->use, memory_order_relaxed) != FRAME_ACQUIRED)
		return;
	/* Pairs with frame_read(). It comes before the lock goes: then the slot may be overwritten,
	 * and its next frame acquired. */
	atomic_store_explicit(&frame->use, FRAME_FREE, memory_order_release);
	if (!fork_check(attachment->pool.fork_number))
		slots_release(&attachment->pins.locks, sequence);
	end_use(attachment, 1);
}
