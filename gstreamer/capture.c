/* SPDX-License-Identifier: MIT */
#include "capture.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>

GST_DEBUG_CATEGORY_EXTERN(gst_shmflip_src_debug);
#define GST_CAT_DEFAULT gst_shmflip_src_debug

static void set_viewer(struct gst_shmflip_capture *capture, struct shmflip_viewer *viewer)
{
	GST_OBJECT_LOCK(capture->owner);
	capture->viewer = viewer;
	GST_OBJECT_UNLOCK(capture->owner);
}

int gst_shmflip_capture_open(struct gst_shmflip_capture *capture,
                             const struct shmflip_viewer_options *options)
{
	struct shmflip_viewer *viewer;
	int error;

	error = shmflip_viewer_open(options, &viewer);
	if (error)
		return error;
	capture->fd = shmflip_viewer_fd(viewer);
	if (capture->fd < 0) {
		error = capture->fd;
		shmflip_viewer_close(viewer);
		return error;
	}
	capture->channel = options->channel;
	capture->dir = options->dir;
	capture->said_waiting = FALSE;
	capture->missed = FALSE;
	capture->changed_producer = FALSE;
	shmflip_init(&capture->counts);
	set_viewer(capture, viewer);
	return 0;
}

void gst_shmflip_capture_close(struct gst_shmflip_capture *capture)
{
	struct shmflip_viewer *viewer = capture->viewer;

	set_viewer(capture, NULL);
	shmflip_viewer_close(viewer);
}

/* A wrong name or directory is no error, because a producer may come. This line shows it.
 * gst-launch-1.0 prints only the second text of a message. */
static void say_waiting(struct gst_shmflip_capture *capture)
{
	char default_dir[PATH_MAX] = "the default directory";
	const char *dir = capture->dir;
	gchar *line;

	if (!dir && shmflip_default_dir(default_dir, sizeof(default_dir)))
		GST_DEBUG_OBJECT(capture->owner, "%s", shmflip_error_detail());
	line = g_strdup_printf("no producer yet on channel %s in %s: waiting for one",
	                       capture->channel, dir ? dir : default_dir);
	GST_ELEMENT_INFO(capture->owner, RESOURCE, NOT_FOUND, ("%s", line), ("%s", line));
	g_free(line);
	capture->said_waiting = TRUE;
}

/* Interruptions end a poll at once, and a wait of the library within 100 ms. */
static void wait_readable(struct gst_shmflip_capture *capture)
{
	struct pollfd readable = { .fd = capture->fd, .events = POLLIN };

	if (!shmflip_viewer_channel(capture->viewer) && !capture->said_waiting)
		say_waiting(capture);
	poll(&readable, 1, -1);
}

static void update_counts(struct gst_shmflip_capture *capture)
{
	struct shmflip_counts before = capture->counts;

	/* It fails only in the child of a fork. */
	if (shmflip_viewer_counts(capture->viewer, &capture->counts))
		return;
	capture->missed = capture->counts.missed != before.missed;
	capture->changed_producer = capture->counts.producers != before.producers;
}

int gst_shmflip_capture_next(struct gst_shmflip_capture *capture,
                             const struct shmflip_frame **frame)
{
	int error;

	do {
		error = shmflip_viewer_acquire(capture->viewer, frame, 0);
		if (error == -EAGAIN)
			wait_readable(capture);
	} while (error == -EAGAIN || error == -EINTR);
	update_counts(capture);
	if (error == 0)
		capture->said_waiting = FALSE;
	return error;
}

void gst_shmflip_capture_interrupt(struct gst_shmflip_capture *capture)
{
	GST_OBJECT_LOCK(capture->owner);
	if (capture->viewer)
		shmflip_viewer_interrupt(capture->viewer);
	GST_OBJECT_UNLOCK(capture->owner);
}

void gst_shmflip_capture_resume(struct gst_shmflip_capture *capture)
{
	GST_OBJECT_LOCK(capture->owner);
	if (capture->viewer)
		shmflip_viewer_resume(capture->viewer);
	GST_OBJECT_UNLOCK(capture->owner);
}
