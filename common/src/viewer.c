/* SPDX-License-Identifier: MIT */
#include "viewer.h"

#include <errno.h>
#include <stdlib.h>

#include "clock.h"
#include "error.h"
#include "fork.h"
#include "frame_wait.h"
#include "structure.h"

/* How often to try to attach to the next generation of a producer that has moved on. */
#define FOLLOW_NS (NS_PER_MS / 2)
/* How often a polling viewer asks the kernel whether the producer lives: that costs more than to
 * see that nothing is new. */
#define LIVENESS_CHECK_NS NS_PER_MS
/* The same refusal is reported to a program that polls the descriptor once a second, although some
 * viewers look more often. A bit less, so that the timer's next expiry is not too early. */
#define REPORT_NS (900 * NS_PER_MS)

#define KNOWN_FLAGS (SHMFLIP_VIEWER_PREFAULT | SHMFLIP_VIEWER_UNTOUCHED | SHMFLIP_VIEWER_ANY_FORMAT)

static int check_options(const struct shmflip_viewer_options *options)
{
	if (options->view > SHMFLIP_VIEW_EVERY)
		return fail(-EINVAL, "view %u is unknown", options->view);
	if (options->flags & ~(uint32_t)KNOWN_FLAGS)
		return fail(-EINVAL, "viewer flags 0x%x are unknown", options->flags);
	if (options->flags & SHMFLIP_VIEWER_PREFAULT && options->flags & SHMFLIP_VIEWER_UNTOUCHED)
		return fail(-EINVAL, "SHMFLIP_VIEWER_PREFAULT and _UNTOUCHED exclude each other");
	return 0;
}

int shmflip_viewer_open(const struct shmflip_viewer_options *given, struct shmflip_viewer **out)
{
	struct shmflip_viewer_options options;
	struct shmflip_viewer *viewer;
	struct channel_paths paths;
	int error = structure_read(&options, sizeof(options), given, "shmflip_viewer_options");

	if (!error)
		error = check_options(&options);
	if (!error)
		error = channel_paths_init(&paths, options.dir, options.channel);
	if (error)
		return error;
	error = directory_check(&paths, true, NULL);
	if (error && error != -ENOENT)
		return error;
	viewer = calloc(1, sizeof(*viewer));
	if (!viewer)
		return fail(-ENOMEM, "out of memory");
	viewer->fork_number = fork_number();
	watch_init(&viewer->watch);
	viewer->paths = paths;
	viewer->view = options.view;
	viewer->flags = options.flags;
	viewer->claim.pins.fd = -1;
	viewer->detached_ns = monotonic_now_ns();
	*out = viewer;
	return 0;
}

/* Says which channel has no producer, after a call that waited for one. */
static int fail_call(const struct shmflip_viewer *viewer, int error, int timeout_ms)
{
	if (error == -EAGAIN && timeout_ms != 0 && !viewer->attachment)
		return fail(-EAGAIN, "timeout: no producer on channel %s in %s", viewer->paths.name,
		            viewer->paths.dir);
	return fail_plain(error);
}

int shmflip_viewer_attach(struct shmflip_viewer *viewer, int timeout_ms)
{
	struct wait wait = wait_begin(&viewer->interrupted, timeout_ms);
	int error = fork_check(viewer->fork_number);

	if (error)
		return error;
	error = wait_check(&viewer->interrupted);
	if (!error) {
		viewer_free_previous(viewer);
		error = viewer_attach_before(viewer, &wait);
	}
	return error ? fail_call(viewer, error, timeout_ms) : 0;
}

static int wait_for_producer(const struct shmflip_viewer *viewer, const struct wait *wait)
{
	int error;

	while (attachment_probe(&viewer->paths, viewer->generation) == -ENOENT) {
		error = viewer_sleep_before_attach(viewer, wait);
		if (error)
			return error;
	}
	return 0;
}

/* Returns whether a check is due, and notes the time if it is. Where there is a descriptor, a death
 * is heard. */
static bool start_liveness_check(struct shmflip_viewer *viewer)
{
	int64_t now_ns;

	if (viewer->watch.fd >= 0 && viewer->liveness_checked_ns != 0)
		return false;
	now_ns = monotonic_now_ns();
	if (now_ns - viewer->liveness_checked_ns < LIVENESS_CHECK_NS)
		return false;
	viewer->liveness_checked_ns = now_ns;
	return true;
}

static int wait_for_frame(struct shmflip_viewer *viewer, const struct wait *wait)
{
	struct attachment *attachment = viewer->attachment;
	uint64_t next = viewer->every ? attachment->reader.claimed : viewer->last + 1;

	return frame_wait(attachment, &viewer->spin, next, wait);
}

