/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "clock.h"
#include "fork.h"
#include "viewer.h"

/* How often to check for a producer. */
#define ATTACH_MIN_NS (5 * NS_PER_MS)
#define ATTACH_MAX_NS (100 * NS_PER_MS)

/* The producer waits for this viewer no longer. */
static void release_locks(struct attachment *attachment)
{
	slots_unclaim(&attachment->reader);
	pins_clear_attached(&attachment->pins);
}

void viewer_drop_claim(struct shmflip_viewer *viewer)
{
	struct kept_claim *claim = &viewer->claim;

	if (claim->pins.fd < 0)
		return;
	claim->pins.locks.unlock(&claim->pins.locks, claim->first, LAYOUT_FRAME_END);
	fork_close(claim->pins.fd);
	claim->pins.fd = -1;
}

/* Takes the claim over from the attachment. Without a descriptor for it, the viewer may miss
 * frames of the next stream, and counts them. */
static void keep_claim(struct shmflip_viewer *viewer)
{
	struct slot_reader *reader = &viewer->attachment->reader;
	int fd;

	viewer_drop_claim(viewer);
	if (reader->claimed == LAYOUT_FRAME_END)
		return;
	fd = fork_dup(viewer->attachment->fd);
	if (fd < 0)
		return;
	pins_init(&viewer->claim.pins, fd);
	viewer->claim.first = reader->claimed;
	reader->claimed = LAYOUT_FRAME_END;
}

void viewer_count_dropped(struct shmflip_viewer *viewer)
{
	uint64_t dropped;

	if (!viewer->attachment)
		return;
	dropped = attachment_dropped(viewer->attachment);
	viewer->counts.dropped += dropped - viewer->dropped_before;
	viewer->dropped_before = dropped;
}

void viewer_free_previous(struct shmflip_viewer *viewer)
{
	if (viewer->previous)
		attachment_close(viewer->previous);
	viewer->previous = NULL;
}

/* Keeps the memory until the next call. This viewer may be the last user, and the kernel needs
 * longer to free all of it than a viewer may take to report a death. */
static void detach_but_keep_memory(struct shmflip_viewer *viewer)
{
	viewer_count_dropped(viewer);
	release_locks(viewer->attachment);
	if (viewer->watch.fd >= 0)
		watch_file(&viewer->watch, &viewer->paths, -1);
	viewer->previous = viewer->attachment;
	viewer->attachment = NULL;
	viewer->detached_ns = monotonic_now_ns();
}

void viewer_detach_at_end(struct shmflip_viewer *viewer)
{
	keep_claim(viewer);
	detach_but_keep_memory(viewer);
}

void viewer_detach(struct shmflip_viewer *viewer)
{
	if (viewer->attachment)
		detach_but_keep_memory(viewer);
	viewer_free_previous(viewer);
}

static void set_attachment(struct shmflip_viewer *viewer, struct attachment *attachment, bool every,
                           uint64_t last)
{
	if (viewer->producer != attachment->fixed.producer) {
		viewer->counts.producers++;
		viewer->dropped_before = attachment_dropped(attachment);
	} else {
		viewer->counts.missed += last - viewer->last;
	}
	viewer->counts.generations++;
	viewer->attachment = attachment;
	viewer->every = every;
	viewer->last = last;
	viewer->producer = attachment->fixed.producer;
	viewer->generation = attachment->fixed.generation;
	if (viewer->watch.fd >= 0)
		watch_file(&viewer->watch, &viewer->paths, attachment->fd);
	/* What was there before the watch. */
	watch_nudge(&viewer->watch);
}

static enum attachment_pixels pixels_of(const struct shmflip_viewer *viewer)
{
	if (viewer->flags & SHMFLIP_VIEWER_UNTOUCHED)
		return ATTACHMENT_UNTOUCHED;
	return viewer->flags & SHMFLIP_VIEWER_PREFAULT ? ATTACHMENT_PREFAULT : ATTACHMENT_LAZY;
}

static int try_attach(struct shmflip_viewer *viewer, bool same_producer)
{
	const struct attachment_options options = {
		.after = viewer->generation,
		.pixels = pixels_of(viewer),
		.any_format = viewer->flags & SHMFLIP_VIEWER_ANY_FORMAT,
		/* It has frames for a viewer that comes from the stream before. But a claim may
		 * come too late there: see attachment_join(). */
		.ended = same_producer && !viewer->every,
	};
	struct attachment *attachment;
	uint64_t last;
	bool every, same;
	int error = attachment_open(&attachment, &viewer->paths, &options);

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
		attachment_close(attachment);
		return error;
	}
	viewer_detach(viewer);
	viewer_drop_claim(viewer);
	set_attachment(viewer, attachment, every, last);
	return 0;
}

/* Whether the next try will fail too. */
static bool cannot_attach(int error)
{
	return error == -EPROTO || error == -EPROTONOSUPPORT || error == -ENOTSUP ||
	       error == -EPERM || error == -EACCES;
}

int viewer_attach(struct shmflip_viewer *viewer, bool same_producer)
{
	int error = try_attach(viewer, same_producer);

	if (cannot_attach(error)) {
		viewer_detach(viewer);
		viewer_drop_claim(viewer);
	}
	viewer->early = error == -EAGAIN;
	viewer->refused = viewer->early || attachment_found_no_producer(error) ? 0 : error;
	return error;
}

int viewer_sleep_before_attach(const struct shmflip_viewer *viewer, const struct wait *wait)
{
	return wait_sleep(wait,
	                  clock_backoff_ns(viewer->detached_ns, ATTACH_MIN_NS, ATTACH_MAX_NS));
}

int viewer_attach_before(struct shmflip_viewer *viewer, const struct wait *wait)
{
	int error;

	while (!viewer->attachment) {
		error = viewer_attach(viewer, false);
		if (!attachment_found_no_producer(error) && error != -EAGAIN)
			return error;
		error = viewer_sleep_before_attach(viewer, wait);
		if (error)
			return error;
	}
	return 0;
}
