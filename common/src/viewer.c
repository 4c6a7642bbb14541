/* SPDX-License-Identifier: MIT
 *
 * The viewer's handle: it attaches to one generation after another, of any producer. */
#include <errno.h>
#include <stdlib.h>

#include "attachment.h"
#include "clock.h"
#include "error.h"
#include "frame_wait.h"

/* How often to check for a producer. */
#define ATTACH_MIN_NS (5 * NS_PER_MS)
#define ATTACH_MAX_NS (100 * NS_PER_MS)
/* How often to try to attach to the next generation of a producer that has moved on. */
#define FOLLOW_NS (NS_PER_MS / 2)
/* How often a polling viewer asks the kernel whether the producer lives: that costs more than to
 * see that nothing is new. */
#define LIVENESS_CHECK_NS NS_PER_MS

struct shmflip_viewer {
	struct channel_paths paths;
	uint32_t view;
	enum attachment_pixels pixels;
	struct attachment *attachment; /* NULL: none */
	struct attachment *previous;   /* the next call frees its memory; NULL: none */
	int64_t detached_ns;           /* since when there is no attachment */
	int64_t liveness_checked_ns;   /* the last check by a call that does not wait */
	bool every;                    /* this attachment takes every frame */
	uint64_t producer;             /* the last one attached to */
	uint64_t generation;           /* the last one attached to: never attach to it again */
	uint64_t last;                 /* that producer's last frame taken or skipped */
	uint64_t dropped_before;       /* that producer's drops that are already counted */
	struct shmflip_viewer_stats stats;
	struct spin spin;
};

int shmflip_viewer_open(const struct shmflip_viewer_options *options, struct shmflip_viewer **out)
{
	struct shmflip_viewer *viewer;
	struct channel_paths paths;
	int error;

	if (options->view > SHMFLIP_VIEW_EVERY)
		return fail(-EINVAL, "view %u is unknown", options->view);
	if (options->prefault && options->untouched)
		return fail(-EINVAL, "prefault and untouched exclude each other");
	error = channel_paths_init(&paths, options->dir, options->channel);
	if (error)
		return error;
	error = directory_check(&paths, true, NULL);
	if (error && error != -ENOENT)
		return error;
	viewer = calloc(1, sizeof(*viewer));
	if (!viewer)
		return fail(-ENOMEM, "out of memory");
	viewer->paths = paths;
	viewer->view = options->view;
	viewer->pixels = options->untouched  ? ATTACHMENT_UNTOUCHED
	                 : options->prefault ? ATTACHMENT_PREFAULT
	                                     : ATTACHMENT_LAZY;
	viewer->detached_ns = monotonic_now_ns();
	*out = viewer;
	return 0;
}

/* The producer waits for this viewer no longer. */
static void release_locks(struct attachment *attachment)
{
	slots_unclaim(&attachment->reader);
	pins_clear_attached(&attachment->pins);
}

/* Adds what the producer has dropped since the last call. */
static void count_dropped(struct shmflip_viewer *viewer)
{
	uint64_t dropped;

	if (!viewer->attachment)
		return;
	dropped = attachment_dropped(viewer->attachment);
	viewer->stats.dropped += dropped - viewer->dropped_before;
	viewer->dropped_before = dropped;
}

static void free_previous(struct shmflip_viewer *viewer)
{
	if (viewer->previous)
		attachment_unref(viewer->previous);
	viewer->previous = NULL;
}

/* Keeps the memory until the next call. This viewer may be the last user, and the kernel needs
 * longer to free all of it than a viewer may take to report a death. */
static void detach_but_keep_memory(struct shmflip_viewer *viewer)
{
	count_dropped(viewer);
	release_locks(viewer->attachment);
	viewer->previous = viewer->attachment;
	viewer->attachment = NULL;
	viewer->detached_ns = monotonic_now_ns();
}

static void detach(struct shmflip_viewer *viewer)
{
	if (viewer->attachment)
		detach_but_keep_memory(viewer);
	free_previous(viewer);
}

static void set_attachment(struct shmflip_viewer *viewer, struct attachment *attachment, bool every,
                           uint64_t last)
{
	if (viewer->producer != attachment->fixed.producer) {
		viewer->stats.producers++;
		viewer->dropped_before = attachment_dropped(attachment);
	} else {
		viewer->stats.missed += last - viewer->last;
	}
	viewer->stats.generations++;
	viewer->attachment = attachment;
	viewer->every = every;
	viewer->last = last;
	viewer->producer = attachment->fixed.producer;
	viewer->generation = attachment->fixed.generation;
}

