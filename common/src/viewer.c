/* SPDX-License-Identifier: MIT
 *
 * The viewer's handle: attached to one generation after the other, whoever makes them. */
#include <errno.h>
#include <stdlib.h>

#include "attachment.h"
#include "clock.h"
#include "error.h"
#include "frame_wait.h"

/* How often to look for a producer. */
#define LOOK_MIN_NS (5 * NS_PER_MS)
#define LOOK_MAX_NS (100 * NS_PER_MS)
/* How often to look whether a producer that has moved on can be followed. */
#define FOLLOW_NS (NS_PER_MS / 2)
/* How often a polling viewer asks the kernel whether the producer lives: that costs more than to see
 * that nothing is new. */
#define LIVENESS_CHECK_NS NS_PER_MS

struct shmflip_viewer {
	struct channel_paths paths;
	uint32_t view;
	enum attachment_pixels pixels;
	struct attachment *attachment; /* NULL: none */
	struct attachment *past;       /* departed from; memory to free at the next call */
	int64_t alone_ns;              /* since when there is none */
	int64_t liveness_checked_ns; /* when last asked whether the producer lives, by one in passing */
	bool every;                  /* the way of viewing it came to */
	uint64_t producer;           /* the last one attached to */
	uint64_t generation;         /* likewise: never attached to again */
	uint64_t last;               /* that producer's newest frame taken or passed over */
	uint64_t dropped_before;     /* by that producer, not to be counted again */
	struct shmflip_viewer_stats stats;
	struct spin spin;
};

int shmflip_viewer_open(const struct shmflip_viewer_options *options, struct shmflip_viewer **out)
{
	struct shmflip_viewer *viewer;
	struct channel_paths paths;
	int error;

	if (options->view > SHMFLIP_VIEW_EVERY)
		return fail(-EINVAL, "way of viewing %u is unknown", options->view);
	if (options->prefault && options->untouched)
		return fail(-EINVAL, "frames are either brought in or left untouched");
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
	viewer->alone_ns = monotonic_now_ns();
	*out = viewer;
	return 0;
}

/* Nobody waits for this viewer any more. */
static void unlock(struct attachment *attachment)
{
	slots_unclaim(&attachment->reader);
	pins_clear_attached(&attachment->pins);
}

static void detach(struct attachment *attachment)
{
	unlock(attachment);
	attachment_unref(attachment);
}

/* Takes over what the producer has counted since the last look. */
static void count_dropped(struct shmflip_viewer *viewer)
{
	uint64_t dropped;

	if (!viewer->attachment)
		return;
	dropped = attachment_dropped(viewer->attachment);
	viewer->stats.dropped += dropped - viewer->dropped_before;
	viewer->dropped_before = dropped;
}

static void forget_past(struct shmflip_viewer *viewer)
{
	if (viewer->past)
		attachment_unref(viewer->past);
	viewer->past = NULL;
}

/* Keeps the memory: its last user, who may be this one, frees all of it, which takes the kernel longer
 * than it may take to learn of a death. */
static void depart(struct shmflip_viewer *viewer)
{
	count_dropped(viewer);
	unlock(viewer->attachment);
	viewer->past = viewer->attachment;
	viewer->attachment = NULL;
	viewer->alone_ns = monotonic_now_ns();
}

static void leave(struct shmflip_viewer *viewer)
{
	if (viewer->attachment)
		depart(viewer);
	forget_past(viewer);
}

static void settle(struct shmflip_viewer *viewer, struct attachment *attachment, bool every,
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

/* Attaches to a generation not seen before, then leaves the present one. With same_producer only to
 * one of the producer attached to so far. -ENOENT: there is none. -EPIPE: it died. -EAGAIN: it is just
 * moving on. */
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
		detach(attachment);
		return error;
	}
	leave(viewer);
	settle(viewer, attachment, every, last);
	return 0;
}

/* Naps until it is time to look for a producer again. -EAGAIN: the deadline has passed. */
static int nap_before_look(int64_t alone_ns, int64_t deadline_ns)
{
	int64_t nap_ns = clock_backoff_ns(alone_ns, LOOK_MIN_NS, LOOK_MAX_NS);

	nap_ns = clock_remaining_ns(deadline_ns, nap_ns);
	return nap_ns ? clock_sleep(nap_ns) : -EAGAIN;
}