int shmflip_viewer_wait(struct shmflip_viewer *viewer, int timeout_ms)
{
	struct wait wait = wait_begin(&viewer->interrupted, timeout_ms);
	int error = fork_check(viewer->fork_number);

	if (error)
		return error;
	error = wait_check(&viewer->interrupted);
	if (error)
		return fail_plain(error);
	viewer_free_previous(viewer);
	/* What the wait finds, the next acquire tries. */
	viewer->refused = 0;
	error = viewer->attachment ? wait_for_frame(viewer, &wait)
	                           : wait_for_producer(viewer, &wait);
	if (error)
		return fail_call(viewer, error, timeout_ms);
	/* If the producer died, the next call that does not wait shall say so. */
	viewer->liveness_checked_ns = 0;
	return 0;
}

/* Makes a frame of what the viewer holds, or releases it. */
static int take_held(struct shmflip_viewer *viewer, uint64_t sequence, uint32_t slot,
                     const struct shmflip_frame **out)
{
	struct attachment *attachment = viewer->attachment;
	struct frame *frame;
	int error = attachment_take(attachment, sequence, slot, &frame);

	if (error)
		slots_release(&attachment->pins.locks, sequence);
	if (!error && !(viewer->flags & SHMFLIP_VIEWER_ANY_FORMAT)) {
		if (attachment_check_format(frame->public.fourcc, viewer->paths.name)) {
			error = -EBADMSG;
			shmflip_frame_release(&frame->public);
		}
	}
	viewer->counts.missed += sequence - viewer->last - (error ? 0 : 1);
	viewer->last = sequence;
	if (error)
		return error;
	viewer->counts.acquired++;
	*out = &frame->public;
	return 0;
}

static int take(struct shmflip_viewer *viewer, const struct shmflip_frame **frame)
{
	struct slot_reader *reader = &viewer->attachment->reader;
	uint64_t sequence;
	uint32_t slot;
	int error = viewer->every ? slots_take_next(reader, &sequence, &slot)
	                          : slots_take_newest(reader, viewer->last, &sequence, &slot);

	if (error == -EPROTO)
		viewer_detach(viewer);
	return error ? error : take_held(viewer, sequence, slot, frame);
}

/* -ENODATA, -EPIPE: how the producer's last generation came to its end. */
static int report_end(const struct shmflip_viewer *viewer, enum layout_state state)
{
	const char *name = viewer->paths.name;

	if (state == LAYOUT_ENDED)
		return fail(-ENODATA, "the producer of channel %s has ended its stream", name);
	if (state == LAYOUT_FAILED)
		return fail(-EPIPE, "the stream of channel %s failed", name);
	return fail(-EPIPE, "the producer of channel %s died", name);
}

/* The producer moved on, and ended its stream or died before this viewer could follow. Returns how
 * it ended; LAYOUT_RUNNING: not at all. Counts what it published meanwhile. */
static enum layout_state miss_the_rest(struct shmflip_viewer *viewer)
{
	uint64_t end = attachment_end(viewer->attachment);
	uint64_t last = layout_end_frame(end);

	if (last > viewer->last) {
		viewer->counts.missed += last - viewer->last;
		viewer->last = last;
	}
	return end ? layout_end_state(end) : LAYOUT_RUNNING;
}

/* A program that polls the descriptor is not told of the same refusal again and again. */
static int attach_if_due(struct shmflip_viewer *viewer, bool same_producer, bool check_all)
{
	int before = viewer->refused;
	bool polled = viewer->watch.fd >= 0;
	int64_t now_ns;
	int error;

	if (before && polled && !check_all)
		return -EAGAIN;
	error = viewer_attach(viewer, same_producer);
	if (!viewer->refused || !polled)
		return error;
	now_ns = monotonic_now_ns();
	if (error == before && now_ns - viewer->refused_ns < REPORT_NS)
		return -EAGAIN;
	viewer->refused_ns = now_ns;
	return error;
}

/* There was nothing to take: checks whether the generation is over. Notices a death only with
 * check_all. Frames published just before the end come first. */
static int take_last_or_end(struct shmflip_viewer *viewer, const struct shmflip_frame **frame,
                            bool check_all)
{
	enum layout_state state = attachment_state(viewer->attachment);
	int error;

	if (state == LAYOUT_RUNNING && !(check_all && frame_wait_is_over(viewer->attachment)))
		return -EAGAIN;
	/* The producer may have ended after state was read: the next call finds out how. */
	if (state == LAYOUT_RUNNING && attachment_state(viewer->attachment) != LAYOUT_RUNNING)
		return -EAGAIN;
	error = take(viewer, frame);
	if (error != -EAGAIN)
		return error;
	if (state == LAYOUT_MOVED) {
		error = attach_if_due(viewer, true, check_all);
		if (!attachment_found_no_producer(error))
			return error ? error : take(viewer, frame);
		state = miss_the_rest(viewer);
	}
	viewer_detach_at_end(viewer);
	return report_end(viewer, state);
}