/* Attaches to a new generation, then detaches from the current one. With same_producer, only to a
 * generation of the last producer.
 * -ENOENT  there is none
 * -EPIPE   its producer died
 * -EAGAIN  its producer is just moving on */
static int attach(struct shmflip_viewer *viewer, bool same_producer)
{
	struct attachment *attachment;
	uint64_t last;
	bool every, same;
	int error =
		attachment_open(&attachment, &viewer->paths, viewer->generation, viewer->pixels);

	if (error)
		return error;
	every = viewer->view == SHMFLIP_VIEW_EVERY ||
	        (viewer->view == SHMFLIP_VIEW_AUTO &&
	         attachment->fixed.policy == SHMFLIP_POLICY_LOSSLESS);
	same = attachment->fixed.producer == viewer->producer;
	last = same ? viewer->last : SLOTS_NEWEST;
	error = same_producer && !same ? -ENOENT : attachment_join(attachment, every, &last);
	if (error) {
		release_locks(attachment);
		attachment_unref(attachment);
		return error;
	}
	detach(viewer);
	set_attachment(viewer, attachment, every, last);
	return 0;
}

/* Sleeps until the next check for a producer is due.
 * -EAGAIN  the deadline has passed */
static int sleep_before_attach(const struct shmflip_viewer *viewer, int64_t deadline_ns)
{
	int64_t sleep_ns = clock_backoff_ns(viewer->detached_ns, ATTACH_MIN_NS, ATTACH_MAX_NS);

	sleep_ns = clock_remaining_ns(deadline_ns, sleep_ns);
	return sleep_ns ? clock_sleep(sleep_ns) : -EAGAIN;
}

static int attach_before(struct shmflip_viewer *viewer, int64_t deadline_ns)
{
	int error;

	while (!viewer->attachment) {
		error = attach(viewer, false);
		if (!attachment_found_no_producer(error) && error != -EAGAIN)
			return error;
		error = sleep_before_attach(viewer, deadline_ns);
		if (error)
			return error;
	}
	return 0;
}

int shmflip_viewer_wait_producer(struct shmflip_viewer *viewer, int timeout_ms)
{
	free_previous(viewer);
	return attach_before(viewer, clock_deadline_ns(timeout_ms));
}

static int wait_for_producer(const struct shmflip_viewer *viewer, int64_t deadline_ns)
{
	int error;

	while (attachment_probe(&viewer->paths, viewer->generation) == -ENOENT) {
		error = sleep_before_attach(viewer, deadline_ns);
		if (error)
			return error;
	}
	return 0;
}

/* Returns whether a check is due, and notes the time if it is. */
static bool start_liveness_check(struct shmflip_viewer *viewer)
{
	int64_t now_ns = monotonic_now_ns();

	if (now_ns - viewer->liveness_checked_ns < LIVENESS_CHECK_NS)
		return false;
	viewer->liveness_checked_ns = now_ns;
	return true;
}

static int wait_for_frame(struct shmflip_viewer *viewer, int64_t deadline_ns)
{
	const struct attachment *attachment = viewer->attachment;
	uint64_t next = viewer->every ? attachment->reader.claimed : viewer->last + 1;

	return frame_wait(attachment, &viewer->spin, next, deadline_ns);
}

int shmflip_viewer_wait(struct shmflip_viewer *viewer, int timeout_ms)
{
	int64_t deadline_ns = clock_deadline_ns(timeout_ms);

	free_previous(viewer);
	if (!viewer->attachment)
		return wait_for_producer(viewer, deadline_ns);
	return wait_for_frame(viewer, deadline_ns);
}

static int take_held(struct shmflip_viewer *viewer, uint64_t sequence, uint32_t slot,
                     struct shmflip_frame *frame)
{
	struct attachment *attachment = viewer->attachment;
	int error = attachment_describe(attachment, sequence, slot, frame);

	viewer->stats.missed += sequence - viewer->last - (error ? 0 : 1);
	viewer->last = sequence;
	if (error) {
		slots_release(&attachment->pins.locks, sequence);
		return error;
	}
	attachment_ref(attachment);
	frame->hold = attachment;
	viewer->stats.acquired++;
	return 0;
}

