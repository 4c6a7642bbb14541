/* SPDX-License-Identifier: MIT
 *
 * The viewer's descriptor, and its interruption. */
#include <errno.h>

#include "error.h"
#include "fork.h"
#include "viewer.h"

int shmflip_viewer_fd(struct shmflip_viewer *viewer)
{
	int error = fork_check(viewer->fork_number);

	if (error || viewer->watch.fd >= 0)
		return error ? error : viewer->watch.fd;
	error = watch_open(&viewer->watch, &viewer->paths);
	if (error)
		return error;
	if (viewer->attachment)
		watch_file(&viewer->watch, &viewer->paths, viewer->attachment->fd);
	return viewer->watch.fd;
}

bool viewer_hear(struct shmflip_viewer *viewer)
{
	enum watch_heard heard = WATCH_FRAMES;

	if (viewer->watch.fd >= 0)
		heard = watch_read(&viewer->watch, &viewer->paths);
	if (heard == WATCH_CHANGE)
		viewer->refused = 0;
	return heard != WATCH_FRAMES;
}

/* Whether the next call may return the same error: then a program that polls would loop. */
static bool may_repeat(const struct shmflip_viewer *viewer, int error)
{
	switch (error) {
	case 0:
	case -EAGAIN:
	case -EBADMSG:
	case -ECANCELED:
	case -EINTR:
	case -ENODATA:
	case -EPIPE:
		return false;
	case -EPROTO:
		return viewer->refused;
	}
	return true;
}

/* Whether acquire may have something else than -EAGAIN, of which no event is to come. */
static bool is_more_due(const struct shmflip_viewer *viewer, enum layout_state state, int error,
                        bool heard)
{
	const struct attachment *attachment = viewer->attachment;

	if (error == -EAGAIN || may_repeat(viewer, error))
		return state == LAYOUT_ENDED || state == LAYOUT_FAILED;
	if (error || heard || !attachment || state != LAYOUT_RUNNING)
		return true;
	return viewer->every && slots_newest(&attachment->reader) >= attachment->reader.claimed;
}

void viewer_nudge_if_due(struct shmflip_viewer *viewer, int error, bool heard)
{
	struct watch *watch = &viewer->watch;
	enum layout_state state = LAYOUT_RUNNING;
	bool again;

	if (watch->fd < 0)
		return;
	if (viewer->attachment)
		state = attachment_state(viewer->attachment);
	if (is_more_due(viewer, state, error, heard))
		watch_nudge(watch);
	again = error == -EAGAIN ? viewer->early || state == LAYOUT_MOVED
	                         : may_repeat(viewer, error);
	watch_set_timer(watch, viewer->attachment, again && !viewer->refused);
}

/* In this order: pairs with viewer_hear() before the look at interrupted. */
void shmflip_viewer_interrupt(struct shmflip_viewer *viewer)
{
	if (fork_is_child(viewer->fork_number))
		return;
	atomic_store(&viewer->interrupted, true);
	watch_nudge(&viewer->watch);
}

void shmflip_viewer_resume(struct shmflip_viewer *viewer)
{
	atomic_store(&viewer->interrupted, false);
}