static int acquire_now(struct shmflip_viewer *viewer, const struct shmflip_frame **frame,
                       bool check_all)
{
	int error;

	if (!viewer->attachment) {
		error = attach_if_due(viewer, false, check_all);
		if (error)
			return attachment_found_no_producer(error) ? -EAGAIN : error;
	}
	error = take(viewer, frame);
	return error == -EAGAIN ? take_last_or_end(viewer, frame, check_all) : error;
}

static int wait_for_anything(struct shmflip_viewer *viewer, const struct wait *wait)
{
	if (!viewer->attachment)
		return viewer_attach_before(viewer, wait);
	/* The producer has moved on, but viewers cannot attach there yet. */
	if (attachment_state(viewer->attachment) == LAYOUT_MOVED)
		return wait_sleep(wait, FOLLOW_NS);
	return wait_for_frame(viewer, wait);
}

static int wait_and_acquire(struct shmflip_viewer *viewer, const struct shmflip_frame **frame,
                            int timeout_ms)
{
	struct wait wait = wait_begin(&viewer->interrupted, timeout_ms);
	int error;

	do {
		error = wait_for_anything(viewer, &wait);
		if (error)
			return error;
		error = acquire_now(viewer, frame, true);
	} while (error == -EAGAIN && wait_remaining_ns(&wait, 1) > 0);
	return error;
}

static int acquire(struct shmflip_viewer *viewer, const struct shmflip_frame **frame,
                   int timeout_ms, bool heard)
{
	/* A call that waits need not check now: a death wakes it up. */
	bool check_all = timeout_ms == 0 && (heard || start_liveness_check(viewer));
	int error = wait_check(&viewer->interrupted);

	if (error)
		return error;
	viewer_free_previous(viewer);
	/* A program that waits is told of a refusal at each call. */
	if (timeout_ms != 0)
		viewer->refused = 0;
	error = acquire_now(viewer, frame, check_all);
	if (error == -EAGAIN && timeout_ms != 0)
		error = wait_and_acquire(viewer, frame, timeout_ms);
	return error;
}

/* For a program that polls: a frame that is there is taken without a system call for the events.
 * These keep the descriptor readable until a call finds no frame. */
static int take_before_events(struct shmflip_viewer *viewer, const struct shmflip_frame **frame)
{
	if (viewer->watch.fd < 0 || !viewer->attachment || wait_check(&viewer->interrupted))
		return -EAGAIN;
	viewer_free_previous(viewer);
	return take(viewer, frame);
}

int shmflip_viewer_acquire(struct shmflip_viewer *viewer, const struct shmflip_frame **frame,
                           int timeout_ms)
{
	int error = fork_check(viewer->fork_number);
	bool heard;

	if (error)
		return error;
	error = take_before_events(viewer, frame);
	if (!error)
		return 0;
	heard = viewer_hear(viewer);
	/* Look again, because the events read may be of changes after the first look. After an
	 * error, a nudge or the timer causes the next look. */
	if (error == -EAGAIN)
		error = acquire(viewer, frame, timeout_ms, heard);
	viewer_nudge_if_due(viewer, error, heard);
	return error ? fail_call(viewer, error, timeout_ms) : 0;
}

const struct shmflip_channel *shmflip_viewer_channel(struct shmflip_viewer *viewer)
{
	if (fork_check(viewer->fork_number) || !viewer->attachment)
		return NULL;
	attachment_channel(viewer->attachment, &viewer->channel);
	return &viewer->channel;
}

int shmflip_viewer_counts(struct shmflip_viewer *viewer, struct shmflip_counts *counts)
{
	int error = fork_check(viewer->fork_number);

	if (error)
		return error;
	viewer_count_dropped(viewer);
	viewer->counts.published = viewer->counts.acquired + viewer->counts.missed;
	return structure_write(counts, &viewer->counts, sizeof(viewer->counts), "shmflip_counts");
}

void shmflip_viewer_close(struct shmflip_viewer *viewer)
{
	if (!viewer)
		return;
	if (fork_check(viewer->fork_number)) {
		/* The memory is not mapped, and the locks are the parent's. */
		if (viewer->attachment)
			attachment_close(viewer->attachment);
		viewer_free_previous(viewer);
		free(viewer);
		return;
	}
	viewer_detach(viewer);
	viewer_drop_claim(viewer);
	if (viewer->watch.fd >= 0)
		watch_close(&viewer->watch);
	free(viewer);
}