static int take(struct shmflip_viewer *viewer, struct shmflip_frame *frame)
{
	struct slot_reader *reader = &viewer->attachment->reader;
	struct shmflip_frame taken;
	uint64_t sequence;
	uint32_t slot;
	int error = viewer->every ? slots_take_next(reader, &sequence, &slot)
	                          : slots_take_newest(reader, viewer->last, &sequence, &slot);

	if (error == -EPROTO)
		detach(viewer);
	if (error)
		return error;
	error = take_held(viewer, sequence, slot, &taken);
	if (!error)
		*frame = taken;
	return error;
}

/* There was nothing to take: checks whether the generation is over. Notices a death only with
 * check_liveness. Frames published just before the end come first. */
static int take_last_or_end(struct shmflip_viewer *viewer, struct shmflip_frame *frame,
                            bool check_liveness)
{
	enum layout_state state = attachment_state(viewer->attachment);
	int error;

	if (state == LAYOUT_RUNNING && !(check_liveness && frame_wait_is_over(viewer->attachment)))
		return -EAGAIN;
	/* The producer may have ended after state was read: the next call finds out how. */
	if (state == LAYOUT_RUNNING && attachment_state(viewer->attachment) != LAYOUT_RUNNING)
		return -EAGAIN;
	error = take(viewer, frame);
	if (error != -EAGAIN)
		return error;
	if (state == LAYOUT_MOVED) {
		error = attach(viewer, true);
		if (!attachment_found_no_producer(error))
			return error ? error : take(viewer, frame);
		/* It moved on and then stopped: it ended if its file is removed, else it died. */
		state = error == -ENOENT ? LAYOUT_ENDED : LAYOUT_RUNNING;
	}
	detach_but_keep_memory(viewer);
	return state == LAYOUT_ENDED ? fail(-ENODATA, "the producer has ended its stream")
	                             : fail(-EPIPE, "the producer died");
}

static int acquire_now(struct shmflip_viewer *viewer, struct shmflip_frame *frame,
                       bool check_liveness)
{
	int error;

	if (!viewer->attachment) {
		error = attach(viewer, false);
		if (error)
			return attachment_found_no_producer(error) ? -EAGAIN : error;
	}
	error = take(viewer, frame);
	return error == -EAGAIN ? take_last_or_end(viewer, frame, check_liveness) : error;
}

static int wait_for_anything(struct shmflip_viewer *viewer, int64_t deadline_ns)
{
	if (!viewer->attachment)
		return attach_before(viewer, deadline_ns);
	/* The producer has moved on, but viewers cannot attach there yet. */
	if (attachment_state(viewer->attachment) == LAYOUT_MOVED)
		return clock_sleep(clock_remaining_ns(deadline_ns, FOLLOW_NS));
	return wait_for_frame(viewer, deadline_ns);
}

int shmflip_viewer_acquire(struct shmflip_viewer *viewer, struct shmflip_frame *frame,
                           int timeout_ms)
{
	int64_t deadline_ns = clock_deadline_ns(timeout_ms);
	/* A call that waits need not check now: a death wakes it up. */
	bool check_liveness = timeout_ms == 0 && start_liveness_check(viewer);
	int error;

	free_previous(viewer);
	while ((error = acquire_now(viewer, frame, check_liveness)) == -EAGAIN) {
		if (clock_remaining_ns(deadline_ns, 1) == 0)
			break;
		error = wait_for_anything(viewer, deadline_ns);
		if (error)
			break;
		check_liveness = true;
	}
	return error;
}

void shmflip_viewer_release(struct shmflip_viewer *viewer, struct shmflip_frame *frame)
{
	struct attachment *attachment = frame->hold;

	(void)viewer;
	if (!attachment)
		return;
	slots_release(&attachment->pins.locks, frame->info.sequence);
	attachment_unref(attachment);
	*frame = (struct shmflip_frame){ 0 };
}

int shmflip_viewer_channel(struct shmflip_viewer *viewer, struct shmflip_channel_info *info)
{
	const struct attachment *attachment = viewer->attachment;

	if (!attachment)
		return fail(-ENOENT, "channel %s has no producer", viewer->paths.name);
	attachment_info(attachment, info);
	return 0;
}

void shmflip_viewer_stats(struct shmflip_viewer *viewer, struct shmflip_viewer_stats *stats)
{
	count_dropped(viewer);
	viewer->stats.published = viewer->stats.acquired + viewer->stats.missed;
	*stats = viewer->stats;
}

void shmflip_viewer_destroy(struct shmflip_viewer *viewer)
{
	if (!viewer)
		return;
	detach(viewer);
	free(viewer);
}