static int attach_by(struct shmflip_viewer *viewer, int64_t deadline_ns)
{
	int error;

	while (!viewer->attachment) {
		error = attach(viewer, false);
		if (!attachment_no_producer(error) && error != -EAGAIN)
			return error;
		error = nap_before_look(viewer->alone_ns, deadline_ns);
		if (error)
			return error;
	}
	return 0;
}

int shmflip_viewer_wait_producer(struct shmflip_viewer *viewer, int timeout_ms)
{
	forget_past(viewer);
	return attach_by(viewer, clock_deadline_ns(timeout_ms));
}

static int wait_for_something_to_attach(const struct shmflip_viewer *viewer, int64_t deadline_ns)
{
	int error;

	while (attachment_probe(&viewer->paths, viewer->generation) == -ENOENT) {
		error = nap_before_look(viewer->alone_ns, deadline_ns);
		if (error)
			return error;
	}
	return 0;
}

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
	uint64_t wanted = viewer->every ? attachment->reader.claimed : viewer->last + 1;

	return frame_wait(attachment, &viewer->spin, wanted, deadline_ns);
}

int shmflip_viewer_wait(struct shmflip_viewer *viewer, int timeout_ms)
{
	int64_t deadline_ns = clock_deadline_ns(timeout_ms);

	forget_past(viewer);
	if (!viewer->attachment)
		return wait_for_something_to_attach(viewer, deadline_ns);
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
		leave(viewer);
	if (error)
		return error;
	error = take_held(viewer, sequence, slot, &taken);
	if (!error)
		*frame = taken;
	return error;
}

/* What to do when there was nothing to take and the generation may be over; of which a death is seen
 * only with ask. Frames published just before the end come first. */
static int take_or_leave(struct shmflip_viewer *viewer, struct shmflip_frame *frame, bool ask)
{
	enum layout_state state = attachment_state(viewer->attachment);
	int error;

	if (state == LAYOUT_RUNNING && !(ask && frame_wait_is_over(viewer->attachment)))
		return -EAGAIN;
	/* An end seen now may have come after state was read: the next call tells which it is. */
	if (state == LAYOUT_RUNNING && attachment_state(viewer->attachment) != LAYOUT_RUNNING)
		return -EAGAIN;
	error = take(viewer, frame);
	if (error != -EAGAIN)
		return error;
	if (state == LAYOUT_MOVED) {
		error = attach(viewer, true);
		if (!attachment_no_producer(error))
			return error ? error : take(viewer, frame);
		/* It moved on, and came to its end there: what it removed, it ended. */
		state = error == -ENOENT ? LAYOUT_ENDED : LAYOUT_RUNNING;
	}
	depart(viewer);
	return state == LAYOUT_ENDED ? fail(-ENODATA, "the producer has ended its stream")
	                             : fail(-EPIPE, "the producer died");
}

static int acquire_now(struct shmflip_viewer *viewer, struct shmflip_frame *frame, bool ask)
{
	int error;

	if (!viewer->attachment) {
		error = attach(viewer, false);
		if (error)
			return attachment_no_producer(error) ? -EAGAIN : error;
	}
	error = take(viewer, frame);
	return error == -EAGAIN ? take_or_leave(viewer, frame, ask) : error;
}

static int wait_for_anything(struct shmflip_viewer *viewer, int64_t deadline_ns)
{
	if (!viewer->attachment)
		return attach_by(viewer, deadline_ns);
	/* It has moved on, to where nobody can follow yet. */
	if (attachment_state(viewer->attachment) == LAYOUT_MOVED)
		return clock_sleep(clock_remaining_ns(deadline_ns, FOLLOW_NS));
	return wait_for_frame(viewer, deadline_ns);
}

int shmflip_viewer_acquire(struct shmflip_viewer *viewer, struct shmflip_frame *frame,
                           int timeout_ms)
{
	int64_t deadline_ns = clock_deadline_ns(timeout_ms);
	/* Who waits is woken by a death. */
	bool ask = timeout_ms == 0 && start_liveness_check(viewer);
	int error;

	forget_past(viewer);
	while ((error = acquire_now(viewer, frame, ask)) == -EAGAIN) {
		if (clock_remaining_ns(deadline_ns, 1) == 0)
			break;
		error = wait_for_anything(viewer, deadline_ns);
		if (error)
			break;
		ask = true;
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
	leave(viewer);
	free(viewer);
}
